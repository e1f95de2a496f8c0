"""Characters that steer instead of show, made visible: what a program says is read, and never acts on its reader."""

import re

__all__ = ["legible", "legible_json"]

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters but tab, line feed, form feed and return; what turns the order of text; what is no character."""

_ESCAPED = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}"
_RAW = (
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xed[\xa0-\xbf][\x80-\xbf]"
    rb"|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb\xbe\xbf]|\xf3\xa0[\x80\x81][\x80-\xbf]"
)
_SUSPECT = re.compile(rb"\\[ub]|" + _RAW)
_PIECE = re.compile(_ESCAPED + rb"|\\.|" + _RAW, re.DOTALL)


def legible(text: str) -> str:
    r"""`text` with every hidden character as Python spells it: `\x1b`, `\u202e`."""
    return _HIDDEN.sub(lambda found: _spelled(found[0]), text)


def legible_json(data: bytes) -> bytes:
    r"""JSON in which every text is `legible`, whether its hidden characters were written out or as `\u001b`.

    Lone surrogates become visible, too, so that a decoder takes them. What is legible already comes back as it is.
    """
    return _PIECE.sub(_piece, data) if _SUSPECT.search(data) else data


def _piece(found: re.Match[bytes]) -> bytes:
    piece = found[0]
    if piece.startswith(rb"\u") and len(piece) > 2:
        character = piece.decode("ascii").encode().decode("unicode_escape")
        character = character.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    elif piece == rb"\b":
        character = "\b"
    elif piece.startswith(b"\\"):
        return piece
    else:
        character = piece.decode("utf-8", "surrogatepass")
    return _spelled(character).replace("\\", "\\\\").encode() if _HIDDEN.fullmatch(character) else piece


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
