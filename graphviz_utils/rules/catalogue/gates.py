"""The functions between the layers of a network that have kinks."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]

_BEYOND = "where(-lambd <= self <= lambd, 0, grad)"
_AT_EITHER_END = Bend("(self == -lambd) | (self == lambd)", "where(self < 0, 1, 0)", "where(self < 0, 0, 1)")

RULES: Catalogue = {
    "ReluBackward0": Rule(
        "gates",
        "A gate: the gradient passes where the value is positive, and nothing passes elsewhere.",
        forward="maximum(self, 0)",
        backward={"self": "where(self > 0, grad, 0)"},
        bends={"self": Bend("self == 0", "0", "1")},
    ),
    "ThresholdBackward0": Rule(
        "gates",
        "A gate: the gradient passes where the value is above the threshold, and nothing passes elsewhere.",
        forward="where(self > threshold, self, value)",
        backward={"self": "where(self > threshold, grad, 0)"},
        bends={"self": Bend("self == threshold", "0", "1")},
    ),
    "ThresholdBackwardBackward0": Rule(
        "gates",
        "A gate: the gradient passes where the value is above the threshold, and nothing passes elsewhere.",
        forward="where(self > threshold, grad_output, 0)",
        backward={"grad_output": "where(self > threshold, grad, 0)", "self": "0"},
    ),
    "LeakyReluBackward0": Rule(
        "gates",
        "A gate that leaks: the gradient passes where the value is positive, and a small part of it elsewhere.",
        forward="where(self > 0, self, negative_slope * self)",
        backward={"self": "where(self > 0, grad, negative_slope * grad)"},
        defaults={"negative_slope": 0.01},
        bends={"self": Bend("(self == 0) & (negative_slope != 1)", "negative_slope", "1")},
    ),
    "PreluKernelBackward0": Rule(
        "gates",
        "A gate that leaks by a learned slope, which itself receives what the negative values are.",
        forward="where(self > 0, self, weight * self)",
        backward={
            "self": "where(self > 0, grad, weight * grad)",
            "weight": "where(self > 0, 0, self * grad)",
        },
        bends={"self": Bend("(self == 0) & (weight != 1)", "weight", "1")},
    ),
    "HardtanhBackward0": Rule(
        "gates",
        "Between both bounds the gradient passes, beyond them nothing does.",
        forward="minimum(maximum(self, min_val), max_val)",
        backward={"self": "where(min_val < self < max_val, grad, 0)"},
        defaults={"min_val": -1, "max_val": 1},
        bends={
            "self": Bend(
                "(self == min_val) | (self == max_val)",
                "where(self == min_val, 0, 1)",
                "where(self == max_val, 0, 1)",
            )
        },
    ),
    "HardsigmoidBackward0": Rule(
        "gates",
        "Between −3 and 3 a sixth of the gradient passes, beyond them nothing does.",
        forward="minimum(maximum(self + 3, 0), 6) / 6",
        backward={"self": "where(-3 < self < 3, grad / 6, 0)"},
        bends={"self": Bend("(self == -3) | (self == 3)", "where(self < 0, 0, 1 / 6)", "where(self < 0, 1 / 6, 0)")},
    ),
    "HardswishBackward0": Rule(
        "gates",
        "Below −3 nothing passes, above 3 all does, and in between a parabola's slope takes over.",
        forward="self * minimum(maximum(self + 3, 0), 6) / 6",
        backward={"self": "where(self <= -3, 0, where(self < 3, (self / 3 + 1 / 2) * grad, grad))"},
        bends={"self": Bend("(self == -3) | (self == 3)", "where(self < 0, 0, 1.5)", "where(self < 0, -0.5, 1)")},
    ),
    "SoftshrinkBackward0": Rule(
        "gates",
        "The gradient passes where the value is far enough from 0, and nothing passes near it.",
        forward="where(self > lambd, self - lambd, where(self < -lambd, self + lambd, 0))",
        backward={"self": _BEYOND},
        defaults={"lambd": 0.5},
        bends={"self": _AT_EITHER_END},
    ),
    "HardshrinkBackward0": Rule(
        "gates",
        "The gradient passes where the value is far enough from 0, and nothing passes near it.",
        forward="where(-lambd <= self <= lambd, 0, self)",
        backward={"self": _BEYOND},
        defaults={"lambd": 0.5},
        bends={"self": _AT_EITHER_END},
    ),
}
