"""The words for what moves, repeats or leaves out elements and computes nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, applied
from graphviz_utils.rules.vocabulary.reductions import same

__all__ = ["WORDS"]

Sizes = tuple[int, ...]


def _swapped(x: Any, dim0: int, dim1: int) -> Any:
    return np.swapaxes(x, dim0, dim1) if np.ndim(x) > 1 else np.asarray(x)


def _permuted_back(x: Any, dims: Sizes) -> Any:
    return np.transpose(x, np.argsort([dim % len(dims) for dim in dims])) if dims else np.asarray(x)


def _flipped(x: Any, dims: Sizes) -> Any:
    return np.flip(x, dims) if np.ndim(x) else np.asarray(x)


def _rolled(x: Any, shifts: Any, dims: Any) -> Any:
    return np.roll(x, shifts, dims or None) if np.ndim(x) else np.asarray(x)


def _rolled_back(x: Any, shifts: Any, dims: Any) -> Any:
    return _rolled(x, tuple(-shift for shift in shifts), dims)


def _repeats_back(grad: Any, repeats: Sizes, shape: Sizes) -> Any:
    """Each element is sent what all its copies received."""
    ahead = len(repeats) - len(shape)
    sizes = [number for each in zip(repeats, (*[1] * ahead, *shape), strict=True) for number in each]
    return np.reshape(np.reshape(grad, sizes).sum(tuple(range(0, len(sizes), 2))), shape)


def _diagonal(x: Any, offset: int, dim1: int, dim2: int) -> Any:
    return np.diagonal(x, offset, dim1, dim2)


def _diagonal_back(grad: Any, shape: Sizes, offset: int, dim1: int, dim2: int) -> Any:
    room = np.zeros(shape, np.result_type(grad))
    _writable_diagonal(room, offset, dim1, dim2)[...] = grad
    return room


def _without_diagonal(grad: Any, offset: int, dim1: int, dim2: int) -> Any:
    kept = np.array(grad)
    _writable_diagonal(kept, offset, dim1, dim2)[...] = 0
    return kept


def _writable_diagonal(x: Any, offset: int, dim1: int, dim2: int) -> Any:
    view = np.diagonal(x, offset, dim1, dim2)
    view.setflags(write=True)
    return view


def _windows_back(grad: Any, shape: Sizes, dim: int, size: int, step: int) -> Any:
    """Each element is sent what came back from all the windows it is in."""
    if not shape:
        return np.sum(grad)
    room = np.moveaxis(np.zeros(shape, np.result_type(grad)), dim, 0)
    grad = np.moveaxis(grad, dim % len(shape), 0)
    for number, window in enumerate(grad):
        room[number * step : number * step + size] += np.moveaxis(window, -1, 0)
    return np.moveaxis(room, 0, dim)


def _padded(x: Any, pad: Sizes, value: float) -> Any:
    """A negative padding cuts off."""
    grown = np.pad(
        x, [(max(before, 0), max(after, 0)) for before, after in _sides(pad, np.ndim(x))], constant_values=value
    )
    return grown[_inside([(-min(before, 0), -min(after, 0)) for before, after in _sides(pad, np.ndim(x))], grown.shape)]


def _unpadded(grad: Any, pad: Sizes) -> Any:
    return _padded(grad, tuple(-each for each in pad), 0)


def _sides(pad: Sizes, ndim: int) -> list[tuple[int, int]]:
    """What is added before and after along each dimension: `pad` begins with the last one."""
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    return [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]


def _inside(sides: list[tuple[int, int]], sizes: Sizes) -> tuple[slice, ...]:
    return tuple(slice(before, size - after) for (before, after), size in zip(sides, sizes, strict=True))


def _stacked(parts: Sequence[Any], dim: int) -> Any:
    return np.stack(parts, dim)


def _joined(parts: Sequence[Any], dim: int) -> Any:
    solid = [part for part in parts if np.shape(part) != (0,)]
    return np.concatenate(solid or parts, dim)


def _permuted_back_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    return Text(rf"{pen.at(arguments[0], Strength.ATOM)}^{{\pi^{{-1}}}}", Strength.POWER)


_TRANSPOSED = r"<0:base>^{\top}"

WORDS: Vocabulary = {
    "reshape": Function(np.reshape, same, moves=True),
    "swapped": Function(_swapped, _TRANSPOSED, moves=True),
    "permuted": Function(lambda x, dims: np.transpose(x, dims or None), r"<0:base>^{\pi}", moves=True),
    "permuted_back": Function(_permuted_back, _permuted_back_written, moves=True),
    "flipped": Function(_flipped, applied(r"\operatorname{flip}"), moves=True),
    "rolled": Function(_rolled, applied(r"\operatorname{roll}", 2), moves=True),
    "rolled_back": Function(_rolled_back, r"\operatorname{roll}^{-1}\left(<0>, <1>\right)", moves=True),
    "turned": Function(np.rot90, applied(r"\operatorname{rot}", 2), moves=True),
    "repeated": Function(np.tile, applied(r"\operatorname{repeat}", 2), moves=True),
    "repeats_back": Function(_repeats_back, r"\sum_{\text{copies}} <0:factor>", Strength.PRODUCT),
    "diagonal": Function(_diagonal, applied(r"\operatorname{diag}")),
    "diagonal_back": Function(_diagonal_back, applied(r"\operatorname{diag}")),
    "without_diagonal": Function(_without_diagonal, r"<0:term> - \operatorname{diag}\left(<0>\right)", Strength.SUM),
    "lower": Function(np.tril, applied(r"\operatorname{tril}")),
    "upper": Function(np.triu, applied(r"\operatorname{triu}")),
    "windows_back": Function(_windows_back, r"\sum_{w \ni i} <0:base>_{w}", Strength.PRODUCT),
    "padded": Function(_padded, applied(r"\operatorname{pad}")),
    "unpadded": Function(_unpadded, applied(r"\operatorname{pad}^{-1}"), moves=True),
    "stacked": Function(_stacked, same),
    "joined": Function(_joined, same),
}
"""Each word ending in `_back` is the way back of a gradient through what the word before does."""
