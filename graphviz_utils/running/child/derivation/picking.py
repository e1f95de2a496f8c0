"""The words of the rules' language that pick elements by their size, spoken over arrays of SymPy's expressions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.rules.vocabulary.reductions import axes
from graphviz_utils.running.child.derivation.branches import Branches
from graphviz_utils.running.child.derivation.obstacles import ObstacleError

__all__ = ["picking_words"]


def picking_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    """Every word that picks; the numbers of the run say what is larger."""

    def median(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        x = np.asarray(x)
        if x.ndim == 0:
            return x
        x, axis = (x.reshape(-1), 0) if dim is None else (x, dim)
        return ranked("kth")(x, (x.shape[axis] + 1) // 2, axis, keepdim)

    def ranked(word: str) -> Callable[..., Any]:
        """The word over elements that know their rank."""

        def pick(x: Any, *arguments: Any) -> Any:
            elements = np.frompyfunc(lambda each: _Ranked(each, branches.value(each)), 1, 1)(np.asarray(x))
            found = WORDS[word].numeric(np.asarray(elements, dtype=object), *arguments)
            return np.frompyfunc(lambda each: each.expression, 1, 1)(found)

        return pick

    return {
        "largest": _reduced(branches.largest),
        "smallest": _reduced(branches.smallest),
        "largest_so_far": _running(branches.largest),
        "smallest_so_far": _running(branches.smallest),
        "largest_in": ranked("largest_in"),
        "ordered": ranked("ordered"),
        "foremost": ranked("foremost"),
        "kth": ranked("kth"),
        "median": median,
    }


class _Ranked:
    """An expression that is compared by its number. Which of two equal ones comes first, nobody can say."""

    def __init__(self, expression: sympy.Expr, value: float) -> None:
        self.expression = expression
        self.value = value

    def __lt__(self, other: Any) -> bool:
        return self.value < self._number_of(other)

    def __le__(self, other: Any) -> bool:
        return self.value <= self._number_of(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > self._number_of(other)

    def __ge__(self, other: Any) -> bool:
        return self.value >= self._number_of(other)

    def _number_of(self, other: Any) -> float:
        if not isinstance(other, _Ranked):
            return float(other)
        if self.value == other.value and self.expression != other.expression:
            raise ObstacleError("two elements are equal, and which of them comes first is a choice")
        return other.value


Pick = Callable[[list[Any]], Any]


def _reduced(pick: Pick) -> Callable[..., Any]:
    def reduced(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        x = np.asarray(x)
        along = axes(dim, x.ndim)
        kept = [axis for axis in range(x.ndim) if axis not in along]
        rows = np.transpose(x, (*kept, *along)).reshape(*(x.shape[axis] for axis in kept), -1)
        found = _of_rows(pick, rows)
        return np.expand_dims(found, along) if keepdim else found

    return reduced


def _running(pick: Pick) -> Callable[..., Any]:
    def running(x: Any, dim: int) -> Any:
        x = np.asarray(x)
        if x.ndim == 0:
            return x
        rows = np.moveaxis(x, dim, -1)
        found = np.empty(rows.shape, dtype=object)
        for place in range(rows.shape[-1]):
            found[..., place] = _of_rows(pick, rows[..., : place + 1])
        return np.moveaxis(found, -1, dim)

    return running


def _of_rows(pick: Pick, rows: Any) -> Any:
    found = np.empty(rows.shape[:-1], dtype=object)
    for index in np.ndindex(*found.shape):
        found[index] = pick(list(rows[index]))
    return found
