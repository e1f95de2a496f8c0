"""Formulas for a terminal: LaTeX as a line of text, with the signs, the small digits and the brackets it takes."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

__all__ = ["as_text"]

Kind = Literal["letter", "number", "word", "group", "ratio", "sign", "prefix", "open", "close", "comma"]

_ROWS = ("math", "mrow", "mstyle", "mpadded", "mtd", "msqrt")
_OPENING, _CLOSING = "([{⌊⌈⟨", ")]}⌋⌉⟩"
_PREFIXES = "∂∇∑∏¬"
_COMBINING = {"¯": "\u0304", "―": "\u0304", "‾": "\u0304", "^": "\u0302", "~": "\u0303", "˙": "\u0307", "→": "\u20d7"}
_SMALL_UP = dict(zip("0123456789+−=()niTt⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵗᵀ", strict=True)) | {"′": "′", "∗": "*", "*": "*"}
_SMALL_DOWN = dict(zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_WIDE = ("1", "2")
"""How the width of a space begins that stands between two formulas."""
_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0307": "dot", "\u20d7": "vector"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a formula, set."""

    text: str
    kind: Kind


def as_text(latex: str) -> str:
    """The formula in Unicode, to be read only one way; LaTeX that cannot be read comes back as it is."""
    from latex2mathml.converter import convert_to_element

    try:
        return " ".join(_joined(_pieces(convert_to_element(latex))).split())
    except Exception:  # noqa: BLE001 - its reader has no error of its own, and a file may bring any text
        return latex


def _pieces(element: Element) -> list[_Piece]:
    """What an element of MathML is made of."""
    children, text = list(element), html.unescape(element.text or "").removeprefix("\\")
    match element.tag:
        case "mfrac":
            return [_ratio(*children)]
        case "msup" | "msub" | "msubsup" | "mover" | "munder" | "munderover" as tag:
            return [_scripted(tag, children)]
        case "msqrt":
            return [_Piece("√" + _bracketed(_row(children)), "group")]
        case "mroot":
            degree = _joined(_pieces(children[1]))
            sign = _ROOTS.get(degree) or f"{_small(degree, _SMALL_UP) or f'{degree}-'}√"
            return [_Piece(sign + _bracketed(_pieces(children[0])), "group")]
        case "mtable":
            return [_Piece("; ".join(map(_table_row, children)), "group")]
        case "mspace" | "mphantom":
            return [_Piece(" ", "word")] if element.get("width", "").startswith(_WIDE) else []
        case "mtext":
            return [_Piece(" ".join(text.split()), "word")]
        case "mn":
            return [_Piece(text, "number")]
        case "mi" if len(text) > 1 or text.isalpha():
            return [_Piece(text, "letter" if len(text) == 1 else "word")]
        case "mi" | "mo":
            return [_Piece(text, _kind(text, element.get("form")))] if text else []
        case _ if _is_upright(children):
            return [_Piece("".join(html.unescape(child.text or "") for child in children), "word")]
        case _:
            return _row(children)


def _table_row(row: Element) -> str:
    """The cells of a row of a matrix; of one of several cases, the value and when it is taken."""
    is_case = any(cell.get("columnalign") == "left" for cell in row)
    return (" " if is_case else ", ").join(_joined(_pieces(cell)) for cell in row)


def _is_upright(children: Sequence[Element]) -> bool:
    """Whether the letters of one word stand here."""
    upright = [child.get("mathvariant") == "normal" for child in children if child.tag == "mi"]
    return bool(upright) and all(upright) and all(child.tag in ("mi", "mn", "mo") for child in children)


def _row(children: Sequence[Element]) -> list[_Piece]:
    """What stands side by side; a brace that opens several cases is closed again."""
    pieces = [piece for child in children for piece in _pieces(child)]
    if [piece.kind for piece in pieces].count("open") == 1 + [piece.kind for piece in pieces].count("close"):
        pieces.append(_Piece("}", "close"))
    return pieces


def _kind(text: str, form: str | None) -> Kind:
    if text in _OPENING or form == "prefix":
        return "open"
    if text in _CLOSING or form == "postfix":
        return "close"
    if text in _PREFIXES:
        return "prefix"
    if text in ",;:":
        return "comma"
    return "word" if text.isalpha() and len(text) > 1 else "sign"


def _ratio(above: Element, below: Element) -> _Piece:
    top, bottom = _pieces(above), _pieces(below)
    numerator = _joined(top) if not _adds(top) and all(piece.kind != "ratio" for piece in top) else f"({_joined(top)})"
    return _Piece(f"{numerator}/{_bracketed(bottom)}", "ratio")


