"""The shortest of a few ways to write an expression. Each of them is cheap; none is tried on what it may choke on."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from math import prod

import sympy
from sympy.polys.polyerrors import BasePolynomialError

from graphviz_utils.running.child.derivation.budget import Budget

__all__ = ["length", "simplified"]

_MOST_OPERATIONS = 64
_LONGEST = 250
_LONGEST_TURNED = 200
_FEW_DIGITS = 4
_MOST_TERMS = 40
_MOST_UNKNOWNS = 6
_HIGHEST_POWER = 12


def simplified(expression: sympy.Expr, budget: Budget) -> sympy.Expr:
    """`expression` as short as sums, products and fractions can be rearranged to; as it is where there is no time."""
    best = expression
    for way in _ways(expression):
        if budget.is_spent:
            return best
        with suppress(BasePolynomialError, ValueError, TypeError, AttributeError, NotImplementedError, RecursionError):
            best = min(best, _with_powers_together(way(expression)), key=length)
    if length(best) > _LONGEST_TURNED:
        return best
    return best.replace(lambda each: each.is_Mul, _with_few_minus_signs)


@lru_cache(maxsize=20_000)
def length(expression: sympy.Basic) -> int:
    """How long an expression is to read: its operations, numbers and letters. Of large numbers digits count, too."""
    if expression.is_Integer:
        digits = len(str(abs(expression.p)))
        return 1 if digits <= _FEW_DIGITS else 10 * digits
    if expression.is_Rational:
        return (
            2 if expression.q % 10 == 0 else length(sympy.Integer(expression.p)) + length(sympy.Integer(expression.q))
        )
    return 1 + sum(map(length, expression.args))


def _ways(expression: sympy.Expr) -> Iterator[Callable[[sympy.Expr], sympy.Expr]]:
    if expression.is_Atom or length(expression) > _LONGEST:
        return
    yield sympy.factor_terms
    yield lambda whole: sympy.factor_terms(whole, clear=False)
    if expression.count_ops() > _MOST_OPERATIONS or not _has_only_low_powers(expression):
        return
    if _terms(expression) <= _MOST_TERMS:
        yield sympy.expand
    if len(_unknowns(expression)) > _MOST_UNKNOWNS:  # what follows takes exponentially longer with each
        return
    yield sympy.factor
    if any(power.exp.could_extract_minus_sign() for power in expression.atoms(sympy.Pow)):
        yield sympy.cancel


def _with_powers_together(expression: sympy.Expr) -> sympy.Expr:
    """`exp(a + b)` for `exp(a) exp(b)`, which factors are found in, and nobody wants to read."""
    return sympy.powsimp(expression, deep=True, combine="exp") if expression.has(sympy.exp) else expression


def _has_only_low_powers(expression: sympy.Expr) -> bool:
    powers = expression.atoms(sympy.Pow)
    return all(not power.exp.is_number or abs(power.exp) <= _HIGHEST_POWER for power in powers)


def _unknowns(expression: sympy.Expr) -> set[sympy.Expr]:
    """What is no sum, product or whole power: letters, functions, roots."""
    found: set[sympy.Expr] = set()
    stack = [expression]
    while stack:
        part = stack.pop()
        if part.is_Add or part.is_Mul:
            stack += part.args
        elif part.is_Pow and part.exp.is_Integer:
            stack.append(part.base)
        elif not part.is_number:
            found.add(part)
    return found


def _terms(expression: sympy.Expr) -> int:
    """How many terms there are at most when everything is multiplied out."""
    if expression.is_Add:
        return sum(map(_terms, expression.args))
    if expression.is_Mul:
        return prod(map(_terms, expression.args))
    if expression.is_Pow and expression.exp.is_Integer:
        return int(_terms(expression.base) ** abs(int(expression.exp)))
    return 1


def _with_few_minus_signs(product: sympy.Expr) -> sympy.Expr:
    """`1 - s` for `s - 1`, and no minus in front where a difference can be turned around instead."""
    factors = product.args
    turned = [place for place, factor in enumerate(factors) if _minuses(-factor) < _minuses(factor)]
    loose = [place for place, factor in enumerate(factors) if factor.is_Add and _minuses(-factor) == _minuses(factor)]
    choices = [[], turned, *([*turned, place] for place in loose)]
    return min((_with_turned(factors, choice) for choice in choices), key=_minuses)


def _with_turned(factors: tuple[sympy.Expr, ...], turned: list[int]) -> sympy.Expr:
    after = [-factor if place in turned else factor for place, factor in enumerate(factors)]
    return sympy.Mul((-1) ** len(turned), *after)


def _minuses(expression: sympy.Expr) -> float:
    """How many minus signs there are in a product of sums: one in front counts twice, one before a number less."""
    if expression.is_Add:
        number = expression.as_coeff_Add()[0]
        return sum(map(_is_negative, expression.args)) + (0.5 if _is_negative(number) else 0)
    factors = expression.args if expression.is_Mul else ()
    return 2 * _is_negative(expression) + sum(_minuses(factor) for factor in factors if factor.is_Add)


def _is_negative(term: sympy.Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)
