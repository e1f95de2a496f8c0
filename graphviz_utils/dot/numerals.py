"""A number as a reader likes to see it."""

import math

from graphviz_utils.model import Number
from graphviz_utils.model.numerals import decimal

__all__ = ["number_text"]

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number_text(number: Number, digits: int = 4) -> str:
    """`number` to `digits` significant digits, without trailing zeros, with a true minus sign.

    >>> [number_text(n) for n in (63.0, -0.5, 2 / 3, 1.5e-7, float("nan"), 1 - 2j)]
    ['63', '−0.5', '0.6667', '1.5×10⁻⁷', 'nan', '1−2i']
    """
    if isinstance(number, bool):
        return str(number)
    if isinstance(number, complex):
        imag = number_text(number.imag, digits)
        return f"{number_text(number.real, digits)}{imag if imag.startswith('−') else '+' + imag}i"
    if not math.isfinite(number):
        return "nan" if math.isnan(number) else "inf" if number > 0 else "−inf"
    return ("−" if number < 0 else "") + _magnitude(abs(number), digits)


def _magnitude(number: float, digits: int) -> str:
    figures, exponent = decimal(number, digits)
    return figures if exponent is None else f"{figures}×10{str(exponent).translate(_RAISED)}"