def _scripted(tag: str, children: Sequence[Element]) -> _Piece:
    """A base with what stands above and below it: an accent, an index, an exponent.

    The brackets around a matrix are no row of their own there: what stands before the scripts is the base.
    """
    many = 2 if tag in ("msubsup", "munderover") else 1
    base, scripts = _row(children[:-many]), [_pieces(child) for child in children[-many:]]
    if tag == "mover" and (accent := _COMBINING.get(_joined(scripts[0]))):
        return _accented(_joined(base), accent)
    down = scripts[0] if tag.startswith(("msub", "munder")) else None
    up = scripts[-1] if tag.endswith(("sup", "over")) else None
    kind: Kind = "word" if len(base) == 1 and base[0].kind in ("word", "prefix") else "group"
    below = "" if down is None else _small(_joined(down), _SMALL_DOWN) or "_" + _bracketed(down)
    above = "" if up is None else _small(_joined(up), _SMALL_UP) or "^" + _bracketed(up)
    return _Piece(_bracketed(base) + below + above, kind)


def _accented(text: str, accent: str) -> _Piece:
    """A letter with its accent; a line over more than a letter stands for the gradient of that."""
    if len(text) == 1:
        return _Piece(unicodedata.normalize("NFC", text + accent), "letter")
    if accent == _COMBINING["―"]:
        return _Piece(f"grad({text})", "word")
    if not text.isalnum():
        return _Piece(f"{_ACCENTS.get(accent, 'accented')}({text})", "word")
    return _Piece("".join(unicodedata.normalize("NFC", sign + accent) for sign in text), "word")


def _small(text: str, table: dict[str, str]) -> str:
    """`text` in the small letters of `table`; empty where one is missing."""
    signs = [table.get(sign, "") for sign in text.replace(" ", "")]
    return "".join(signs) if all(signs) else ""


def _bracketed(pieces: Sequence[_Piece]) -> str:
    """The pieces as one factor: in brackets, unless they hang together anyway."""
    hangs = len(pieces) == 1 and pieces[0].kind != "ratio"
    hangs |= len(pieces) == 2 and pieces[0].kind == "prefix"
    hangs |= len(pieces) > 1 and pieces[0].kind == "open" and _closes_at(pieces) == len(pieces) - 1
    return _joined(pieces) if hangs else f"({_joined(pieces)})"


def _closes_at(pieces: Sequence[_Piece]) -> int:
    """Where the bracket closes that the first piece opens."""
    depth = 0
    for place, piece in enumerate(pieces):
        depth += (piece.kind == "open") - (piece.kind == "close")
        if depth == 0:
            return place
    return -1


def _adds(pieces: Iterable[_Piece]) -> bool:
    """Whether a sign stands outside of all brackets."""
    depth, signs = 0, []
    for place, piece in enumerate(pieces):
        depth += (piece.kind == "open") - (piece.kind == "close")
        signs.append(place > 0 and depth == 0 and piece.kind in ("sign", "comma"))
    return any(signs)


def _joined(pieces: Sequence[_Piece]) -> str:
    """The pieces in a row, with spaces where they are read apart."""
    text, before = "", None
    for place, piece in enumerate(pieces):
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        shown = f"({piece.text})" if piece.kind == "ratio" and (_is_factor(before) or _is_factor(after)) else piece.text
        text += _gap(before, piece, _is_unary(pieces, place - 1)) + shown
        before = piece
    return text


def _is_unary(pieces: Sequence[_Piece], place: int) -> bool:
    """Whether the sign at `place` belongs to what follows, as the minus of a negative number does."""
    if place < 0 or pieces[place].kind != "sign":
        return False
    return place == 0 or pieces[place - 1].kind in ("sign", "open", "comma")


def _gap(before: _Piece | None, piece: _Piece, unary: bool) -> str:
    """The space between two neighbours."""
    if before is None or unary or piece.kind in ("close", "comma") or before.kind in ("open", "prefix"):
        return ""
    if "sign" in (before.kind, piece.kind) or before.kind == "comma":
        return " "
    if piece.kind == "open":
        return "" if before.kind in ("word", "letter") else " "
    return "" if before.kind in ("number", "letter") and piece.kind in ("letter", "group") else " "


def _is_factor(piece: _Piece | None) -> bool:
    """Whether a neighbour multiplies."""
    return piece is not None and piece.kind not in ("sign", "comma", "open", "close")
