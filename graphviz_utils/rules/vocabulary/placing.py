"""The words for places within a tensor, for what is taken from there, and for what is put back there.

A place is an index as NumPy knows it. A tensor without dimensions counts as one with a single element.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Call, Constant, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, Writer
from graphviz_utils.rules.vocabulary.reductions import over

__all__ = ["WORDS"]

Sizes = tuple[int, ...]
Place = tuple[Any, ...]

_ENDLESS = 2**62


def _within(shape: Sizes, dim: int, part: Any) -> Place:
    """The index of `part` of dimension `dim`, and of everything in those before."""
    return (*[slice(None)] * (dim % max(len(shape), 1)), part)


def _span(shape: Sizes, dim: int, start: Any, end: Any, step: int) -> Place:
    return _within(shape, dim, slice(start, end, step))


def _every(shape: Sizes, dim: int, index: Any) -> Place:
    return _within(shape, dim, np.ravel(index)) if shape else (0,)


def _along(shape: Sizes, dim: int, index: Any) -> Place:
    """As `gather` means it: `index` says where along `dim`, and is itself where in the other dimensions."""
    index = np.asarray(index)
    if len(shape) < 2 or index.size == 0:
        return (index,) * max(len(shape), 1)
    return tuple(index if axis == dim % len(shape) else at for axis, at in enumerate(np.indices(index.shape)))


def _listed(indices: Sequence[Any]) -> Place:
    return tuple(slice(None) if each is None else each for each in indices)


def _masked(shape: Sizes, mask: Any) -> Place:
    return (np.broadcast_to(mask, np.broadcast_shapes(np.shape(mask), shape or (1,))),)


def _flat(shape: Sizes, index: Any) -> Place:
    return np.unravel_index(np.asarray(index) % max(prod(shape), 1), shape or (1,))


def _is_mask(place: Place) -> bool:
    """Whether a place is a mask for everything, which may be larger than what it is laid over."""
    return len(place) == 1 and isinstance(place[0], np.ndarray) and place[0].dtype.kind == "b"


def _taken(x: Any, place: Place) -> Any:
    is_under = _is_mask(place) and place[0].ndim >= np.ndim(x)
    return np.broadcast_to(x, place[0].shape)[place] if is_under else np.atleast_1d(x)[place]


def _put(grad: Any, shape: Sizes, place: Place) -> Any:
    """Zeros of `shape`, with `grad` added at `place`."""
    is_large = _is_mask(place) and place[0].ndim >= len(shape)
    room = np.zeros(place[0].shape if is_large else shape or (1,), np.result_type(grad))
    np.add.at(room, place, grad)
    return room if is_large else room.reshape(shape)


def _spared(grad: Any, place: Place) -> Any:
    """`grad`, but zero at `place`."""
    kept = np.atleast_1d(np.array(grad))
    kept[place] = 0
    return kept.reshape(np.shape(grad))


def _written(x: Any, place: Place, value: Any) -> Any:
    kept = np.atleast_1d(np.array(x))
    kept[place] = value
    return kept.reshape(np.shape(x))


def _added(x: Any, place: Place, value: Any) -> Any:
    kept = np.atleast_1d(np.array(x))
    np.add.at(kept, place, value)
    return kept.reshape(np.shape(x))


def _embedded_back(grad: Any, shape: Sizes, index: Any, padding: int) -> Any:
    room = np.zeros(shape, np.result_type(grad))
    np.add.at(room, np.asarray(index), grad)
    room[padding : padding + 1 if padding >= 0 else 0] = 0
    return room


def _winners(shape: Sizes, dim: int, index: Any, found: tuple[str, bool]) -> Place:
    """Where along `dim` a search found what it gave; `found` is its name, and whether it kept that dimension."""
    _, keepdim = found
    return _along(shape, dim, index if keepdim or not shape else np.expand_dims(index, dim))


def _as_winners(grad: Any, shape: Sizes, dim: int, keepdim: bool) -> Any:
    return np.asarray(grad) if keepdim or not shape else np.expand_dims(grad, dim)


def _unsorted(grad: Any, shape: Sizes, dim: int, index: Any) -> Any:
    return _put(grad, shape, _along(shape, dim, index))


def _first_of(source: Any, shape: Sizes) -> Any:
    """The first elements of what has `shape`, as they are sent one after the other; the others receive nothing."""
    room = np.zeros(prod(shape), np.result_type(source))
    room[: np.size(source)] = np.ravel(source)
    return room.reshape(shape)


def _piece(shapes: tuple[Sizes, ...], dim: int, i: int) -> Place:
    """Where tensor `i` of those that were joined went. One of no elements may have any shape."""
    start, end = _ends(shapes, dim, i)
    return _span(max(shapes, key=len), dim, start, end, 1)


def _ends(shapes: tuple[Sizes, ...], dim: int, i: int) -> tuple[int, int]:
    sizes = [0 if shape == (0,) else shape[dim] for shape in shapes]
    return sum(sizes[:i]), sum(sizes[: i + 1])


def _position(pen: Pen, shape: Expression, dim: Expression, part: str) -> Text:
    """As NumPy writes an index: `[:, 2]`."""
    if not (isinstance(dim, Constant) and isinstance(shape, Constant)):
        return Text(rf"\left[{part}\right]_{{\text{{dim }} {pen.at(dim, Strength.FREE)}}}")
    before = ":, " * (dim.value % max(len(shape.value), 1))
    return Text(rf"\left[{before}{part}\right]")


def _part_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    shape, dim, index = arguments
    return _position(pen, shape, dim, pen.at(index, Strength.FREE))


def _span_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    shape, dim, *span = arguments
    start, end, step = (each.value if isinstance(each, Constant) else None for each in span)
    last = "" if end is None or end > _ENDLESS else end
    return _position(pen, shape, dim, f"{start or ''}:{last}{f':{step}' if step != 1 else ''}")


def _piece_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    shapes, dim, i = (each.value if isinstance(each, Constant) else None for each in arguments)
    if not isinstance(shapes, tuple) or not isinstance(dim, int) or not isinstance(i, int):
        return Text(r"\left[\text{its part}\right]")
    start, end = _ends(shapes, dim, i)
    return _position(pen, Constant(max(shapes, key=len)), arguments[1], f"{start}:{end}")


def _winners_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    _, dim, _, found = arguments
    name = found.value[0] if isinstance(found, Constant) else ""
    sign = rf"\{name}" if name in ("max", "min") else rf"\operatorname{{{name}}}"
    return Text(rf"\arg{sign}{over(pen, dim)}")


def _bracketed(place: int) -> Writer:
    def write(pen: Pen, arguments: Sequence[Expression]) -> Text:
        return Text(rf"\left[{pen.at(arguments[place], Strength.FREE)}\right]")

    return write


def _listed_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    of = arguments[0]
    parts = of.arguments if isinstance(of, Call) and of.function == "tuple" else arguments
    written = (":" if part == Constant(None) else pen.at(part, Strength.FREE) for part in parts)
    return Text(rf"\left[{', '.join(written)}\right]")


def _taken_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, place = (pen.at(each, Strength.ATOM) for each in arguments)
    return Text(f"{x}{place}", Strength.POWER)


def _put_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """What is put to places that may coincide is added up there."""
    grad, place = arguments[0], arguments[2]
    at = pen.at(place, Strength.FREE)
    if isinstance(place, Call) and place.function in _MAY_COINCIDE:
        return Text(rf"\sum_{{k:\, {at}_{{k}} = i}} {{{pen.at(grad, Strength.ATOM)}}}_{{k}}", Strength.PRODUCT)
    return _cases(pen.at(grad, Strength.FREE), at, "0")


def _spared_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    grad, place = (pen.at(each, Strength.FREE) for each in arguments)
    return _cases("0", place, grad)


def _written_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, place, value = (pen.at(each, Strength.FREE) for each in arguments)
    return _cases(value, place, x)


def _added_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, place, value = arguments
    before, more = pen.at(x, Strength.SUM), pen.at(value, Strength.PRODUCT)
    return _cases(f"{before} + {more}", pen.at(place, Strength.FREE), pen.at(x, Strength.FREE))


def _cases(here: str, place: str, elsewhere: str) -> Text:
    lines = rf"{here} & \text{{at }} {place} \\ {elsewhere} & \text{{elsewhere}}"
    return Text(rf"\begin{{cases}} {lines} \end{{cases}}", Strength.POWER)


_MAY_COINCIDE = frozenset({"every", "along", "listed", "flat"})

WORDS: Vocabulary = {
    "part": Function(_within, _part_written),
    "span": Function(_span, _span_written),
    "every": Function(_every, _part_written),
    "along": Function(_along, _part_written),
    "winners": Function(_winners, _winners_written),
    "listed": Function(_listed, _listed_written),
    "masked": Function(_masked, _bracketed(1)),
    "flat": Function(_flat, _bracketed(1)),
    "taken": Function(_taken, _taken_written),
    "put": Function(_put, _put_written),
    "spared": Function(_spared, _spared_written),
    "written": Function(_written, _written_written),
    "added": Function(_added, _added_written),
    "distinct": Function(np.unique, "<0>"),
    "as_winners": Function(_as_winners, "<0>"),
    "unsorted": Function(_unsorted, r"<0:base>_{\sigma^{-1}}"),
    "first_of": Function(_first_of, "<0>"),
    "embedded_back": Function(_embedded_back, r"\sum_{k:\, <2>_{k} = i} <0:base>_{k}", Strength.PRODUCT),
    "piece": Function(_piece, _piece_written),
    "shapes": Function(lambda tensors: tuple(map(np.shape, tensors)), r"\mathrm{shapes}", folds=True),
}
"""Places: `part`, `span`, `piece`, `every`, `along`, `winners`, `listed`, `masked`, `flat`. `put` goes back there."""
