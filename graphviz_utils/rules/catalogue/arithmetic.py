"""Sums, differences, products and quotients."""

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_ADD = Rule(
    "distributes",
    "`+` distributes: each side receives the gradient as it is.",
    forward="self + alpha * other",
    backward={"self": "grad", "other": "conj(alpha) * grad"},
    defaults={"alpha": 1},
)
_SUBTRACT = Rule(
    "distributes",
    "`−` distributes: the left side receives the gradient as it is, the right side with the opposite sign.",
    forward="self - alpha * other",
    backward={"self": "grad", "other": "-conj(alpha) * grad"},
    defaults={"alpha": 1},
)
_SUBTRACT_FROM = Rule(
    "distributes",
    "`−` distributes: what is subtracted receives the gradient with the opposite sign.",
    forward="other - alpha * self",
    backward={"self": "-conj(alpha) * grad", "other": "grad"},
    defaults={"alpha": 1},
)
_MULTIPLY = Rule(
    "swaps",
    "`*` swaps: each side receives the gradient times the other side's value.",
    forward="self * other",
    backward={"self": "conj(other) * grad", "other": "conj(self) * grad"},
)
_SCALE = Rule(
    "scales",
    "Times a number scales: the gradient is multiplied by the same number.",
    forward="self * other",
    backward={"self": "conj(other) * grad"},
)
_DIVIDE = Rule(
    "swaps",
    "`/` sends the gradient divided by the denominator up, and minus the quotient of that to the denominator.",
    forward="self / other",
    backward={"self": "1 / conj(other) * grad", "other": "-conj(self / other ** 2) * grad"},
)
_DIVIDE_BY = Rule(
    "scales",
    "Divided by a number scales: the gradient is divided by the same number.",
    forward="self / other",
    backward={"self": "1 / conj(other) * grad"},
)
_ROUNDED = Rule(
    "cuts",
    "A quotient rounded to whole numbers is flat wherever it does not jump: its slope is 0.",
    backward={"self": "0", "other": "0"},
)
_ROUNDING = {"floor": "floor(self / other)", "trunc": "trunc(self / other)"}


def _divided_and_rounded(node: Node) -> Rule:
    mode = next((argument.literal for argument in node.arguments if argument.name == "rounding_mode"), None)
    if mode is None:
        return _DIVIDE
    return Rule(_ROUNDED.role, _ROUNDED.sentence, forward=_ROUNDING.get(mode), backward=_ROUNDED.backward)


RULES: Catalogue = {
    "AddBackward0": _ADD,
    "AddBackward1": _ADD,
    "SubBackward0": _SUBTRACT,
    "SubBackward1": _SUBTRACT,
    "RsubBackward0": _SUBTRACT_FROM,
    "RsubBackward1": _SUBTRACT_FROM,
    "MulBackward0": _MULTIPLY,
    "MulBackward1": _SCALE,
    "DivBackward0": _DIVIDE,
    "DivBackward1": _DIVIDE_BY,
    "DivBackward2": _divided_and_rounded,
    "DivBackward3": _divided_and_rounded,
    "NegBackward0": Rule(
        "scales", "A minus sign turns the gradient around.", forward="-self", backward={"self": "-grad"}
    ),
}
