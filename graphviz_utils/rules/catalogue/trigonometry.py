"""Trigonometric and hyperbolic functions, and their inverses."""

from graphviz_utils.rules.catalogue.entry import Catalogue, slope
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

RULES: Catalogue = {
    "SinBackward0": slope("sin(self)", "cos(self)", "The sine's slope is the cosine: the gradient times it."),
    "CosBackward0": slope("cos(self)", "-sin(self)", "The cosine's slope is minus the sine: the gradient times it."),
    "TanBackward0": slope("tan(self)", "1 + result ** 2", "The gradient times one plus the result's square."),
    "AsinBackward0": slope(
        "asin(self)", "1 / sqrt(1 - self ** 2)", "The gradient over the root of one minus the square."
    ),
    "AcosBackward0": slope(
        "acos(self)", "-1 / sqrt(1 - self ** 2)", "Minus the gradient over the root of one minus the square."
    ),
    "AtanBackward0": slope("atan(self)", "1 / (1 + self ** 2)", "The gradient over one plus the square."),
    "Atan2Backward0": Rule(
        "swaps",
        "The angle turns by the other side's share of the squared distance, one way or the other.",
        forward="atan2(self, other)",
        backward={
            "self": "other / (self ** 2 + other ** 2) * grad",
            "other": "-self / (self ** 2 + other ** 2) * grad",
        },
    ),
    "HypotBackward0": Rule(
        "scales",
        "Each side receives the gradient times its own share of the length.",
        forward="hypot(self, other)",
        backward={"self": "self / result * grad", "other": "other / result * grad"},
    ),
    "SinhBackward0": slope("sinh(self)", "cosh(self)", "The gradient times the hyperbolic cosine."),
    "CoshBackward0": slope("cosh(self)", "sinh(self)", "The gradient times the hyperbolic sine."),
    "TanhBackward0": slope(
        "tanh(self)", "1 - result ** 2", "The slope is one minus the result's square: nearly 0 far from the middle."
    ),
    "AsinhBackward0": slope(
        "asinh(self)", "1 / sqrt(self ** 2 + 1)", "The gradient over the root of the square plus one."
    ),
    "AcoshBackward0": slope(
        "acosh(self)",
        "1 / (sqrt(self + 1) * sqrt(self - 1)) if is_complex(self) else 1 / sqrt(self ** 2 - 1)",
        "The gradient over the root of the square minus one.",
    ),
    "AtanhBackward0": slope("atanh(self)", "1 / (1 - self ** 2)", "The gradient over one minus the square."),
    "SincBackward0": slope(
        "sinc(self)",
        "where(self == 0, 0, (pi * self * cos(pi * self) - sin(pi * self)) / (pi * self ** 2))",
        "The gradient times the slope of a sine over its own argument, which is 0 at the top.",
    ),
    "Deg2RadBackward0": slope("pi / 180 * self", "pi / 180", "Degrees are scaled to radians, and so is the gradient."),
    "Rad2DegBackward0": slope("180 / pi * self", "180 / pi", "Radians are scaled to degrees, and so is the gradient."),
}
