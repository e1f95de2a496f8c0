"""The words for shapes, known before any tensor is looked at, and for fitting what is sent to what it is sent to."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from graphviz_utils.rules.vocabulary.function import Function, Vocabulary, applied

__all__ = ["WORDS", "sum_to", "summed"]


def summed(shape: Sequence[int], to: Sequence[int]) -> tuple[int, ...]:
    """The dimensions of `shape` along which a tensor is added up when it is fitted to the smaller shape `to`."""
    ahead = len(shape) - len(to)
    stretched = (ahead + i for i, size in enumerate(to) if size == 1 and shape[ahead + i] != 1)
    return (*range(ahead), *stretched)


def sum_to(value: Any, shape: Sequence[int]) -> Any:
    """What was broadcast added up again; what is smaller than `shape`, a number say, broadcast to it."""
    value = np.asarray(value)
    value = np.broadcast_to(value, np.broadcast_shapes(value.shape, tuple(shape)))
    return value if value.shape == tuple(shape) else value.sum(summed(value.shape, shape)).reshape(shape)


def _size(value: Any, dim: int) -> int:
    return int(np.shape(value)[dim])


WORDS: Vocabulary = {
    "shape": Function(np.shape, applied(r"\operatorname{shape}"), folds=True),
    "ndim": Function(np.ndim, applied(r"\operatorname{ndim}"), folds=True),
    "numel": Function(np.size, applied(r"\operatorname{numel}"), folds=True),
    "size": Function(_size, applied(r"\operatorname{size}", 2), folds=True),
    "product": Function(prod, applied(r"\operatorname{prod}"), folds=True),
    "is_complex": Function(np.iscomplexobj, r"<0> \in \mathbb{C}", folds=True),
    "sum_to": Function(sum_to, r"\sum <0:factor>", moves=True),
    "expand": Function(np.broadcast_to, "<0:base>", moves=True),
}
