"""Convolution and pooling: what slides a window over a signal or an image."""

from collections.abc import Mapping

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

_MAXIMUM = "Max pooling routes: the largest element of each window receives the window's gradient."
_AVERAGE = "Average pooling spreads: every element of a window receives its share of the window's gradient."


def _max_pool(dims: int, forward: str | None, defaults: Mapping[str, object]) -> Rule:
    return Rule(
        "routes", _MAXIMUM, forward, {"self": f"unpooled(grad, result1, shape(self), {dims})"}, defaults=defaults
    )


def _sliding_max_pool(dims: int) -> Rule:
    forward = f"largest_in(self, kernel_size, (stride, padding, dilation, ceil_mode), {dims})"
    defaults = {"stride": (), "padding": (0,) * dims, "dilation": (1,) * dims, "ceil_mode": False}
    return _max_pool(dims, forward, defaults)


def _adaptive_max_pool(dims: int) -> Rule:
    return _max_pool(dims, "adaptive_largest(self, output_size)", {})


_HOW = "(stride, padding, count_include_pad, divisor_override, ceil_mode)"


def _average_pool(dims: int) -> Rule:
    flags = {"ceil_mode": False, "count_include_pad": True, "divisor_override": None}
    return Rule(
        "spreads",
        _AVERAGE,
        f"averages(self, kernel_size, {_HOW})",
        {"self": f"averages_back(grad, shape(self), kernel_size, {_HOW})"},
        defaults={"stride": (), "padding": (0,) * dims, **flags},
    )


def _adaptive_average_pool(dims: int) -> Rule:
    backward = {"self": f"adaptive_averages_back(grad, shape(self), {dims})"}
    return Rule("spreads", _AVERAGE, "adaptive_averages(self, output_size)", backward)


RULES: Catalogue = {
    "ConvolutionBackward0": _CONVOLUTION,
    "MaxPool2DWithIndicesBackward0": _sliding_max_pool(2),
    "MaxPool3DWithIndicesBackward0": _sliding_max_pool(3),
    "AdaptiveMaxPool2DBackward0": _adaptive_max_pool(2),
    "AdaptiveMaxPool3DBackward0": _adaptive_max_pool(3),
    "FractionalMaxPool2DBackward0": _max_pool(2, None, {}),
    "FractionalMaxPool3DBackward0": _max_pool(3, None, {}),
    "AvgPool2DBackward0": _average_pool(2),
    "AvgPool3DBackward0": _average_pool(3),
    "AdaptiveAvgPool2DBackward0": _adaptive_average_pool(2),
    "AdaptiveAvgPool3DBackward0": _adaptive_average_pool(3),
}
