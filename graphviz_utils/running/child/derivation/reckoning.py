"""What an expression comes to in numbers, and how far off rounding may have put whoever computed it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from graphviz_utils.running.child.derivation.functions import Sigmoid

__all__ = ["Reckoned", "Reckoning"]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`value` in float64, and `error`: to the first order what roundings by ε at every step may add up to, over ε."""

    value: float
    error: float = 0.0


_ALONE: dict[Any, Callable[..., Any]] = {
    sympy.exp: np.exp,
    sympy.log: np.log,
    sympy.sin: np.sin,
    sympy.cos: np.cos,
    sympy.tan: np.tan,
    sympy.asin: np.arcsin,
    sympy.acos: np.arccos,
    sympy.atan: np.arctan,
    sympy.sinh: np.sinh,
    sympy.cosh: np.cosh,
    sympy.tanh: np.tanh,
    sympy.asinh: np.arcsinh,
    sympy.acosh: np.arccosh,
    sympy.atanh: np.arctanh,
    sympy.Abs: np.abs,
    sympy.sign: np.sign,
    Sigmoid: lambda x: np.exp(-np.logaddexp(0, -x)),
}
_DIGITS = 40
_STEP = 2.0**-26
"""How far a function is followed to either side to see how steep it is."""


class Reckoning:
    """Reckons with what every symbol stands for: a number, or the expression it abbreviates.

    `known` are numbers of expressions that need no reckoning any more.
    """

    def __init__(
        self, numbers: Mapping[sympy.Symbol, float], abbreviations: Mapping[sympy.Symbol, sympy.Expr] | None = None
    ) -> None:
        self._numbers = numbers
        self._abbreviations = {} if abbreviations is None else abbreviations
        self._known: dict[sympy.Basic, Reckoned] = {}

    def tell(self, expression: sympy.Expr, value: float) -> None:
        """From now on `expression` comes to `value`, unless that was told before."""
        self._known.setdefault(expression, Reckoned(value))

    def value(self, expression: sympy.Expr) -> float:
        """What `expression` comes to; NaN where it has no real value."""
        return self.at(expression).value

    def settled(self, expression: sympy.Expr) -> Reckoned:
        """The same, with as many digits and as large numbers as it takes where float64 does not get through."""
        reckoned = self.at(expression)
        return self._precisely(expression) if math.isnan(reckoned.value) else reckoned

    def at(self, expression: sympy.Expr) -> Reckoned:
        """What `expression` comes to, and its rounding."""
        known = self._known.get(expression)
        if known is None:
            with np.errstate(all="ignore"):
                known = self._known[expression] = self._reckoned(expression)
        return known

    def _reckoned(self, expression: sympy.Expr) -> Reckoned:
        if expression.is_Symbol:
            if expression in self._abbreviations:
                return self.at(self._abbreviations[expression])
            return Reckoned(self._numbers[expression])
        if expression.is_number and not expression.args:
            return _constant(expression)
        parts = [self.at(part) for part in expression.args]
        if expression.is_Add:
            return _sum(parts)
        if expression.is_Mul:
            return _product(parts)
        if expression.is_Pow:
            return _function(_power, parts)
        if isinstance(expression, sympy.exp):
            return _exponential(parts[0])
        return _function(_numeric(expression.func), parts)

    def _precisely(self, expression: sympy.Expr) -> Reckoned:
        whole = expression
        while letters := whole.free_symbols & self._abbreviations.keys():
            whole = whole.xreplace({letter: self._abbreviations[letter] for letter in letters})
        numbers = {letter: sympy.Float(self._numbers[letter], _DIGITS) for letter in whole.free_symbols}
        value = _real(whole.xreplace(numbers).evalf(_DIGITS))
        exponents = (self.at(power.args[0]).value for power in whole.atoms(sympy.exp))
        return Reckoned(value, abs(value) * (1 + max(map(abs, exponents), default=0.0)))


def _constant(expression: sympy.Expr) -> Reckoned:
    value = _real(expression)
    return Reckoned(value, 0.0 if value.is_integer() else abs(value))


def _real(expression: sympy.Expr) -> float:
    try:
        return float(expression)
    except (TypeError, OverflowError):
        return math.inf if expression.is_positive else -math.inf if expression.is_negative else math.nan


def _sum(parts: list[Reckoned]) -> Reckoned:
    value = math.fsum(part.value for part in parts) if _are_finite(parts) else sum(part.value for part in parts)
    return Reckoned(value, sum(part.error + abs(part.value) for part in parts))


def _product(parts: list[Reckoned]) -> Reckoned:
    value, error = np.float64(1.0), np.float64(0.0)
    for part in parts:
        error = abs(value) * part.error + abs(part.value) * error
        value = value * part.value
        error = error + abs(value)
    return Reckoned(float(value), float(error))


def _exponential(exponent: Reckoned) -> Reckoned:
    """An exponent counts as rounded once more: PyTorch likes to take off a large number first, and rounds it."""
    value = float(np.exp(exponent.value))
    return Reckoned(value, abs(value) * (1 + exponent.error + abs(exponent.value)))


def _function(numeric: Callable[..., Any], parts: list[Reckoned]) -> Reckoned:
    """The error is that of each argument times the slope there, and a unit of the result."""
    values = [np.float64(part.value) for part in parts]
    value = np.float64(numeric(*values))
    error = abs(value)
    for place, part in enumerate(parts):
        if part.error:
            error += part.error * _slope(numeric, values, place)
    return Reckoned(float(value), float(error))


def _slope(numeric: Callable[..., Any], values: list[np.float64], place: int) -> np.float64:
    """The steeper of the slopes a little to the left and to the right, where there is a value."""
    step = _STEP * max(abs(values[place]), np.float64(1e-30))
    here, steepest = np.float64(numeric(*values)), np.float64(0.0)
    for moved in (values[place] - step, values[place] + step):
        there = np.float64(numeric(*values[:place], moved, *values[place + 1 :]))
        if np.isfinite(there):
            steepest = max(steepest, abs(there - here) / step)
    return steepest


def _power(base: np.float64, exponent: np.float64) -> np.float64:
    return np.float64(np.sqrt(base) if exponent == 0.5 else np.power(base, exponent))


def _numeric(function: Any) -> Callable[..., Any]:
    if function in _ALONE:
        return _ALONE[function]
    if function is sympy.atan2:
        return np.arctan2
    return lambda *values: _real(function(*map(sympy.Float, values)).evalf())


def _are_finite(parts: list[Reckoned]) -> bool:
    return all(math.isfinite(part.value) for part in parts)
