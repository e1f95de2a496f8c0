"""The functions between the layers of a network that are smooth."""

from graphviz_utils.rules.catalogue.entry import Catalogue, slope
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]

_BELL = "(sqrt(2 / pi) * (self + 0.044715 * self ** 3))"
_GELU = f"self / 2 * (1 + tanh{_BELL}) if approximate == 'tanh' else self * ndtr(self)"
_GELU_SLOPE = (
    f"(1 + tanh{_BELL}) / 2 + self / 2 * (1 - tanh{_BELL} ** 2) * sqrt(2 / pi) * (1 + 0.134145 * self ** 2) "
    "if approximate == 'tanh' else ndtr(self) + self * density(self)"
)
_SOFT, _SOFT_SLOPE = "softplus(beta * self) / beta", "sigmoid(beta * self) * grad"
"""Beyond the usual threshold of 20 nobody can tell the curve from the line that PyTorch takes instead."""

_ELU_AT_ZERO = Bend("(self == 0) & (alpha * input_scale != 1)", "scale * alpha * input_scale", "scale")

RULES: Catalogue = {
    "SigmoidBackward0": slope(
        "sigmoid(self)",
        "result * (1 - result)",
        "The slope is the result times its distance from 1: at most a quarter.",
    ),
    "LogSigmoidBackward0": slope(
        "log_sigmoid(self)", "sigmoid(-self)", "The slope is what the sigmoid leaves to 1: the gradient times it."
    ),
    "SiluBackward0": slope(
        "self * sigmoid(self)",
        "sigmoid(self) * (1 + self * (1 - sigmoid(self)))",
        "A product with its own sigmoid: both factors have a share in the slope.",
    ),
    "MishBackward0": slope(
        "self * tanh(softplus(self))",
        "tanh(softplus(self)) + self * sigmoid(self) * (1 - tanh(softplus(self)) ** 2)",
        "A product with a soft switch: both factors have a share in the slope.",
    ),
    "GeluBackward0": Rule(
        "gates",
        "A soft gate: the slope is the normal distribution's area on the left, and a correction by its bell curve.",
        forward=_GELU,
        backward={"self": f"({_GELU_SLOPE}) * grad"},
        defaults={"approximate": "none"},
    ),
    "SoftplusBackward0": Rule(
        "gates",
        "A soft gate: the slope is a sigmoid, from 0 on the left to 1 on the right.",
        forward=f"{_SOFT} if threshold >= 20 else where(beta * self > threshold, self, {_SOFT})",
        backward={"self": f"{_SOFT_SLOPE} if threshold >= 20 else where(beta * self > threshold, grad, {_SOFT_SLOPE})"},
        defaults={"beta": 1, "threshold": 20},
    ),
    "EluBackward0": Rule(
        "gates",
        "Right of 0 the gradient passes, left of it the slope fades away like an exponential.",
        forward="where(self > 0, scale * self, scale * alpha * expm1(input_scale * self))",
        backward={
            "self": "where(self > 0, scale * grad, scale * alpha * input_scale * exp(input_scale * self) * grad)"
        },
        defaults={"alpha": 1, "scale": 1, "input_scale": 1},
        bends={"self": _ELU_AT_ZERO},
    ),
    "CeluBackward0": Rule(
        "gates",
        "Right of 0 the gradient passes, left of it the slope fades away like an exponential.",
        forward="where(self > 0, self, alpha * expm1(self / alpha))",
        backward={"self": "where(self > 0, grad, exp(self / alpha) * grad)"},
        defaults={"alpha": 1},
    ),
    "GluBackward0": Rule(
        "gates",
        "One half gates the other: the gradient times the gate for one, times the gate's slope for the other.",
        forward="half(self, dim, 0) * sigmoid(half(self, dim, 1))",
        backward={
            "self": "halves(sigmoid(half(self, dim, 1)) * grad, half(self, dim, 0) * sigmoid(half(self, dim, 1)) "
            "* (1 - sigmoid(half(self, dim, 1))) * grad, dim)"
        },
        defaults={"dim": -1},
    ),
    "SigmoidBackwardBackward0": Rule(
        "swaps",
        "The slope of a sigmoid, itself a product: each factor receives the gradient times the other's.",
        forward="output * (1 - output) * grad_output",
        backward={
            "grad_output": "conj(output * (1 - output)) * grad",
            "output": "conj(1 - 2 * output) * conj(grad_output) * grad",
        },
    ),
    "TanhBackwardBackward0": Rule(
        "swaps",
        "The slope of a hyperbolic tangent, itself a product: each factor receives the gradient times the other's.",
        forward="(1 - output ** 2) * grad_output",
        backward={
            "grad_output": "conj(1 - output ** 2) * grad",
            "output": "-2 * conj(output) * conj(grad_output) * grad",
        },
    ),
}
