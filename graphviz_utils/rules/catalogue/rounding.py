"""Signs, absolute values and what rounds."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]


def _flat(forward: str | None, what: str) -> Rule:
    return Rule("cuts", f"{what} is flat wherever it does not jump: its slope is 0.", forward, {"self": "0"})


RULES: Catalogue = {
    "AbsBackward0": Rule(
        "scales",
        "The slope is the sign: the gradient goes on as it is, or turned around.",
        forward="abs(self)",
        backward={"self": "sign(self) * grad"},
        bends={"self": Bend("self == 0", "-1", "1")},
    ),
    "SignBackward0": _flat("sign(self)", "The sign"),
    "SgnBackward0": Rule(
        "scales",
        "A direction turns with what is across it: that part of the gradient comes back, over the length.",
        forward="sign(self)",
        backward={
            "self": "where(self == 0, 0, (grad - real(grad / result) * result) / abs(self)) if is_complex(self) else 0"
        },
    ),
    "FloorBackward0": _flat("floor(self)", "A staircase"),
    "CeilBackward0": _flat("ceil(self)", "A staircase"),
    "TruncBackward0": _flat("trunc(self)", "A staircase"),
    "RoundBackward0": _flat("round(self, 0)", "A staircase"),
    "RoundBackward1": _flat("round(self, decimals)", "A staircase"),
    "FracBackward0": Rule(
        "passes on",
        "What is behind the point grows as the number does: the gradient passes on as it is.",
        forward="self - trunc(self)",
        backward={"self": "grad"},
    ),
    "FmodBackward0": Rule(
        "passes on",
        "A remainder grows as the number does: the gradient passes on as it is.",
        forward="self - trunc(self / other) * other",
        backward={"self": "grad"},
    ),
    "FmodBackward1": Rule(
        "distributes",
        "A remainder passes the gradient on to the number, and minus the whole quotient times it to the divisor.",
        forward="self - trunc(self / other) * other",
        backward={"self": "grad", "other": "-trunc(self / other) * grad"},
    ),
    "RemainderBackward0": Rule(
        "passes on",
        "A remainder grows as the number does: the gradient passes on as it is.",
        forward="self % other",
        backward={"self": "grad"},
    ),
    "RemainderBackward1": Rule(
        "distributes",
        "A remainder passes the gradient on to the number, and minus the whole quotient times it to the divisor.",
        forward="self % other",
        backward={"self": "grad", "other": "-(self // other) * grad"},
    ),
    "CopysignBackward0": Rule(
        "scales",
        "The number receives the gradient, turned around where its sign was; the sign's giver has no slope.",
        forward="copysign(self, other)",
        backward={"self": "where(self == 0, 0, result / self * grad)", "other": "0"},
    ),
    "NanToNumBackward0": Rule(
        "gates",
        "What was replaced has no slope; the rest passes the gradient on.",
        forward="nan_to_num(self, nan, posinf, neginf)",
        backward={"self": "where(is_finite(self), grad, 0)"},
        defaults={"nan": None, "posinf": None, "neginf": None},
    ),
    "NextafterBackward0": Rule(
        "passes on",
        "The next number moves with the number: the gradient passes on as it is.",
        backward={"self": "where(self == other, 0, grad)", "other": "0"},
    ),
}
