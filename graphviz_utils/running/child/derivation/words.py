"""The words of the rules' language, spoken over arrays of SymPy's expressions."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.running.child.derivation.branches import Branches, Decision
from graphviz_utils.running.child.derivation.exactness import exact
from graphviz_utils.running.child.derivation.functions import Sigmoid

__all__ = ["symbolic_words"]

_LARGEST_EXACT_POWER = 64


def symbolic_words(branches: Branches) -> Mapping[str, Callable[..., Any]]:
    """A table of functions for `evaluated`, in which `branches` chooses between pieces.

    Words that only move or mix elements are NumPy's own: its arrays hold whatever can be added and multiplied.
    """
    mixing = {word: function.numeric for word, function in WORDS.items() if not function.pointwise}
    return mixing | _SMOOTH | _chosen_words(branches)


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for every element, with broadcasting."""

    def over(*arguments: Any) -> Any:
        whole = np.frompyfunc(function, len(arguments), 1)
        return whole(*[np.frompyfunc(_expression, 1, 1)(argument) for argument in arguments])

    return over


def _expression(part: Any) -> Any:
    """An element as SymPy knows it."""
    if isinstance(part, (sympy.Basic, Decision)):
        return part
    if isinstance(part, Fraction):
        return sympy.Rational(part.numerator, part.denominator)
    if isinstance(part, (complex, np.complexfloating)):
        raise TypeError("complex numbers have no place here")
    return exact(part.item() if isinstance(part, np.generic) else part)


def _power(base: Any, exponent: Any) -> Any:
    """A power of numbers alone is rounded where its exact digits would be too many."""
    if base.is_number and exponent.is_number and not abs(exponent) <= _LARGEST_EXACT_POWER:
        base = sympy.Float(base)
    return base**exponent


def _sinc(x: Any) -> Any:
    return sympy.sin(sympy.pi * x) / (sympy.pi * x)


_SMOOTH: dict[str, Callable[..., Any]] = {
    "add": _each(lambda a, b: a + b),
    "subtract": _each(lambda a, b: a - b),
    "negative": _each(lambda a: -a),
    "multiply": _each(lambda a, b: a * b),
    "divide": _each(lambda a, b: a / b),
    "power": _each(_power),
    "pi": lambda: sympy.pi,
    "inf": lambda: sympy.oo,
    "nan": lambda: sympy.nan,
    "exp": _each(sympy.exp),
    "expm1": _each(lambda x: sympy.exp(x) - 1),
    "log": _each(sympy.log),
    "log1p": _each(lambda x: sympy.log(1 + x)),
    "sqrt": _each(sympy.sqrt),
    "sin": _each(sympy.sin),
    "cos": _each(sympy.cos),
    "tan": _each(sympy.tan),
    "asin": _each(sympy.asin),
    "acos": _each(sympy.acos),
    "atan": _each(sympy.atan),
    "atan2": _each(sympy.atan2),
    "sinh": _each(sympy.sinh),
    "cosh": _each(sympy.cosh),
    "tanh": _each(sympy.tanh),
    "asinh": _each(sympy.asinh),
    "acosh": _each(sympy.acosh),
    "atanh": _each(sympy.atanh),
    "sigmoid": _each(Sigmoid),
    "sinc": _each(_sinc),
    "erf": _each(sympy.erf),
    "erfc": _each(sympy.erfc),
    "lgamma": _each(sympy.loggamma),
    "digamma": _each(sympy.digamma),
    "conj": _each(lambda x: x),
    "real": _each(lambda x: x),
}
"""Everything here is real: a complex number never comes so far."""


def _chosen_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    def larger(a: Any, b: Any) -> Any:
        return branches.chosen(branches.is_greater(a, b), a, b)

    def smaller(a: Any, b: Any) -> Any:
        return branches.chosen(branches.is_greater(b, a), a, b)

    def where(condition: Any, first: Any, second: Any) -> Any:
        return branches.chosen(_decision(condition), first, second)

    def size(x: Any) -> Any:
        return branches.chosen(branches.is_greater(x, sympy.S.Zero), x, -x)

    def step(x: Any) -> Any:
        return branches.value(x)

    steps = {
        word: _each(lambda x, *rest, numeric=WORDS[word].numeric: exact(float(numeric(step(x), *map(int, rest)))))
        for word in ("sign", "floor", "ceil", "round", "trunc")
    }
    floored = _each(lambda a, b: exact(float(np.floor(step(a) / step(b)))))
    return steps | {
        "greater": _compared(branches.is_greater, operator.gt),
        "less": _compared(lambda a, b: branches.is_greater(b, a), operator.lt),
        "less_equal": _compared(lambda a, b: branches.is_greater(a, b).negated(), operator.le),
        "greater_equal": _compared(lambda a, b: branches.is_greater(b, a).negated(), operator.ge),
        "equal": _compared(lambda a, b: Decision(step(a) == step(b)), operator.eq),
        "not_equal": _compared(lambda a, b: Decision(step(a) != step(b)), operator.ne),
        "logical_and": _each(lambda a, b: _decision(a).and_(_decision(b))),
        "logical_or": _each(lambda a, b: _decision(a).negated().and_(_decision(b).negated()).negated()),
        "logical_not": _each(lambda a: _decision(a).negated()),
        "where": _each(where),
        "abs": _each(size),
        "maximum": _each(larger),
        "minimum": _each(smaller),
        "fmax": _each(larger),
        "fmin": _each(smaller),
        "floor_divide": floored,
        "remainder": lambda a, b: a - b * floored(a, b),
    }


def _compared(symbolic: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    """Sizes, names and switches are compared at once, elements by the run."""
    over = _each(symbolic)

    def compared(left: Any, right: Any) -> Any:
        is_plain = all(isinstance(side, (bool, int, float, str, tuple)) for side in (left, right))
        return plain(left, right) if is_plain else over(left, right)

    return compared


def _decision(part: Any) -> Decision:
    return part if isinstance(part, Decision) else Decision(bool(part))
