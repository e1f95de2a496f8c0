"""Numbers of a run as SymPy's exact ones, where a person would have written them so."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

__all__ = ["exact", "is_short"]

_DIGITS = 6
_LARGEST_OF_A_FRACTION = 2**20
_LARGEST_EXPONENT = 12


def exact(number: float, dtype: str = "float64") -> sympy.Expr:
    """`number` as a person writes it down: 0.1 is a tenth, also where `dtype` has no tenth, and 2⁻¹⁶ is 1/65536.

    What takes more than six digits stays a float, NaN and infinities are SymPy's.
    """
    if isinstance(number, (bool, int)):
        return sympy.Integer(int(number)) if abs(number) < 10**_LARGEST_EXPONENT else sympy.Float(number)
    if math.isnan(number):
        return sympy.nan
    if math.isinf(number):
        return sympy.oo if number > 0 else -sympy.oo
    written = _shortest(number, dtype)
    fraction = Fraction(written if is_short(written) else number)
    if is_short(written) or max(fraction.denominator, abs(fraction.numerator)) <= _LARGEST_OF_A_FRACTION:
        return sympy.Rational(fraction.numerator, fraction.denominator)
    return sympy.Float(number)


def is_short(written: str) -> bool:
    """Whether a decimal has few digits and is neither huge nor tiny."""
    mantissa, _, exponent = written.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("-0").rstrip("0")
    return len(digits) <= _DIGITS and abs(int(exponent or 0)) <= _LARGEST_EXPONENT and _is_near(written)


def _is_near(written: str) -> bool:
    size = abs(float(written))
    return size == 0 or 10.0**-_LARGEST_EXPONENT <= size <= 10.0**_LARGEST_EXPONENT


def _shortest(number: float, dtype: str) -> str:
    """The shortest decimal that a tensor of this `dtype` rounds to `number`."""
    if dtype == "bfloat16":
        return f"{number:.3g}" if np.float32(f"{number:.3g}") == np.float32(number) else repr(number)
    kind: Any = {"float16": np.float16, "float32": np.float32}.get(dtype, np.float64)
    rounded = kind(number)
    return str(rounded) if float(rounded) == number else repr(number)
