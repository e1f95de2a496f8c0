"""The words for windows that slide over a signal or an image: convolution and pooling, in any number of dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Self

import numpy as np

from graphviz_utils.rules.text import Strength
from graphviz_utils.rules.vocabulary.function import Function, Vocabulary

__all__ = ["WORDS"]

Sizes = tuple[int, ...]
Slide = tuple[Any, Any, Any, int]
"""Stride, padding, dilation and the number of groups, as PyTorch takes them."""


@dataclass(frozen=True, slots=True)
class _Sliding:
    """How a kernel slides, one number for each dimension it slides along."""

    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int

    @classmethod
    def of(cls, kernel: Sizes, slide: Slide) -> Self:
        """`kernel` sliding as `slide` says."""
        stride, padding, dilation = (_each(sizes, len(kernel)) for sizes in slide[:3])
        return cls(kernel, stride, padding, dilation, slide[3])

    def steps(self, sizes: Sizes) -> Sizes:
        """How many places it has within a padded input of `sizes`."""
        spans = zip(sizes, self.kernel, self.stride, self.dilation, strict=True)
        return tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in spans)

    def meetings(self, steps: Sizes) -> Iterator[tuple[Sizes, tuple[slice, ...]]]:
        """Each element of the kernel, and the elements of the padded input that it meets in `steps` places."""
        for at in product(*map(range, self.kernel)):
            spans = zip(at, self.dilation, steps, self.stride, strict=True)
            yield at, tuple(slice(a * d, a * d + (n - 1) * s + 1, s) for a, d, n, s in spans)

    def room(self, shape: Sizes, dtype: Any) -> Any:
        """Zeros for a padded input of `shape`: (example, group, channel, …)."""
        sizes = (n + 2 * p for n, p in zip(shape[2:], self.padding, strict=True))
        return np.zeros((shape[0], self.groups, shape[1] // self.groups, *sizes), dtype)

    def inside(self, sizes: Sizes) -> Any:
        """Where in a padded input the `sizes` of the input are."""
        return (..., *(slice(p, p + n) for p, n in zip(self.padding, sizes, strict=True)))

    def padded(self, x: Any, dtype: Any) -> Any:
        """`x` in its room."""
        room = self.room(x.shape, dtype)
        room[self.inside(x.shape[2:])] = _grouped(x, 1, self.groups)
        return room


def _each(sizes: Any, dims: int) -> Sizes:
    """One number for each of `dims` dimensions; one alone is meant for all."""
    given = tuple(sizes) if isinstance(sizes, tuple) else (sizes,)
    return given * dims if len(given) == 1 else given


def _grouped(x: Any, dim: int, groups: int) -> Any:
    """Dimension `dim` as groups and what is in each."""
    return np.reshape(x, (*x.shape[:dim], groups, x.shape[dim] // groups, *x.shape[dim + 1 :]))


def _correlate(x: Any, weight: Any, slide: Slide) -> Any:
    """What `torch.conv1d`, `conv2d`, … compute, without a bias."""
    sliding = _Sliding.of(weight.shape[2:], slide)
    room = sliding.padded(x, np.result_type(x, weight))
    steps = sliding.steps(room.shape[3:])
    weight = _grouped(weight, 0, sliding.groups)
    found = np.zeros((len(x), sliding.groups, weight.shape[1], *steps), room.dtype)
    for at, met in sliding.meetings(steps):
        found += np.einsum("bgc...,goc->bgo...", room[:, :, :, *met], weight[:, :, :, *at])
    return found.reshape(len(x), -1, *steps)


def _convolve(grad: Any, weight: Any, slide: Slide, sizes: Sizes) -> Any:
    """The transpose of `_correlate`: each element of `grad` sends the kernel, times itself, to the window it came from.

    `sizes` are those of the input in the dimensions that slide.
    """
    sliding = _Sliding.of(weight.shape[2:], slide)
    groups, channels = sliding.groups, weight.shape[1] * sliding.groups
    room = sliding.room((len(grad), channels, *sizes), np.result_type(grad, weight))
    grad, weight = _grouped(grad, 1, groups), _grouped(weight, 0, groups)
    for at, met in sliding.meetings(grad.shape[3:]):
        room[:, :, :, *met] += np.einsum("bgo...,goc->bgc...", grad, weight[:, :, :, *at])
    return room[sliding.inside(sizes)].reshape(len(grad), channels, *sizes)


def _weigh(x: Any, grad: Any, slide: Slide, shape: Sizes) -> Any:
    """What arrives at a kernel of `shape`: at each of its elements, what that met times what came back from there."""
    sliding = _Sliding.of(shape[2:], slide)
    room = sliding.padded(x, np.result_type(x, grad))
    grad = _grouped(grad, 1, sliding.groups)
    found: Any = np.zeros((sliding.groups, shape[0] // sliding.groups, *shape[1:]), room.dtype)
    for at, met in sliding.meetings(grad.shape[3:]):
        window = room[:, :, :, *met]
        flat = (part.reshape(*part.shape[:3], -1) for part in (grad, window))
        found[:, :, :, *at] = np.einsum("bgop,bgcp->goc", *flat)
    return found.reshape(shape)


def _transposed_sizes(x: Sizes, weight: Sizes, slide: Slide, more: Any) -> Sizes:
    """How large the result of a transposed convolution is in the dimensions that slide, from two shapes."""
    sliding = _Sliding.of(weight[2:], slide)
    given = (sliding.kernel, sliding.stride, sliding.padding, sliding.dilation, _each(more, len(weight) - 2))
    spans = zip(x[2:], *given, strict=True)
    return tuple((n - 1) * s - 2 * p + d * (k - 1) + m + 1 for n, k, s, p, d, m in spans)


def _pooled_steps(size: int, window: Sizes, ceil_mode: bool) -> int:
    """How many windows of a size, a stride, a padding and a dilation there are: the last begins within the input."""
    kernel, stride, padding, dilation = window
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    steps = -(-room // stride) + 1 if ceil_mode else room // stride + 1
    return steps - 1 if ceil_mode and (steps - 1) * stride >= size + padding else steps


def _largest_in(x: Any, kernel: Any, given: tuple[Any, ...], dims: int) -> Any:
    """`given` are stride (empty: that of the kernel), padding, dilation, and whether a window may reach beyond."""
    stride, padding, dilation, ceil_mode = given
    windows = list(zip(*(_each(each, dims) for each in (kernel, stride or kernel, padding, dilation)), strict=True))
    for axis, window in enumerate(windows, -dims):
        x = np.moveaxis(_largest_along(np.moveaxis(x, axis, -1), window, ceil_mode), -1, axis)
    return x


def _largest_along(x: Any, window: Sizes, ceil_mode: bool) -> Any:
    """The largest of each window along the last dimension."""
    kernel, stride, padding, dilation = window
    steps = _pooled_steps(x.shape[-1], window, ceil_mode)
    places = np.arange(steps)[:, None] * stride + np.arange(kernel) * dilation - padding
    inside = (places >= 0) & (places < x.shape[-1])
    return np.where(inside, x[..., np.where(inside, places, 0)], -np.inf).max(-1)


def _unpooled(grad: Any, indices: Any, shape: Sizes, dims: int) -> Any:
    """What each window's winner is sent; `indices` counts the elements of the last `dims` dimensions of `shape`."""
    planes = prod(shape[:-dims])
    room = np.zeros((planes, prod(shape[-dims:])), np.result_type(grad))
    np.add.at(room, (np.arange(planes)[:, None], np.reshape(indices, (planes, -1))), np.reshape(grad, (planes, -1)))
    return room.reshape(shape)


