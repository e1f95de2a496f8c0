"""Bounds, larger and smaller ones, conditions: what picks one of several values, element by element."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]

_BOUND = "Up to the bounds the gradient passes; what was beyond one is held there, and its slope is 0."
_BOUNDS = "Within the bounds the gradient goes to the value, at a bound to that bound."
_LARGER = "The larger side takes the whole gradient; where both are equal each takes half."
_SMALLER = "The smaller side takes the whole gradient; where both are equal each takes half."
_AT_LOWER = Bend("self == min", "0", "1")
_AT_UPPER = Bend("self == max", "1", "0")
_WITHIN = Bend(
    "self == max if min is None else self == min if max is None else (self == min) | (self == max)",
    "1 if min is None else 0 if max is None else where(self == min, 0, 1)",
    "0 if max is not None and min is None else 1 if max is None else where(self == max, 0, 1)",
)
_INSIDE = (
    "where(self <= max, grad, 0) if min is None else where(self >= min, grad, 0) if max is None else "
    "where(min <= self <= max, grad, 0)"
)
_HELD = "minimum(self, max) if min is None else maximum(self, min) if max is None else minimum(maximum(self, min), max)"
_ON_TOP = Bend("self == other", "0", "1")
_AT_BOTTOM = Bend("self == other", "1", "0")


def _routed(forward: str, wins: str, sentence: str, bend: Bend) -> Rule:
    return Rule(
        "routes",
        sentence,
        forward,
        {
            "self": f"where(self {wins} other, grad, where(self == other, grad / 2, 0))",
            "other": f"where(other {wins} self, grad, where(self == other, grad / 2, 0))",
        },
        bends={"self": bend, "other": bend},
    )


RULES: Catalogue = {
    "ClampBackward0": Rule(
        "gates",
        _BOUNDS,
        forward=_HELD,
        backward={
            "self": _INSIDE,
            "min": "where(self < min, grad, 0) if max is None else where((self < min) & (min < max), grad, 0)",
            "max": "where(self > max, grad, 0) if min is None else where((self > max) | (max < min), grad, 0)",
        },
        defaults={"min": None, "max": None},
        bends={"self": _WITHIN},
    ),
    "ClampBackward1": Rule(
        "gates", _BOUND, _HELD, {"self": _INSIDE}, defaults={"min": None, "max": None}, bends={"self": _WITHIN}
    ),
    "ClampMinBackward0": Rule(
        "gates", _BOUND, "maximum(self, min)", {"self": "where(self >= min, grad, 0)"}, bends={"self": _AT_LOWER}
    ),
    "ClampMinBackward1": Rule(
        "gates",
        _BOUNDS,
        "maximum(self, min)",
        {"self": "where(self >= min, grad, 0)", "min": "where(self < min, grad, 0)"},
        bends={"self": _AT_LOWER, "min": _AT_LOWER},
    ),
    "ClampMaxBackward0": Rule(
        "gates", _BOUND, "minimum(self, max)", {"self": "where(self <= max, grad, 0)"}, bends={"self": _AT_UPPER}
    ),
    "ClampMaxBackward1": Rule(
        "gates",
        _BOUNDS,
        "minimum(self, max)",
        {"self": "where(self <= max, grad, 0)", "max": "where(self > max, grad, 0)"},
        bends={"self": _AT_UPPER, "max": _AT_UPPER},
    ),
    "MaximumBackward0": _routed("maximum(self, other)", ">", _LARGER, _ON_TOP),
    "MinimumBackward0": _routed("minimum(self, other)", "<", _SMALLER, _AT_BOTTOM),
    "FmaxBackward0": Rule(
        "routes",
        "The larger side takes the whole gradient; where both are equal it is the left one.",
        forward="fmax(self, other)",
        backward={
            "self": "where((self >= other) | is_nan(other), grad, 0)",
            "other": "where((self >= other) | is_nan(other), 0, grad)",
        },
        bends={"self": _ON_TOP, "other": _ON_TOP},
    ),
    "FminBackward0": Rule(
        "routes",
        "The smaller side takes the whole gradient; where both are equal it is the left one.",
        forward="fmin(self, other)",
        backward={
            "self": "where((self <= other) | is_nan(other), grad, 0)",
            "other": "where((self <= other) | is_nan(other), 0, grad)",
        },
        bends={"self": _AT_BOTTOM, "other": _AT_BOTTOM},
    ),
    "WhereBackward0": Rule(
        "routes",
        "Each element's gradient goes to the side that was chosen; the other side receives 0.",
        forward="where(condition, self, other)",
        backward={"self": "where(condition, grad, 0)", "other": "where(condition, 0, grad)"},
    ),
    "LerpBackward0": Rule(
        "distributes",
        "A weighted mean: each end receives the gradient times its own weight.",
        forward="self + weight * (end - self)",
        backward={"self": "conj(1 - weight) * grad", "end": "conj(weight) * grad"},
    ),
    "LerpBackward1": Rule(
        "distributes",
        "A weighted mean: each end receives the gradient times its weight, the weight times the way between the ends.",
        forward="self + weight * (end - self)",
        backward={
            "self": "conj(1 - weight) * grad",
            "end": "conj(weight) * grad",
            "weight": "conj(end - self) * grad",
        },
    ),
    "AddcmulBackward0": Rule(
        "distributes",
        "A sum with a product: the sum passes the gradient on, each factor receives it times the other.",
        forward="self + value * tensor1 * tensor2",
        backward={
            "self": "grad",
            "tensor1": "conj(value * tensor2) * grad",
            "tensor2": "conj(value * tensor1) * grad",
        },
        defaults={"value": 1},
    ),
    "AddcdivBackward0": Rule(
        "distributes",
        "A sum with a quotient: the sum passes the gradient on, the quotient shares it as quotients do.",
        forward="self + value * tensor1 / tensor2",
        backward={
            "self": "grad",
            "tensor1": "conj(value / tensor2) * grad",
            "tensor2": "-conj(value * tensor1 / tensor2 ** 2) * grad",
        },
        defaults={"value": 1},
    ),
}
