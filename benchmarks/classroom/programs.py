"""What simulated students type: the ready scenarios, each time with a number that nobody typed before."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphviz_utils.page import ready_programs

__all__ = ["ENDLESS", "NAMES", "Edit", "edits"]

ENDLESS = "import torch\n\nx = torch.tensor(2.0, requires_grad=True)\nwhile True:\n    x * x\n"
"""What a student types who has not yet understood loops."""

_FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = ("01_polynomial", "02_matrix_sum", "03_multistep_seed", "04_multistep_mean")
_FIRST_NUMBER = re.compile(r"(torch\.tensor\(\[*)[\d.]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """A scenario's text with `number` in place of its first one; the picture must show that number.

    `code` is the part of the text that stands in the page's editor.
    """

    source: str
    code: str
    number: str

    def is_shown_in(self, picture: str) -> bool:
        """Whether the number stands in a picture by itself, not as a part of another."""
        return re.search(rf"(?<![\d.]){re.escape(self.number)}(?![\d.])", picture) is not None


def edits(name: str, first: int, step: int) -> Iterator[Edit]:
    """Edits of the scenario called `name` without end, every `step`th number from `first` on; 8,100 differ.

    They have four digits, as many as a picture shows, and the last one is no zero.
    """
    program = ready_programs(_FOLDER)[name]
    for count in itertools.count(first, step):
        tens, last = divmod(count % 8100, 9)
        number = f"{(1000 + 10 * tens + last + 1) / 1000:.3f}"
        code = _FIRST_NUMBER.sub(rf"\g<1>{number}", program.code, count=1)
        yield Edit(program.head + code, code, number)
