"""Powers, roots, exponentials and logarithms."""

from graphviz_utils.rules.catalogue.entry import Catalogue, slope
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_NEW_POWER = "The exponent comes down in front and is one less above: the gradient is multiplied by that."
_POWER_OF_TENSORS = Rule(
    "computes",
    "The base receives the gradient times the power rule's slope, the exponent times the result and a logarithm.",
    forward="self ** exponent",
    backward={
        "self": "conj(power_slope(self, exponent)) * grad",
        "exponent": "conj(power_log(self, exponent)) * grad",
    },
)

RULES: Catalogue = {
    "PowBackward0": Rule(
        "scales",
        _NEW_POWER,
        forward="self ** exponent",
        backward={
            "self": "1 / (2 * conj(sqrt(self))) * grad if exponent == 0.5 else "
            "0 if exponent == 0 else conj(exponent * self ** (exponent - 1)) * grad"
        },
    ),
    "PowBackward1": _POWER_OF_TENSORS,
    "PowBackward2": Rule(
        "scales",
        "An exponential grows by itself: the gradient times the result and the base's logarithm.",
        forward="self ** exponent",
        backward={"exponent": "conj(power_log(self, exponent)) * grad"},
    ),
    "SqrtBackward0": slope(
        "sqrt(self)", "1 / (2 * result)", "A root's slope is one over twice the root: it grows without bound near 0."
    ),
    "RsqrtBackward0": slope(
        "1 / sqrt(self)", "-1 / 2 * result ** 3", "The gradient times minus half the result's cube."
    ),
    "ReciprocalBackward0": slope("1 / self", "-1 / self ** 2", "The gradient over the square, with the opposite sign."),
    "ExpBackward0": slope("exp(self)", "result", "The exponential is its own slope: the gradient times the result."),
    "Exp2Backward0": slope("2 ** self", "result * log(2)", "The gradient times the result and the logarithm of 2."),
    "Expm1Backward0": slope("expm1(self)", "exp(self)", "The exponential is its own slope: the gradient times it."),
    "LogBackward0": slope("log(self)", "1 / self", "A logarithm's slope is one over the value: large near 0."),
    "Log2Backward0": slope(
        "log(self) / log(2)", "1 / (self * log(2))", "The gradient over the value and the logarithm of 2."
    ),
    "Log10Backward0": slope(
        "log(self) / log(10)", "1 / (self * log(10))", "The gradient over the value and the logarithm of 10."
    ),
    "Log1PBackward0": slope("log1p(self)", "1 / (1 + self)", "The gradient over one plus the value."),
    "LogaddexpBackward0": Rule(
        "spreads",
        "Each side receives its share of the sum of exponentials.",
        forward="logaddexp(self, other)",
        backward={"self": "sigmoid(self - other) * grad", "other": "sigmoid(other - self) * grad"},
    ),
    "Logaddexp2Backward0": Rule(
        "spreads",
        "Each side receives its share of the sum of powers of 2.",
        forward="logaddexp2(self, other)",
        backward={"self": "1 / (1 + 2 ** (other - self)) * grad", "other": "1 / (1 + 2 ** (self - other)) * grad"},
    ),
    "LdexpBackward0": Rule(
        "scales",
        "A number times a power of 2: the number receives the gradient times that power.",
        forward="self * 2 ** other",
        backward={"self": "conj(2 ** other) * grad", "other": "conj(result) * log(2) * grad"},
    ),
    "XlogyBackward0": Rule(
        "swaps",
        "The factor receives the gradient times the logarithm, the logarithm's value times the factor over it.",
        forward="xlog(self, other)",
        backward={
            "self": "where((self == 0) & (other <= 0), 0, xlog(grad, other))",
            "other": "self / other * grad",
        },
    ),
    "XlogyBackward1": Rule(
        "scales",
        "The logarithm's value receives the gradient times the factor over it.",
        forward="xlog(self, other)",
        backward={"other": "self / other * grad"},
    ),
    "XlogyBackward2": Rule(
        "scales",
        "The factor receives the gradient times the logarithm.",
        forward="xlog(self, other)",
        backward={"self": "where((self == 0) & (other <= 0), 0, xlog(grad, other))"},
    ),
    "SpecialXlog1PyBackward0": Rule(
        "swaps",
        "The factor receives the gradient times the logarithm, the logarithm's value times the factor over one more.",
        forward="xlog(self, 1 + other)",
        backward={
            "self": "where((self == 0) & (other <= -1), 0, xlog(grad, 1 + other))",
            "other": "self / (1 + other) * grad",
        },
    ),
    "SpecialEntrBackward0": slope(
        "-xlog(self, self)", "-(1 + log(self))", "The gradient times minus one minus the logarithm."
    ),
    "LogitBackward0": Rule(
        "scales",
        "The gradient over the value times its distance from 1.",
        forward="log(self / (1 - self)) if eps is None else log(maximum(minimum(self, 1 - eps), eps) / "
        "(1 - maximum(minimum(self, 1 - eps), eps)))",
        backward={
            "self": "1 / (self * (1 - self)) * grad if eps is None else "
            "where((self < eps) | (self > 1 - eps), 0, 1 / (self * (1 - self)) * grad)"
        },
        defaults={"eps": None},
    ),
}