def _averaging(size: int, starts: Any, ends: Any, counts: Any) -> Any:
    """The matrix that takes, for each window of one dimension, the mean of what is in it."""
    at = np.arange(size)
    return ((at >= starts[:, None]) & (at < ends[:, None])) / counts[:, None]


def _pooling(size: int, out: int, window: Sizes, counts_padding: bool) -> Any:
    """Of a `window` of a size, a stride and a padding."""
    kernel, stride, padding = window
    starts = np.arange(out) * stride - padding
    ends = np.minimum(starts + kernel, size + padding)
    inside = np.minimum(ends, size) - np.maximum(starts, 0)
    return _averaging(size, starts, ends, ends - starts if counts_padding else inside)


def _along_each(matrices: Sequence[Any], x: Any) -> Any:
    """`x` with each of its last dimensions multiplied by a matrix of its own."""
    for axis, matrix in enumerate(reversed(matrices), 1):
        x = np.moveaxis(np.tensordot(matrix, x, (1, -axis)), 0, -axis)
    return x


def _matrices(shape: Sizes, kernel: Any, given: tuple[Any, ...]) -> list[Any]:
    """`given` are stride (empty: that of the kernel), padding, whether it counts, a divisor or `None`, `ceil_mode`."""
    stride, padding, counts_padding, divisor, ceil_mode = given
    dims = len(kernel)
    windows = zip(*(_each(each, dims) for each in (kernel, stride or kernel, padding)), strict=True)
    matrices = []
    for size, window in zip(shape[-dims:], windows, strict=True):
        steps = _pooled_steps(size, (*window, 1), ceil_mode)
        matrices.append(_pooling(size, steps, window, counts_padding or bool(divisor)))
    if divisor:
        first, *others = [(matrix > 0).astype(float) for matrix in matrices]
        return [first / divisor, *others]
    return matrices


