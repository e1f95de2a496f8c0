"""The words for what moves, repeats or leaves out elements and computes nothing."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Constant, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, Writer, applied
from graphviz_utils.rules.vocabulary.reductions import axes, same

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


def _windows(x: Any, dim: int, size: int, step: int) -> Any:
    if np.ndim(x) == 0:
        return np.atleast_1d(x)
    views = np.lib.stride_tricks.sliding_window_view(x, size, dim)
    return views[(*[slice(None)] * (dim % np.ndim(x)), slice(None, None, step))]


def _bordered(x: Any, pad: Sizes, mode: str, **more: Any) -> Any:
    """`x` with a border; a negative padding cuts off."""
    sides = _sides(pad, np.ndim(x))
    grown = np.pad(x, [(max(before, 0), max(after, 0)) for before, after in sides], mode, **more)  # type: ignore[call-overload]
    cuts = zip(sides, grown.shape, strict=True)
    return grown[tuple(slice(max(-before, 0), size - max(-after, 0)) for (before, after), size in cuts)]


def _border_back(grad: Any, shape: Sizes, pad: Sizes, mode: str) -> Any:
    """Where the numbers of the elements went, their gradients come back from."""
    numbers = _bordered(np.arange(prod(shape)).reshape(shape), pad, mode)
    room = np.zeros(prod(shape), np.result_type(grad))
    np.add.at(room, numbers, grad)
    return room.reshape(shape)


def _expanded(x: Any, size: Sizes) -> Any:
    """-1 keeps a size."""
    own = (*[1] * (len(size) - np.ndim(x)), *np.shape(x))
    return np.broadcast_to(x, [old if new == -1 else new for old, new in zip(own, size, strict=True)])


def _squeezed(x: Any, dim: Any) -> Any:
    along = () if dim == () else axes(dim, np.ndim(x))
    return np.squeeze(x, tuple(axis for axis in along if np.shape(x)[axis] == 1))


def _padded(x: Any, pad: Sizes, value: float) -> Any:
    return _bordered(x, pad, "constant", constant_values=value)


def _unpadded(grad: Any, pad: Sizes) -> Any:
    return _padded(grad, tuple(-each for each in pad), 0)


def _sides(pad: Sizes, ndim: int) -> list[tuple[int, int]]:
    """What is added before and after along each dimension: `pad` begins with the last one."""
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    return [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]


def _unbound(x: Any, dim: int) -> tuple[Any, ...]:
    return tuple(np.moveaxis(x, dim, 0))


def _stacked(parts: Sequence[Any], dim: int) -> Any:
    return np.stack(parts, dim)


def _joined(parts: Sequence[Any], dim: int) -> Any:
    solid = [part for part in parts if np.shape(part) != (0,)]
    return np.concatenate(solid or parts, dim)


def _permuted_written(sign: str) -> Writer:
    """Two dimensions that change places are a transpose; of any other order there is only a name."""

    def write(pen: Pen, arguments: Sequence[Expression]) -> Text:
        x, dims = arguments
        order = [dim % len(dims.value) for dim in dims.value] if isinstance(dims, Constant) and dims.value else []
        moved = sum(place != dim for place, dim in enumerate(order))
        return Text(rf"{pen.at(x, Strength.ATOM)}^{{{_TRANSPOSED if moved == 2 else sign}}}", Strength.POWER)

    return write


_TRANSPOSED = r"\top"

WORDS: Vocabulary = {
    "squeezed": Function(_squeezed, same, moves=True),
    "unsqueezed": Function(np.expand_dims, same, moves=True),
    "expanded": Function(_expanded, same, moves=True),
    "filled": Function(np.broadcast_to, same),
    "reshape": Function(np.reshape, same, moves=True),
    "swapped": Function(_swapped, r"<0:base>^{\top}", moves=True),
    "permuted": Function(lambda x, dims: np.transpose(x, dims or None), _permuted_written(r"\pi"), moves=True),
    "permuted_back": Function(_permuted_back, _permuted_written(r"\pi^{-1}"), moves=True),
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
    "windows": Function(_windows, applied(r"\operatorname{windows}")),
    "unbound": Function(_unbound, applied(r"\operatorname{unbind}")),
    "bordered": Function(_bordered, applied(r"\operatorname{pad}")),
    "border_back": Function(_border_back, r"\sum_{\text{copies}} <0:factor>", Strength.PRODUCT),
    "windows_back": Function(_windows_back, r"\sum_{w \ni i} <0:base>_{w}", Strength.PRODUCT),
    "padded": Function(_padded, applied(r"\operatorname{pad}")),
    "unpadded": Function(_unpadded, applied(r"\operatorname{pad}^{-1}"), moves=True),
    "stacked": Function(_stacked, same),
    "joined": Function(_joined, same),
}
"""Each word ending in `_back` is the way back of a gradient through what the word before does."""
