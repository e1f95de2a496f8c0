"""A program as part of a link: compressed, and spelled with letters that a web address may hold."""

import base64
import binascii
import zlib

from graphviz_utils.model import Limits, ScenarioError
from graphviz_utils.scenario import is_too_long

__all__ = ["code_of_link", "link_of_code"]

_TOO_LONG = (
    "the program in this link is longer than this page takes: up to {:,} characters in {:,} lines; "
    "ask for the file, and run it on your own machine"
)


def link_of_code(code: str) -> str:
    """`code` as a word of letters, digits, `-` and `_`."""
    packed = zlib.compress(code.encode("utf-8", "replace"), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def code_of_link(word: str, limits: Limits = Limits()) -> str:
    """The code that `link_of_code` spelled; one that would unfold to more than `limits` allow is refused before.

    Raises:
        ScenarioError: the word is damaged, or too much is in it.
    """
    most = 4 * limits.code_characters  # bytes, at the longest
    try:
        packed = base64.b64decode(word[: 2 * most] + "=" * (-len(word[: 2 * most]) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        code = unpacking.decompress(packed, most + 1)
        if unpacking.unconsumed_tail or len(word) > 2 * most:
            raise ScenarioError(_TOO_LONG.format(limits.code_characters, limits.code_lines))
        if not unpacking.eof:
            raise ValueError
        text = code.decode()
    except (ValueError, binascii.Error, zlib.error):  # a UnicodeError is a ValueError
        raise ScenarioError("the program in this link is damaged; copy the whole link, or ask for the file") from None
    if is_too_long(text, limits):
        raise ScenarioError(_TOO_LONG.format(limits.code_characters, limits.code_lines))
    return text
