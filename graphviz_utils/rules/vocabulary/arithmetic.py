"""The words for Python's operators."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from graphviz_utils.model.explanations import TIMES
from graphviz_utils.rules.expressions import Call, Constant, Expression, Name
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary

__all__ = ["WORDS"]


def _sum(pen: Pen, arguments: Sequence[Expression]) -> Text:
    left, right = arguments
    return Text(f"{pen.at(left, Strength.SUM)} + {pen.at(right, Strength.PRODUCT)}", Strength.SUM)


def _difference(pen: Pen, arguments: Sequence[Expression]) -> Text:
    left, right = arguments
    return Text(f"{pen.at(left, Strength.SUM)} - {pen.at(right, Strength.PRODUCT)}", Strength.SUM)


def _negative(pen: Pen, arguments: Sequence[Expression]) -> Text:
    return Text(f"-{pen.at(arguments[0], Strength.PRODUCT)}", Strength.SUM)


def _product(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """Factors from left to right: a number stands close to the next, tensors are multiplied element by element."""
    left, right = arguments
    first, second = pen.at(left, Strength.PRODUCT), pen.at(right, Strength.PRODUCT)
    is_minus = isinstance(left, Constant) and first.startswith(r"\left(-")
    first = pen.text(left).latex if is_minus else first
    strength = Strength.SUM if is_minus else Strength.PRODUCT
    is_grad = isinstance(right, Name) and right.name.startswith("grads")
    is_near = isinstance(left, Constant) and r"\times" not in first and not is_grad
    if is_near and not second.startswith((*"0123456789", r"\frac")):
        return Text(f"{first}{TIMES}{second}", strength)
    sign = r"\odot" if pen.is_tensor(left) and pen.is_tensor(right) else r"\cdot"
    return Text(rf"{first} {sign} {second}", strength)


def _power(pen: Pen, arguments: Sequence[Expression]) -> Text:
    base, exponent = arguments
    if isinstance(exponent, Constant) and exponent.value == Fraction(1, 2):
        return Text(rf"\sqrt{{{pen.at(base, Strength.FREE)}}}", Strength.POWER)
    return Text(f"{pen.at(base, Strength.ATOM)}^{{{pen.at(exponent, Strength.FREE)}}}", Strength.POWER)


def _raised(base: Any, exponent: Any) -> Any:
    """NumPy refuses whole numbers to negative powers."""
    return np.power(np.asarray(base, np.result_type(base, exponent, float)), exponent)


def _listed(pen: Pen, arguments: Sequence[Expression]) -> Text:
    return Text(rf"\left({', '.join(pen.at(each, Strength.FREE) for each in arguments)}\right)")


def _item(pen: Pen, arguments: Sequence[Expression]) -> Text:
    whole, part = (pen.at(each, Strength.FREE) for each in arguments)
    return Text(f"{{{whole}}}_{{{part}}}")


def _both(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """`a < b < c`, where what is in the middle is the same."""
    left, right = arguments
    first, second = pen.at(left, Strength.FREE), pen.at(right, Strength.FREE)
    if isinstance(left, Call) and isinstance(right, Call) and left.arguments[-1:] == right.arguments[:1]:
        shared = pen.at(left.arguments[-1], Strength.FREE)
        return Text(f"{first}{second.removeprefix(shared)}", Strength.FREE)
    return Text(rf"{first} \wedge {second}", Strength.FREE)


def _comparison(sign: str, numeric: Any) -> Function:
    return Function(numeric, f"<0> {sign} <1>", Strength.FREE, pointwise=True)


def _is_none(value: Any) -> bool:
    return value is None


def _chosen(test: Any, first: Any, second: Any) -> Any:
    return first if test else second


WORDS: Vocabulary = {
    "add": Function(np.add, _sum, pointwise=True),
    "subtract": Function(np.subtract, _difference, pointwise=True),
    "negative": Function(np.negative, _negative, pointwise=True),
    "multiply": Function(np.multiply, _product, pointwise=True),
    "divide": Function(np.divide, r"\frac{<0>}{<1>}", pointwise=True),
    "power": Function(_raised, _power, pointwise=True),
    "floor_divide": Function(np.floor_divide, r"\left\lfloor\frac{<0>}{<1>}\right\rfloor", pointwise=True),
    "remainder": Function(np.remainder, r"<0:base> \bmod <1:base>", Strength.PRODUCT, pointwise=True),
    "less": _comparison("<", np.less),
    "less_equal": _comparison(r"\le", np.less_equal),
    "greater": _comparison(">", np.greater),
    "greater_equal": _comparison(r"\ge", np.greater_equal),
    "equal": _comparison("=", np.equal),
    "not_equal": _comparison(r"\ne", np.not_equal),
    "logical_and": Function(np.logical_and, _both, pointwise=True),
    "logical_or": Function(np.logical_or, r"<0> \vee <1>", Strength.FREE, pointwise=True),
    "logical_not": Function(np.logical_not, r"\neg <0:base>", Strength.FREE, pointwise=True),
    "is_none": Function(_is_none, r"<0> = \mathrm{none}", Strength.FREE, folds=True),
    "choose": Function(_chosen, r"<1>", folds=True),
    "item": Function(lambda whole, part: whole[part], _item, folds=True),
    "tuple": Function(lambda *parts: parts, _listed, folds=True),
    "slice": Function(slice, "<0>:<1>", folds=True),
    "pi": Function(lambda: np.pi, r"\pi", Strength.ATOM, pointwise=True),
    "nan": Function(lambda: np.nan, r"\mathrm{nan}", Strength.ATOM, pointwise=True),
    "inf": Function(lambda: np.inf, r"\infty", Strength.ATOM, pointwise=True),
}
"""By the names that NumPy has for them, and what only a rule needs: `choose` among arguments, parts of a list."""
