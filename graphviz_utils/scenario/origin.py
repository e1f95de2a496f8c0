"""Where a text came from, and how an error names a place in it."""

import re
import reprlib
from dataclasses import dataclass

from graphviz_utils.model import ScenarioError

__all__ = ["HIDDEN", "Origin", "shown"]

HIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no editor shows, or what turns the order of the shown around; line feed, tab and form feed are not among it."""

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother, _SHORT.maxlong = 2, 60, 60, 30


@dataclass(frozen=True, slots=True)
class Origin:
    """A file's name; for a notebook also its cells, as (number, first line in the text) in order."""

    filename: str
    cells: tuple[tuple[int, int], ...] = ()

    def error(self, line: int | None, message: str) -> ScenarioError:
        """The error that says `message` about `line` (1-based; `None`: about the whole), on one line."""
        name = re.sub(r"[\n\t\f\r]", " ", HIDDEN.sub("�", self.filename))
        return ScenarioError(f"{name}{self._place(line)}: {message}")

    def _place(self, line: int | None) -> str:
        if line is None:
            return ""
        if not self.cells:
            return f", line {line}"
        number, first = max((cell for cell in self.cells if cell[1] <= line), default=(0, 0), key=lambda cell: cell[1])
        return f", cell {number}, line {line - first + 1}" if number else ", metadata"


def shown(value: object) -> str:
    """`value` as an error quotes it: short, on one line, however deep or long it is."""
    if isinstance(value, bool):
        return str(value).lower()
    kind = "a table, " if isinstance(value, dict) else "a list, " if isinstance(value, list) else ""
    try:
        return "nothing" if value is None else kind + _SHORT.repr(value)
    except ValueError:  # Python does not write numbers of more than 4,300 digits
        return f"{kind}a number of thousands of digits"
