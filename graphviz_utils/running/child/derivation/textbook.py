"""A derivative taken step by step, as a textbook does it: each line by one rule, and none that is not true."""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy
from sympy import Derivative

from graphviz_utils.running.child.derivation.functions import Sigmoid

__all__ = ["Line", "steps"]

_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """By the rule called `rule`, `left` is `right`. Either may hold derivatives that are not taken yet."""

    rule: str
    left: sympy.Expr
    right: sympy.Expr


def steps(expression: sympy.Expr, by: sympy.Symbol) -> tuple[Line, ...]:
    """The derivative of `expression` by `by`, as deep as there is room for: what is deeper is taken in one line."""
    lines: tuple[Line, ...] = ()
    for depth in range(1, _MOST_LINES):
        deeper = tuple(dict.fromkeys(_steps(expression, by, depth)))
        if len(deeper) > _MOST_LINES or deeper == lines:
            break
        lines = deeper
    return lines


def _steps(expression: sympy.Expr, by: sympy.Symbol, depth: int) -> Iterator[Line]:
    if not depth:
        yield Line("differentiate", Derivative(expression, by), expression.diff(by))
        return
    rule, right, inner = _first_step(expression, by)
    yield Line(rule, Derivative(expression, by), right)
    for part in inner:
        if part != by:
            yield from _steps(part, by, depth - 1)


Step = tuple[str, sympy.Expr, tuple[sympy.Expr, ...]]
"""The name of a rule, what it makes of a derivative, and whose derivatives are in that."""


def _first_step(expression: sympy.Expr, by: sympy.Symbol) -> Step:
    if expression.is_Add:
        return _sum(expression, by)
    if expression.is_Mul:
        return _product(expression, by)
    if expression.is_Pow:
        return _power(expression, by)
    if len(expression.args) == 1:
        return _function(expression, by)
    return "differentiate", expression.diff(by), ()


def _sum(expression: sympy.Expr, by: sympy.Symbol) -> Step:
    terms = tuple(term for term in expression.as_ordered_terms() if term.has(by))
    return "sum rule", sympy.Add(*[_slope(term, by) for term in terms]), terms


def _product(expression: sympy.Expr, by: sympy.Symbol) -> Step:
    constant, rest = expression.as_independent(by, as_Add=False)
    if constant != 1:
        rule, right, inner = ("", sympy.S.One, ()) if rest == by else _first_step(rest, by)
        if inner:
            return "constant factor", constant * _slope(rest, by), (rest,)
        return f"constant factor, {rule}".removesuffix(", "), constant * right, ()
    above, below = sympy.fraction(expression)
    if not above.has(by):
        return "quotient rule", -above * _slope(below, by) / below**2, (below,)
    if below.has(by):
        right = (_slope(above, by) * below - above * _slope(below, by)) / below**2
        return "quotient rule", right, (above, below)
    first, *others = expression.as_ordered_factors()
    second = sympy.Mul(*others)
    return "product rule", _slope(first, by) * second + first * _slope(second, by), (first, second)


def _power(expression: sympy.Expr, by: sympy.Symbol) -> Step:
    base, exponent = expression.args
    if not exponent.has(by):
        return _chained("power rule", (exponent, base ** (exponent - 1)), base, by)
    if base.has(by):
        return "differentiate", expression.diff(by), ()
    return _chained("exponential rule", (expression, sympy.log(base)), exponent, by)


_NAMES = {
    sympy.exp: "exponential function",
    sympy.log: "logarithm",
    sympy.sin: "sine",
    sympy.cos: "cosine",
    sympy.tan: "tangent",
    sympy.tanh: "hyperbolic tangent",
    sympy.erf: "error function",
    Sigmoid: "sigmoid",
}


def _function(expression: sympy.Expr, by: sympy.Symbol) -> Step:
    return _chained(_NAMES.get(expression.func, "function"), (expression.fdiff(1),), expression.args[0], by)


def _chained(rule: str, outer: tuple[sympy.Expr, ...], inner: sympy.Expr, by: sympy.Symbol) -> Step:
    """The chain rule, where there is something inside. A number stays in front of a sum in brackets."""
    if inner == by:
        return rule, sympy.Mul(*outer), ()
    return f"chain rule, {rule}", sympy.Mul(*outer, _slope(inner, by)), (inner,)


def _slope(expression: sympy.Expr, by: sympy.Symbol) -> sympy.Expr:
    """The derivative, not taken yet; by itself it is 1, and nobody writes that down."""
    return sympy.S.One if expression == by else Derivative(expression, by)
