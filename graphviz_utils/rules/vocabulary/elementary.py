"""The words for elementary functions, element by element."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, applied, called, prefixed

__all__ = ["WORDS", "sigmoid"]


def sigmoid(x: Any) -> Any:
    """1 / (1 + e⁻ˣ), which overflows nowhere."""
    x = np.asarray(x)
    if np.iscomplexobj(x):
        return 1 / (1 + np.exp(-x))
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _conj(pen: Pen, arguments: Sequence[Expression]) -> Text:
    return Text(f"{pen.at(arguments[0], Strength.ATOM)}^{{*}}", Strength.POWER)


def _sign(x: Any) -> Any:
    """Of a complex number its direction."""
    x = np.asarray(x)
    return np.where(x == 0, 0, x / np.abs(x)) if np.iscomplexobj(x) else np.sign(x)


def _round(x: Any, decimals: int = 0) -> Any:
    return np.round(x, decimals)


def _power_slope(base: Any, exponent: Any) -> Any:
    """The slope of a power by its base, which is 0 for the exponent 0, even at 0."""
    return np.where(np.asarray(exponent) == 0, 0, exponent * np.power(base, exponent - 1.0))


def _power_log(base: Any, exponent: Any) -> Any:
    """The slope of a power by its exponent; powers of 0 stay 0."""
    is_still = (np.asarray(base) == 0) & (np.real(exponent) >= 0)
    return np.where(is_still, 0, np.power(base * 1.0, exponent) * np.log(base))


WORDS: Vocabulary = {
    "exp": Function(np.exp, r"e^{<0>}", pointwise=True),
    "expm1": Function(np.expm1, r"e^{<0>} - 1", Strength.SUM, pointwise=True),
    "log": prefixed(r"\ln", np.log),
    "log1p": Function(np.log1p, r"\ln\left(1 + <0:term>\right)", pointwise=True),
    "sqrt": Function(np.sqrt, r"\sqrt{<0>}", pointwise=True),
    "sin": prefixed(r"\sin", np.sin),
    "cos": prefixed(r"\cos", np.cos),
    "tan": prefixed(r"\tan", np.tan),
    "asin": prefixed(r"\arcsin", np.arcsin),
    "acos": prefixed(r"\arccos", np.arccos),
    "atan": prefixed(r"\arctan", np.arctan),
    "atan2": called(r"\operatorname{atan2}", np.arctan2, 2),
    "sinh": prefixed(r"\sinh", np.sinh),
    "cosh": prefixed(r"\cosh", np.cosh),
    "tanh": prefixed(r"\tanh", np.tanh),
    "asinh": called(r"\operatorname{arsinh}", np.arcsinh),
    "acosh": called(r"\operatorname{arcosh}", np.arccosh),
    "atanh": called(r"\operatorname{artanh}", np.arctanh),
    "sigmoid": called(r"\sigma", sigmoid),
    "sinc": called(r"\operatorname{sinc}", np.sinc),
    "hypot": Function(np.hypot, r"\sqrt{<0:base>^{2} + <1:base>^{2}}", pointwise=True),
    "power_slope": Function(_power_slope, r"<1:factor> \cdot <0:base>^{<1> - 1}", Strength.PRODUCT, pointwise=True),
    "power_log": Function(_power_log, r"<0:base>^{<1>} \cdot \ln <0:word>", Strength.PRODUCT, pointwise=True),
    "abs": Function(np.abs, r"\left|<0>\right|", pointwise=True),
    "sign": called(r"\operatorname{sign}", _sign),
    "copysign": called(r"\operatorname{copysign}", np.copysign, 2),
    "floor": Function(np.floor, r"\left\lfloor <0> \right\rfloor", pointwise=True),
    "ceil": Function(np.ceil, r"\left\lceil <0> \right\rceil", pointwise=True),
    "round": Function(_round, applied(r"\operatorname{round}"), pointwise=True),
    "trunc": called(r"\operatorname{trunc}", np.trunc),
    "conj": Function(np.conj, _conj, pointwise=True),
    "real": prefixed(r"\operatorname{Re}", np.real),
    "imag": prefixed(r"\operatorname{Im}", np.imag),
    "angle": prefixed(r"\arg", np.angle),
    "complex": Function(lambda real, imag: real + 1j * imag, r"<0:term> + <1:base> i", Strength.SUM, pointwise=True),
}
