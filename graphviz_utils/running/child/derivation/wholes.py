"""The words of the rules' language about whole tensors, spoken over arrays of SymPy's expressions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.rules.vocabulary.reductions import axes
from graphviz_utils.running.child.derivation.branches import Branches
from graphviz_utils.running.child.derivation.exactness import exact
from graphviz_utils.running.child.derivation.picking import picking_words
from graphviz_utils.running.child.derivation.words import Words, each, elementwise_words

__all__ = ["symbolic_words"]

_LARGEST_MATRIX = 3

_exp, _log, _root = (each(function) for function in (sympy.exp, sympy.log, sympy.sqrt))


def symbolic_words(branches: Branches) -> Words:
    """A table of functions for `evaluated`, in which `branches` chooses between pieces.

    Words that move, add or multiply elements are NumPy's own: its arrays hold whatever can be added and multiplied.
    """
    mixing = {word: function.numeric for word, function in WORDS.items() if not function.pointwise}
    return mixing | elementwise_words(branches) | _MIXED | _sized_words(branches)


def _softmax(x: Any, dim: int) -> Any:
    powers = _exp(np.asarray(x))
    return powers / np.sum(powers, axis=axes(dim, powers.ndim), keepdims=True)


def _logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    return _log(np.sum(_exp(np.asarray(x)), axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim)))


def _middle(x: Any, dim: Any) -> Any:
    return np.mean(np.asarray(x), axis=axes(dim, np.ndim(x)), keepdims=True)


def _variance(x: Any, dim: Any, correction: float, keepdim: bool = False) -> Any:
    x = np.asarray(x)
    along = axes(dim, x.ndim)
    far = (x - _middle(x, dim)) ** 2
    left = sympy.Integer(np.prod([x.shape[axis] for axis in along])) - exact(correction)
    return np.sum(far, axis=along, keepdims=bool(keepdim)) / left


def _width(x: Any, dim: Any, eps: float) -> Any:
    return _root(_variance(x, dim, 0, keepdim=True) + each(lambda number: number)(eps))


def _attention(query: Any, key: Any, mask: Any, is_causal: bool, scale: Any) -> Any:
    """Scores that are masked by −∞ have the power 0."""
    scale = 1 / sympy.sqrt(query.shape[-1]) if scale is None else each(lambda number: number)(scale)
    score = scale * (query @ np.swapaxes(key, -1, -2))
    seen = np.tri(*score.shape[-2:]).astype(int) if is_causal else np.ones(score.shape[-2:], int)
    if mask is not None and np.asarray(mask).dtype == bool:
        seen = seen * np.asarray(mask)
    elif mask is not None:
        score = score + np.asarray(mask)
    powers = _exp(score) * seen
    return powers / np.sum(powers, axis=-1, keepdims=True)


def _of_matrices(function: Callable[[sympy.Matrix], Any]) -> Callable[[Any], Any]:
    """`function` of the last two dimensions, of small matrices."""

    def of(a: Any) -> Any:
        a = np.asarray(a)
        if a.shape[-1] > _LARGEST_MATRIX:
            raise ValueError("the formula of a large matrix is longer than anybody reads")
        found = [function(sympy.Matrix(matrix)) for matrix in a.reshape((-1, *a.shape[-2:]))]
        listed = [each.tolist() if isinstance(each, sympy.MatrixBase) else each for each in found]
        array = np.array(listed, dtype=object)
        return array.reshape((*a.shape[:-2], *array.shape[1:]))

    return of


def _picked(target: Any, weight: Any, ignored: int, shape: tuple[int, ...]) -> Any:
    """One-hot, times the weight of each class."""
    mask = np.asarray(WORDS["picked"].numeric(target, None, ignored, shape)).astype(int)
    if weight is None:
        return mask
    return mask * np.reshape(weight, (-1, *[1] * (len(shape) - 1 - min(len(shape) - 1, 1))))


_MIXED: dict[str, Callable[..., Any]] = {
    "softmax": _softmax,
    "safe_softmax": _softmax,
    "log_softmax": lambda x, dim: np.asarray(x) - _logsumexp(x, dim, keepdim=True),
    "logsumexp": _logsumexp,
    "middle": _middle,
    "variance": _variance,
    "deviation": lambda *of: _root(_variance(*of)),
    "width": _width,
    "standardised": lambda x, dim, eps: (x - _middle(x, dim)) / _width(x, dim, eps),
    "attention": _attention,
    "picked": _picked,
    "inverse": _of_matrices(lambda matrix: matrix.inv()),
    "determinant": _of_matrices(lambda matrix: matrix.det()),
}


def _sized_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    size, picking = each(branches.size), picking_words(branches)

    def norm(x: Any, p: Any, dim: Any = None, keepdim: bool = False) -> Any:
        x = np.asarray(x)
        if abs(p) == np.inf:
            return picking["largest" if p > 0 else "smallest"](size(x), dim, keepdim)
        if p == 2:
            return _root(np.sum(x**2, axis=axes(dim, x.ndim), keepdims=bool(keepdim)))
        p = exact(p)
        return np.sum(size(x) ** p, axis=axes(dim, x.ndim), keepdims=bool(keepdim)) ** (1 / p)

    return picking | {"norm": norm, "log_determinant": lambda a: _log(size(_MIXED["determinant"](a)))}
