"""What school says of sums, products and powers: 1 · x is x, x¹ is x, and a minus sign stands in front."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from numbers import Number
from typing import Any

from graphviz_utils.rules.expressions import Call, Constant, Expression

__all__ = ["SIMPLER"]

_MOST_POWER = 64
_MOST_BASE = 10**6


def _number(expression: Expression) -> Any:
    """The number that an expression is; `None` if it is none."""
    if isinstance(expression, Constant) and isinstance(expression.value, Number):
        return int(expression.value) if isinstance(expression.value, bool) else expression.value
    return None


def _constant(value: Any) -> Constant:
    """A number, whole where it is a fraction without a remainder."""
    return Constant(int(value) if isinstance(value, Fraction) and value.denominator == 1 else value)


def _split(expression: Expression) -> tuple[bool, Expression]:
    """Whether a minus sign stands in front, and what is behind it."""
    if isinstance(expression, Call) and expression.function == "negative":
        return True, expression.arguments[0]
    value = _number(expression)
    if value is not None and not isinstance(value, complex) and value < 0:
        return True, Constant(-value)
    return False, expression


def _negative(of: Expression) -> Expression:
    is_minus, rest = _split(of)
    if is_minus:
        return rest
    value = _number(of)
    if value is not None:
        return Constant(-value)
    if isinstance(of, Call) and of.function == "subtract":
        return Call("subtract", of.arguments[::-1])
    return Call("negative", (of,))


def _add(left: Expression, right: Expression) -> Expression:
    a, b = _number(left), _number(right)
    if a is not None and b is not None:
        return _constant(a + b)
    if a == 0:
        return right
    if b == 0:
        return left
    is_minus, rest = _split(right)
    if is_minus:
        return _subtract(left, rest)
    is_minus, rest = _split(left)
    if is_minus and a is None:
        return Call("subtract", (right, rest))
    return Call("add", (left, right))


def _subtract(left: Expression, right: Expression) -> Expression:
    a, b = _number(left), _number(right)
    if a is not None and b is not None:
        return _constant(a - b)
    if a == 0:
        return _negative(right)
    if b == 0:
        return left
    is_minus, rest = _split(right)
    return _add(left, rest) if is_minus else Call("subtract", (left, right))


def _multiply(left: Expression, right: Expression) -> Expression:
    """The numbers among the factors become one, in front."""
    minus_left, left = _split(left)
    minus_right, right = _split(right)
    coefficient: Any = 1
    factors: list[Expression] = []
    for factor in (*_factors(left), *_factors(right)):
        value = _number(factor)
        if value is None:
            factors.append(factor)
        else:
            coefficient = coefficient * value
    if minus_left != minus_right:
        coefficient = -coefficient
    return _product(coefficient, factors)


def _factors(expression: Expression) -> list[Expression]:
    found: list[Expression] = []
    while isinstance(expression, Call) and expression.function == "multiply":
        expression, last = expression.arguments
        found.append(last)
    return [expression, *reversed(found)]


def _product(coefficient: Any, factors: list[Expression]) -> Expression:
    if coefficient == 0 or not factors:
        return _constant(coefficient)
    is_minus = not isinstance(coefficient, complex) and coefficient < 0
    size = _constant(-coefficient if is_minus else coefficient)
    product, *others = factors if size.value == 1 else [size, *factors]
    for factor in others:
        product = Call("multiply", (product, factor))
    return Call("negative", (product,)) if is_minus else product


def _divide(left: Expression, right: Expression) -> Expression:
    a, b = _number(left), _number(right)
    if a is not None and b is not None and b != 0:
        return _constant(_quotient(a, b))
    if b == 1 or (a == 0 and b is None):
        return left
    minus_left, left = _split(left)
    minus_right, right = _split(right)
    if isinstance(b, (int, Fraction)) and b and _is_scaled(left):
        return _multiply(Constant(_quotient(1 if minus_left == minus_right else -1, abs(b))), left)
    quotient = Call("divide", (left, right))
    return _negative(quotient) if minus_left != minus_right else quotient


def _quotient(a: Any, b: Any) -> Any:
    is_exact = isinstance(a, (int, Fraction)) and isinstance(b, (int, Fraction))
    return Fraction(a) / Fraction(b) if is_exact else a / b


def _is_scaled(expression: Expression) -> bool:
    """Whether a number stands in front."""
    return _number(_factors(expression)[0]) is not None


def _power(base: Expression, exponent: Expression) -> Expression:
    a, b = _number(base), _number(exponent)
    if b == 0:
        return Constant(1)
    if b == 1:
        return base
    if isinstance(a, int) and isinstance(b, int) and 0 <= b <= _MOST_POWER and abs(a) <= _MOST_BASE:
        return Constant(a**b)
    if isinstance(b, float) and b.is_integer() and abs(b) < _MOST_BASE:
        return Call("power", (base, Constant(int(b))))
    return Call("power", (base, exponent))


def _where(condition: Expression, first: Expression, second: Expression) -> Expression:
    if isinstance(condition, Constant):
        return first if condition.value else second
    return first if first == second else Call("where", (condition, first, second))


def _compared(word: str, holds: Callable[[Any, Any], bool]) -> Callable[[Expression, Expression], Expression]:
    """Decided where both sides are known, words and numbers alike."""

    def compared(left: Expression, right: Expression) -> Expression:
        if isinstance(left, Constant) and isinstance(right, Constant):
            return Constant(holds(left.value, right.value))
        return Call(word, (left, right))

    return compared


def _and(left: Expression, right: Expression) -> Expression:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Constant):
            return other if one.value else Constant(False)
    return Call("logical_and", (left, right))


def _or(left: Expression, right: Expression) -> Expression:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Constant):
            return Constant(True) if one.value else other
    return Call("logical_or", (left, right))


def _not(of: Expression) -> Expression:
    return Constant(not of.value) if isinstance(of, Constant) else Call("logical_not", (of,))


def _remainder(left: Expression, right: Expression) -> Expression:
    a, b = _number(left), _number(right)
    return Constant(a % b) if a is not None and isinstance(b, int) and b else Call("remainder", (left, right))


def _floor_divide(left: Expression, right: Expression) -> Expression:
    a, b = _number(left), _number(right)
    return Constant(a // b) if isinstance(a, int) and isinstance(b, int) and b else Call("floor_divide", (left, right))


def _complex(real: Expression, imag: Expression) -> Expression:
    a, b = _number(real), _number(imag)
    return Call("complex", (real, imag)) if a is None or b is None else Constant(a + 1j * b)


def _xlog(factor: Expression, of: Expression) -> Expression:
    return Call("log", (of,)) if _number(factor) == 1 else Call("xlog", (factor, of))


SIMPLER: Mapping[str, Callable[..., Expression]] = {
    "add": _add,
    "subtract": _subtract,
    "negative": _negative,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "remainder": _remainder,
    "floor_divide": _floor_divide,
    "where": _where,
    "complex": _complex,
    "xlog": _xlog,
    "equal": _compared("equal", lambda a, b: bool(a == b)),
    "not_equal": _compared("not_equal", lambda a, b: bool(a != b)),
    "less": _compared("less", lambda a, b: bool(a < b)),
    "less_equal": _compared("less_equal", lambda a, b: bool(a <= b)),
    "greater": _compared("greater", lambda a, b: bool(a > b)),
    "greater_equal": _compared("greater_equal", lambda a, b: bool(a >= b)),
    "logical_and": _and,
    "logical_or": _or,
    "logical_not": _not,
}
"""By the word whose arguments, simple already, they take."""
