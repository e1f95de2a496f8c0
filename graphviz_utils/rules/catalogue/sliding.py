"""Convolution and pooling: what slides a window over a signal or an image."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_SLIDE = "(stride, padding, dilation, groups)"
_SIZES = f"transposed_sizes(shape(input), shape(weight), {_SLIDE}, output_padding)"
_FORWARD = (
    f"convolve(input, weight, {_SLIDE}, {_SIZES}) if transposed else correlate(input, weight, {_SLIDE})",
    "0 if bias is None else per_channel(bias, ndim(input))",
)
_TO_INPUT = (
    f"correlate(grad, conj(weight), {_SLIDE}) if transposed "
    f"else convolve(grad, conj(weight), {_SLIDE}, shape(input)[2:])"
)
_TO_WEIGHT = (
    f"weigh(grad, conj(input), {_SLIDE}, shape(weight)) if transposed "
    f"else weigh(conj(input), grad, {_SLIDE}, shape(weight))"
)
_CONVOLUTION = Rule(
    "mixes",
    "A convolution sends the gradient through the kernel turned round; the kernel receives what it met, times that.",
    f"({_FORWARD[0]}) + ({_FORWARD[1]})",
    {"input": _TO_INPUT, "weight": _TO_WEIGHT, "bias": "sum(grad, all_but(1, ndim(input)))"},
)

_STRIDE = {"stride": (), "padding": 0}
_MEANS = {**_STRIDE, "ceil_mode": False, "count_include_pad": True, "divisor_override": None}
_AVERAGE = "Average pooling spreads: every element of a window receives its share of the window's gradient."
_MAXIMUM = "Max pooling routes: the largest element of each window receives the window's gradient."


def _max_pool(dims: int) -> Rule:
    return Rule("routes", _MAXIMUM, None, {"self": f"unpooled(grad, result1, shape(self), {dims})"})


_AVERAGED = Rule(
    "spreads",
    _AVERAGE,
    None,
    {"self": "averages_back(grad, shape(self), kernel_size, (stride, padding, count_include_pad, divisor_override))"},
    defaults=_MEANS,
)


def _adaptive(dims: int) -> Rule:
    return Rule("spreads", _AVERAGE, None, {"self": f"adaptive_averages_back(grad, shape(self), {dims})"})


RULES: Catalogue = {
    "ConvolutionBackward0": _CONVOLUTION,
    "MaxPool2DWithIndicesBackward0": _max_pool(2),
    "MaxPool3DWithIndicesBackward0": _max_pool(3),
    "AdaptiveMaxPool2DBackward0": _max_pool(2),
    "AdaptiveMaxPool3DBackward0": _max_pool(3),
    "FractionalMaxPool2DBackward0": _max_pool(2),
    "FractionalMaxPool3DBackward0": _max_pool(3),
    "AvgPool2DBackward0": _AVERAGED,
    "AvgPool3DBackward0": _AVERAGED,
    "AdaptiveAvgPool2DBackward0": _adaptive(2),
    "AdaptiveAvgPool3DBackward0": _adaptive(3),
}
