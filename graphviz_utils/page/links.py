"""A program as part of a link: compressed, and spelled with letters that a web address may hold."""

import base64
import binascii
import zlib

from graphviz_utils.model import ScenarioError
from graphviz_utils.scenario import LIMIT

__all__ = ["code_of_link", "link_of_code"]


def link_of_code(code: str) -> str:
    """`code` as a word of letters, digits, `-` and `_`."""
    packed = zlib.compress(code.encode("utf-8", "replace"), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def code_of_link(word: str) -> str:
    """The code that `link_of_code` spelled; a link that would unfold beyond all measure is refused before it does.

    Raises:
        ScenarioError: the word is damaged, or too much is in it.
    """
    try:
        packed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        code = unpacking.decompress(packed, 4 * LIMIT)
        if unpacking.unconsumed_tail:
            raise ScenarioError(f"the program in this link is longer than {LIMIT:,} characters; send it as a file")
        if not unpacking.eof:
            raise ValueError
        return code.decode()
    except (ValueError, binascii.Error, zlib.error):  # a UnicodeError is a ValueError
        raise ScenarioError("the program in this link is damaged; copy the whole link, or ask for the file") from None
