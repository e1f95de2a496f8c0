"""Reckons an expression out: with NumPy, or with any other table of functions."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from graphviz_utils.model import Snapshot
from graphviz_utils.rules.expressions import Constant, Expression, Name
from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.rules.vocabulary.shapes import sum_to

__all__ = ["NUMERIC", "UnseenError", "array", "evaluated", "fitted"]

NUMERIC: Mapping[str, Callable[..., Any]] = {word: function.numeric for word, function in WORDS.items()}


class UnseenError(LookupError):
    """A name whose value was not seen, or a word that a table of functions does not have."""


def evaluated(
    expression: Expression, values: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]] = NUMERIC
) -> Any:
    """What an expression comes to, with `values` for its names and `functions` for its words.

    Raises:
        UnseenError: one of them is missing.
    """
    with np.errstate(all="ignore"):
        return _evaluated(expression, values, functions)


def _evaluated(expression: Expression, values: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    if isinstance(expression, Constant):
        value = expression.value
        return float(value) if isinstance(value, Fraction) and functions is NUMERIC else value
    if isinstance(expression, Name):
        found = values.get(expression.name)
        if found is None:
            raise UnseenError(expression.name)
        return found
    function = functions.get(expression.function)
    if function is None:
        raise UnseenError(expression.function)
    return function(*[_evaluated(argument, values, functions) for argument in expression.arguments])


def array(tensor: Snapshot) -> Any:
    """The elements of a tensor in the widest type of their kind; `None` where they were not kept."""
    if tensor.data is None:
        return None
    return np.array(tensor.data, _widest(tensor.dtype)).reshape(tensor.shape)


def fitted(value: Any, shape: tuple[int, ...], is_complex: bool = False) -> Any:
    """What is sent, as it arrives at a tensor of `shape`: added up where it was broadcast, real where that is real."""
    value = np.asarray(value)
    return sum_to(value if is_complex else value.real, shape)


def _widest(dtype: str) -> Any:
    if dtype.startswith("complex"):
        return np.complex128
    return bool if dtype == "bool" else np.int64 if dtype.startswith(("int", "uint")) else np.float64