def _averages(x: Any, kernel: Any, given: tuple[Any, ...]) -> Any:
    return _along_each(_matrices(x.shape, kernel, given), x)


def _averages_back(grad: Any, shape: Sizes, kernel: Any, given: tuple[Any, ...]) -> Any:
    return _along_each([matrix.T for matrix in _matrices(shape, kernel, given)], np.asarray(grad))


def _adaptive(size: int, out: int) -> Any:
    """Windows chosen so that there are as many as were asked for."""
    starts, ends = np.arange(out) * size // out, -(-(np.arange(1, out + 1) * size) // out)
    return _averaging(size, starts, ends, ends - starts)


def _adaptive_averages(x: Any, sizes: Sizes) -> Any:
    return _along_each([_adaptive(n, out) for n, out in zip(x.shape[-len(sizes) :], sizes, strict=True)], x)


def _adaptive_averages_back(grad: Any, shape: Sizes, dims: int) -> Any:
    spans = zip(shape[-dims:], grad.shape[-dims:], strict=True)
    return _along_each([_adaptive(size, out).T for size, out in spans], np.asarray(grad))


def _adaptive_largest(x: Any, sizes: Sizes) -> Any:
    for axis, out in enumerate(sizes, -len(sizes)):
        inside = _adaptive(x.shape[axis], out) > 0
        x = np.moveaxis(np.where(inside, np.moveaxis(x, axis, -1)[..., None, :], -np.inf).max(-1), -1, axis)
    return x


_LARGEST = r"\max_{w} <0:word>"
_MEAN = r"\operatorname{mean}_{w}\left(<0>\right)"
_AVERAGES = r"\sum_{w \ni i} \frac{<0:base>_{w}}{\left|w\right|}"

WORDS: Vocabulary = {
    "correlate": Function(_correlate, r"<0:base> \star <1:base>", Strength.PRODUCT),
    "convolve": Function(_convolve, r"<0:base> \ast <1:base>", Strength.PRODUCT),
    "weigh": Function(_weigh, r"<0:base> \star <1:base>", Strength.PRODUCT),
    "transposed_sizes": Function(_transposed_sizes, r"\mathrm{sizes}", folds=True),
    "largest_in": Function(_largest_in, _LARGEST, Strength.PRODUCT),
    "adaptive_largest": Function(_adaptive_largest, _LARGEST, Strength.PRODUCT),
    "averages": Function(_averages, _MEAN),
    "adaptive_averages": Function(_adaptive_averages, _MEAN),
    "unpooled": Function(_unpooled, r"\sum_{w:\, \arg\max w = i} <0:base>_{w}", Strength.PRODUCT),
    "averages_back": Function(_averages_back, _AVERAGES, Strength.PRODUCT),
    "adaptive_averages_back": Function(_adaptive_averages_back, _AVERAGES, Strength.PRODUCT),
}
r"""`\star` slides a kernel as it is, `\ast` slides it turned round; `w` is a window, `i` an element of the input."""
