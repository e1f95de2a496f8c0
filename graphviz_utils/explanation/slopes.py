"""The local derivative of a node, taken apart: which element depends on which, and how steeply."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphviz_utils.model import Edge, Node, Snapshot

__all__ = ["MOST_ELEMENTS", "Passage", "Slope", "numbers", "slopes"]

MOST_ELEMENTS = 64
"""Of a tensor on either side of a Jacobian that is recorded."""

_DIVISIONS = ("UnbindBackward", "SplitBackward", "SplitWithSizesBackward", "UnsafeSplitBackward")
"""Nodes that give their input away in parts along `dim`. They have several outputs, so no Jacobian is recorded."""

Matrix = npt.NDArray[Any]
"""Output elements by input elements."""


class Slope(NamedTuple):
    """How element `above` of output `output` of a node changes with element `element` of what the node took."""

    output: int
    above: int
    element: int
    value: float


@dataclass(frozen=True, slots=True)
class Passage:
    """What one pass did at an edge into `target`: what the target received, by output, and what it sent on."""

    edge: Edge
    target: Node
    received: Mapping[int, Snapshot]
    sent: Snapshot
    jacobian: Snapshot | None


def slopes(passage: Passage) -> tuple[Slope, ...] | None:
    """The slopes that are not 0, and those that are there although they are 0; `None` where nobody can tell.

    A slope of 0 is there where every element depends on the one at the same place alone: a relu that is closed passes 0
    on, and is no gap in the graph. It is not there where what the node sent shows that it cut an infinite gradient off.
    """
    matrix = _matrix(passage)
    if matrix is not None:
        return tuple(_recorded(passage, matrix))
    if passage.target.name.rstrip("0123456789") in _DIVISIONS:
        return _divided(passage)
    ratio = _ratio(passage)
    return None if ratio is None else (ratio,)


def numbers(tensor: Snapshot | None) -> tuple[float, ...] | None:
    """All elements; `None` where they were not seen, not kept, or are complex."""
    if tensor is None or tensor.data is None or tensor.is_complex:
        return None
    return tuple(map(float, tensor.elements()))  # type: ignore[arg-type]  # real, as was made sure


def _matrix(passage: Passage) -> Matrix | None:
    """The recorded Jacobian; `None` where there is none that fits the node."""
    jacobian, outputs = passage.jacobian, passage.target.outputs
    if jacobian is None or not 0 < jacobian.numel <= MOST_ELEMENTS**2 or len(outputs) != 1:
        return None
    elements, output = numbers(jacobian), outputs[0].shape
    if elements is None or jacobian.shape != (*output, *passage.sent.shape):
        return None
    return np.array(elements).reshape(math.prod(output), passage.sent.numel)


def _recorded(passage: Passage, matrix: Matrix) -> Iterator[Slope]:
    there = matrix != 0
    closed = _own(passage, matrix) & ~there
    if closed.any():
        there |= closed & ~_cut_off(passage, matrix)
    for above, element in np.argwhere(there).tolist():
        yield Slope(0, above, element, matrix.item(above, element))


def _own(passage: Passage, matrix: Matrix) -> Matrix:
    """Where the elements at the same place meet, if elements depend on those alone; else nowhere."""
    own = np.zeros(matrix.shape, dtype=bool)
    if matrix.size == 1:
        return ~own
    own_element = np.arange(matrix.shape[1]).reshape(passage.sent.shape)
    try:
        places = np.broadcast_to(own_element, passage.target.outputs[0].shape).ravel()
    except ValueError:
        return own
    own[np.arange(len(places)), places] = True
    return np.zeros_like(own) if matrix[~own].any() else own


def _cut_off(passage: Passage, matrix: Matrix) -> Matrix:
    """Where a gradient that is not finite was met and a finite one sent on: 0 times it would have been NaN."""
    received, sent = numbers(passage.received.get(0)), numbers(passage.sent)
    if received is None or sent is None or (len(received), len(sent)) != matrix.shape:
        return np.zeros(matrix.shape, dtype=bool)
    return ~np.isfinite(received)[:, None] & np.isfinite(sent)


def _divided(passage: Passage) -> tuple[Slope, ...] | None:
    """Each part is where it was in the whole; `None` where parts and whole do not fit together."""
    shape, outputs = passage.sent.shape, passage.target.outputs
    dim = next((argument.literal for argument in passage.target.arguments if argument.name == "dim"), 0)
    is_kept = passage.sent.data is not None and passage.sent.numel > 0
    if not is_kept or type(dim) is not int or not -len(shape) <= dim < len(shape):
        return None
    along = np.moveaxis(np.arange(passage.sent.numel).reshape(shape), dim, 0)
    layer = along[0].size
    ends = np.cumsum([math.prod(meta.shape) // layer for meta in outputs]).tolist()
    if ends[-1:] != [len(along)]:
        return None
    parts = [np.moveaxis(along[start:end], 0, dim) for start, end in zip([0, *ends], ends, strict=False)]
    return tuple(
        Slope(output, above, element, 1.0)
        for output, part in enumerate(parts)
        for above, element in enumerate(part.ravel().tolist())
    )


def _ratio(passage: Passage) -> Slope | None:
    """Of one number that became another: how many times it. Behind a 0 nobody can tell."""
    if len(passage.received) != 1:
        return None
    ((output, tensor),) = passage.received.items()
    received, sent = numbers(tensor), numbers(passage.sent)
    if received is None or sent is None or len(received) != 1 or len(sent) != 1:
        return None
    if received[0] == 0 or not math.isfinite(received[0]):
        return None
    return Slope(output, 0, 0, sent[0] / received[0])
