"""A number in LaTeX."""

import math
from fractions import Fraction

from graphviz_utils.model import Number
from graphviz_utils.model.numerals import decimal
from graphviz_utils.rules.text import Strength, Text

__all__ = ["number_text"]


def number_text(number: Number | Fraction, digits: int = 4) -> Text:
    r"""`number` to `digits` significant digits, without trailing zeros.

    >>> [number_text(n).latex for n in (63.0, -0.5, 2 / 3, 1.5e-7, float("inf"), Fraction(-1, 6), 1 - 2j)]
    ['63', '-0.5', '0.6667', '1.5 \\times 10^{-7}', '\\infty', '-\\frac{1}{6}', '1 - 2 i']
    """
    if isinstance(number, bool):
        return Text(rf"\mathrm{{{str(number).lower()}}}")
    if isinstance(number, complex):
        return _complex(number, digits)
    if isinstance(number, float) and math.isnan(number):
        return Text(r"\mathrm{nan}")
    if number < 0:
        return Text(f"-{number_text(-number, digits).at(Strength.PRODUCT)}", Strength.SUM)
    if isinstance(number, Fraction):
        return Text(rf"\frac{{{number.numerator}}}{{{number.denominator}}}", Strength.POWER)
    if isinstance(number, float) and math.isinf(number):
        return Text(r"\infty")
    figures, exponent = decimal(number, digits)
    return Text(figures) if exponent is None else Text(rf"{figures} \times 10^{{{exponent}}}", Strength.PRODUCT)


def _complex(number: complex, digits: int) -> Text:
    if number.imag == 0:
        return number_text(number.real, digits)
    imag = "" if abs(number.imag) == 1 else f"{number_text(abs(number.imag), digits).latex} "
    minus = math.copysign(1, number.imag) < 0
    if number.real == 0:
        return Text(f"{'-' if minus else ''}{imag}i", Strength.SUM if minus else Strength.PRODUCT)
    return Text(f"{number_text(number.real, digits).latex} {'-' if minus else '+'} {imag}i", Strength.SUM)
