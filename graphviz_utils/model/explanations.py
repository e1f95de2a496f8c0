"""What is said of a node and of a derivative: formulas with names and numbers, rules, and paths that add up."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from graphviz_utils.model.rows import Edge
from graphviz_utils.model.snapshot import Snapshot

__all__ = [
    "TIMES",
    "Explanation",
    "Factor",
    "Formula",
    "Kink",
    "Operand",
    "Path",
    "Paths",
    "Role",
    "RuleSource",
    "SlotRule",
    "closed_up",
]

Role = Literal[
    "distributes",
    "swaps",
    "scales",
    "routes",
    "spreads",
    "sums",
    "moves",
    "gathers",
    "mixes",
    "gates",
    "normalises",
    "compares",
    "collects",
    "passes on",
    "cuts",
    "computes",
]
"""What an operator does to the gradient, in a word: `+` distributes, `*` swaps, `max` routes, `mean` spreads."""

RuleSource = Literal["curated", "PyTorch", "program", "unknown"]
"""Who wrote a rule down: this package, PyTorch's own table of derivatives, or the program (a custom Function)."""


TIMES = "\uf8ff"
"""In a template, a product sign that is left out between names and written between numbers: `4 x`, but `4 · 2`."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What stands at `sign` in a formula: the value that output `output` of `node` had, or the gradient it received.

    `name` is LaTeX, in brackets where it needs some. `tensor` is `None` where it was not seen. `place` tells what else
    needs brackets there: from 2 on a sum and a negative number, from 3 on a product, at 4 a power and a fraction.
    """

    sign: str
    name: str
    kind: Literal["value", "grad"]
    node: str
    output: int
    tensor: Snapshot | None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula, to be written with names or with numbers.

    `template` is LaTeX in which each operand is one character of Unicode's private use area, its `sign`, and `TIMES` a
    product sign. Where the formula is `pointwise`, an element of it is the formula of the same elements of its
    operands, broadcast.
    """

    template: str
    operands: tuple[Operand, ...]
    pointwise: bool = False

    @property
    def names(self) -> str:
        """LaTeX with the program's names."""
        return closed_up(self._filled(lambda operand: operand.name))

    def written(self, text: Callable[[Operand], str]) -> str:
        """LaTeX with `text` of each operand, a number say, in its place, and every product sign written."""
        return self._filled(text).replace(TIMES, r" \cdot ")

    def _filled(self, text: Callable[[Operand], str]) -> str:
        return self.template.translate({ord(operand.sign): text(operand) for operand in self.operands})


_NEAR = re.compile(rf"{TIMES}(?=(-|\d|\\frac)?)")


def closed_up(latex: str) -> str:
    """`latex` without the product signs that stand before names; those before numbers are written."""
    return _NEAR.sub(lambda found: r" \cdot " if found[1] else " ", latex)


@dataclass(frozen=True, slots=True)
class Kink:
    """Elements of a slot at which the operator has no single slope.

    `elements` are flat indices of the input. `below` and `above` are the slopes on either side of the first of them,
    `chosen` is the one that PyTorch took.
    """

    elements: tuple[int, ...]
    below: float
    above: float
    chosen: float | None


@dataclass(frozen=True, slots=True)
class SlotRule:
    """What a node sends back along its slot `slot`, to output `source_output` of `source`.

    `argument` is the operator's name for it, `called` a sentence's name for what is taken there. `sent` is the formula
    of what goes down the edge (the received gradient is in it), `local` that of the derivative alone, where there is
    one. `numbers` is `sent` with numbers put in, as LaTeX, `None` where they are too many or not seen. `sums` says that
    what was broadcast is added up again. `text` is PyTorch's own formula, as code, where there is no curated one.
    """

    slot: int
    argument: str
    source: str
    source_output: int
    called: str
    sent: Formula | None
    local: Formula | None
    numbers: str | None
    sums: bool = False
    kink: Kink | None = None
    text: str | None = None
    tensor: Snapshot | None = None
    """What autograd really sent."""
    jacobian: Snapshot | None = None
    """The local derivative as recorded, shaped (*output, *input)."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a node computes what it computes, and sends what it sends.

    `forward` is what it computes, `None` where no formula says it. `uses` is how many edges brought a gradient, which
    add up. `slots` are in order of their number. `latex` is the name that formulas have for its value.
    """

    node: str
    called: str
    latex: str
    role: Role
    sentence: str
    source: RuleSource
    forward: Formula | None
    numbers: str | None
    """`forward` with numbers put in, as LaTeX."""
    uses: int
    slots: tuple[SlotRule, ...]
    backward: int | None
    """The pass it tells of."""
    collected: str | None = None
    """Of what is used more than once, the gradients that came back and their sum, as LaTeX: `64 + 12 + 5 = 81`."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One step of a path, backwards along `edge`: element `element` of what the edge carries, times its `value`.

    `latex` is the local derivative with names; it is `1` where that is 1 by the rule, whatever the numbers are.
    """

    edge: Edge
    element: int
    value: float
    latex: str


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a root to a leaf, against the flow of values: `value` is `seed` times the product of its factors.

    `root` and `element` are where it begins: a node, its output, and the flat index of the element. Where nobody can
    tell how paths go on upwards, it begins there, and `seed` is what was sent there.
    """

    root: str
    output: int
    element: int
    seed: float
    factors: tuple[Factor, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Paths:
    """All ways along which the derivative of a pass reaches one element of a leaf, the largest contributions first.

    `count` is how many there are in all, `rest` what the unlisted ones sum to, `total` what all of them sum to: `None`
    where something was not seen or is no real number. `grad` is what autograd sent to the element in this pass, before
    hooks; `None` where nothing came. `reason` says what there is to say: why paths are missing, begin on the way, or
    sum to something else.
    """

    leaf: str
    name: str
    element: int
    backward: int
    paths: tuple[Path, ...]
    count: int
    rest: float
    total: float | None
    grad: float | None
    reason: str = ""
