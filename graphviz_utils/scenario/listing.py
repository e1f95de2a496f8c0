"""A program's text as lines: which hold code, which are comments, and where its docstring stands.

Only quotes, brackets and `#` are looked at, so that a program with syntax errors is read like any other.
"""

import inspect
import re
from dataclasses import dataclass

from graphviz_utils.scenario.origin import HIDDEN, Origin

__all__ = ["Docstring", "Listing", "end_of_statement", "listing_of"]

_CLOSED = (
    r'(?s:"{3}(?:[^"\\]++|\\.|"(?!""))*+"{3}|"(?!"")(?:[^"\\\n]++|\\.)*+"'
    r"|'{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}|'(?!'')(?:[^'\\\n]++|\\.)*+')"
)
_OPEN = r"""(?s:"{3}.*|'{3}.*|["'](?:[^\\\n]++|\\.?)*+)"""
_COMMENT_OR_STRING = re.compile(rf"(?P<comment>\#[^\n]*)|{_CLOSED}|{_OPEN}")
_DOCSTRING = re.compile(rf"\s*(?P<prefix>[rRuU]?)(?P<quoted>{_CLOSED})[ \t]*(?=\n|\Z)")
_PIECE = re.compile(rf"\#[^\n]*|{_CLOSED}|{_OPEN}|\\\n|[(\[{{]|[)\]}}]|\n")


@dataclass(frozen=True, slots=True)
class Docstring:
    """The module docstring, its indentation removed, and its last line (1-based)."""

    text: str
    last: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a program, and the same lines without their comments. Line numbers are 1-based throughout."""

    text: str
    lines: tuple[str, ...]
    bare: tuple[str, ...]
    docstring: Docstring | None

    def comment(self, line: int) -> str | None:
        """The comment that fills `line` from its first column on; `None` if it is something else."""
        text = self.lines[line - 1]
        return text if text.startswith("#") and not self.bare[line - 1] else None

    def is_code(self, line: int) -> bool:
        """Whether `line` holds more than blanks and a comment."""
        return bool(self.bare[line - 1].strip())


def listing_of(text: str, origin: Origin) -> Listing:
    """`text` in lines, with line feeds as line ends and without a byte order mark.

    Raises:
        ScenarioError: the text holds a character that no editor shows.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    hidden = HIDDEN.search(text)
    if hidden:
        raise origin.error(text.count("\n", 0, hidden.start()) + 1, _hidden_character(hidden.group()))
    bare = _COMMENT_OR_STRING.sub(lambda piece: "" if piece["comment"] else piece[0], text)
    return Listing(text, tuple(text.split("\n")), tuple(bare.split("\n")), _docstring(bare))


def end_of_statement(text: str, start: int) -> int:
    """Where the line begins that follows the statement at `start`; the text's length after the last one."""
    depth = 0
    for piece in _PIECE.finditer(text, start):
        found = piece.group()
        if found in "([{":
            depth += 1
        elif found in ")]}":
            depth = max(0, depth - 1)
        elif found == "\n" and depth == 0:
            return piece.end()
    return len(text)


def _hidden_character(character: str) -> str:
    code = ord(character)
    name = f"U+{code:04X}"
    if code == 0:
        return f"there is a NUL character ({name}), so this is not a program's text; save it as UTF-8 text"
    written = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return f"there is a character that no editor shows ({name}); remove it, or write {written} inside a string"


def _docstring(bare: str) -> Docstring | None:
    found = _DOCSTRING.match(bare)
    if not found:
        return None
    quoted = found["quoted"]
    width = 3 if len(quoted) >= 6 and quoted[:3] == quoted[0] * 3 else 1
    body = quoted[width:-width]
    if found["prefix"] not in {"r", "R"}:
        # LaTeX wins: \frac, \nabla and \theta keep their backslash, as an author who forgot the r meant it.
        body = re.sub(r"""\\(\n|[\\"'])""", lambda escape: escape[1].strip("\n"), body)
    return Docstring(inspect.cleandoc(body), bare.count("\n", 0, found.end()) + 1)
