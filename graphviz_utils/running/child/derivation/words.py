"""The words of the rules' language about single elements, spoken over arrays of SymPy's expressions."""

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

__all__ = ["Words", "each", "elementwise_words", "expressions"]

Words = Mapping[str, Callable[..., Any]]
"""What a word does with arrays of expressions, with plain numbers, sizes and switches."""

_LARGEST_EXACT_POWER = 64


def elementwise_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    """Every word about single elements that real numbers have a formula for; `branches` chooses between its pieces."""
    return _SMOOTH | _chosen_words(branches) | _stepping_words(branches) | _comparing_words(branches)


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for every element, with broadcasting."""

    def over(*arguments: Any) -> Any:
        whole = np.frompyfunc(function, len(arguments), 1)
        return whole(*[expressions(argument) for argument in arguments])

    return over


def expressions(array: Any) -> Any:
    """Every element as SymPy knows it."""
    return np.frompyfunc(_expression, 1, 1)(array)


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


_SMOOTH: dict[str, Callable[..., Any]] = {
    "add": each(lambda a, b: a + b),
    "subtract": each(lambda a, b: a - b),
    "negative": each(lambda a: -a),
    "multiply": each(lambda a, b: a * b),
    "divide": each(lambda a, b: a / b),
    "power": each(_power),
    "pi": lambda: sympy.pi,
    "inf": lambda: sympy.oo,
    "nan": lambda: sympy.nan,
    "exp": each(sympy.exp),
    "expm1": each(lambda x: sympy.exp(x) - 1),
    "log": each(sympy.log),
    "log1p": each(lambda x: sympy.log(1 + x)),
    "sqrt": each(sympy.sqrt),
    "hypot": each(lambda a, b: sympy.sqrt(a**2 + b**2)),
    "sin": each(sympy.sin),
    "cos": each(sympy.cos),
    "tan": each(sympy.tan),
    "asin": each(sympy.asin),
    "acos": each(sympy.acos),
    "atan": each(sympy.atan),
    "atan2": each(sympy.atan2),
    "sinh": each(sympy.sinh),
    "cosh": each(sympy.cosh),
    "tanh": each(sympy.tanh),
    "asinh": each(sympy.asinh),
    "acosh": each(sympy.acosh),
    "atanh": each(sympy.atanh),
    "sinc": each(lambda x: sympy.sin(sympy.pi * x) / (sympy.pi * x)),
    "sigmoid": each(Sigmoid),
    "log_sigmoid": each(lambda x: sympy.log(Sigmoid(x))),
    "softplus": each(lambda x: sympy.log(1 + sympy.exp(x))),
    "logaddexp": each(lambda a, b: sympy.log(sympy.exp(a) + sympy.exp(b))),
    "logaddexp2": each(lambda a, b: sympy.log(2**a + 2**b) / sympy.log(2)),
    "xlog": each(lambda x, y: x * sympy.log(y)),
    "erf": each(sympy.erf),
    "erfc": each(sympy.erfc),
    "erfinv": each(sympy.erfinv),
    "ndtr": each(lambda x: (1 + sympy.erf(x / sympy.sqrt(2))) / 2),
    "density": each(lambda x: sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)),
    "lgamma": each(sympy.loggamma),
    "digamma": each(sympy.digamma),
    "polygamma": each(sympy.polygamma),
    "i0": each(lambda x: sympy.besseli(0, x)),
    "i1": each(lambda x: sympy.besseli(1, x)),
    "conj": each(lambda x: x),
    "real": each(lambda x: x),
}
"""Everything here is real: a complex number never comes so far."""


def _chosen_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    def larger(a: Any, b: Any) -> Any:
        return branches.chosen(branches.is_greater(a, b), a, b)

    def smaller(a: Any, b: Any) -> Any:
        return branches.chosen(branches.is_greater(b, a), a, b)

    return {
        "abs": each(branches.size),
        "maximum": each(larger),
        "minimum": each(smaller),
        "fmax": each(larger),
        "fmin": each(smaller),
        "where": each(lambda condition, a, b: branches.chosen(_decision(condition), a, b)),
        "copysign": each(lambda a, b: branches.size(a) * exact(float(np.copysign(1.0, branches.value(b))))),
    }


def _stepping_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    """What is constant between jumps is the number that it was in the run."""
    steps = {
        word: each(lambda x, *to, numeric=WORDS[word].numeric: exact(float(numeric(branches.value(x), *map(int, to)))))
        for word in ("sign", "floor", "ceil", "round", "trunc")
    }
    floored = each(lambda a, b: exact(float(np.floor(branches.value(a) / branches.value(b)))))
    return steps | {"floor_divide": floored, "remainder": lambda a, b: a - b * floored(a, b)}


def _comparing_words(branches: Branches) -> dict[str, Callable[..., Any]]:
    value = branches.value
    return {
        "greater": _compared(branches.is_greater, operator.gt),
        "less": _compared(lambda a, b: branches.is_greater(b, a), operator.lt),
        "less_equal": _compared(lambda a, b: branches.is_greater(a, b).negated(), operator.le),
        "greater_equal": _compared(lambda a, b: branches.is_greater(b, a).negated(), operator.ge),
        "equal": _compared(lambda a, b: Decision(value(a) == value(b)), operator.eq),
        "not_equal": _compared(lambda a, b: Decision(value(a) != value(b)), operator.ne),
        "is_nan": each(lambda x: Decision(bool(np.isnan(value(x))))),
        "is_finite": each(lambda x: Decision(bool(np.isfinite(value(x))))),
        "logical_and": each(lambda a, b: _decision(a).and_(_decision(b))),
        "logical_or": each(lambda a, b: _decision(a).negated().and_(_decision(b).negated()).negated()),
        "logical_not": each(lambda a: _decision(a).negated()),
    }


def _compared(symbolic: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    """Sizes, names and switches are compared at once, elements by the run."""
    over = each(symbolic)

    def compared(left: Any, right: Any) -> Any:
        is_plain = all(isinstance(side, (bool, int, float, str, tuple)) for side in (left, right))
        return plain(left, right) if is_plain else over(left, right)

    return compared


def _decision(part: Any) -> Decision:
    return part if isinstance(part, Decision) else Decision(bool(part))
