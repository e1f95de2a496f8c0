"""The shortest of a few ways to write an expression. Each of them is cheap; none is tried on what it may choke on."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import sympy
from sympy.polys.polyerrors import BasePolynomialError

from graphviz_utils.running.child.derivation.budget import Budget

__all__ = ["length", "simplified"]

_MOST_OPERATIONS = 120
_MOST_EXPANDED = 40
_HIGHEST_POWER = 12


def simplified(expression: sympy.Expr, budget: Budget) -> sympy.Expr:
    """`expression` as short as sums, products and fractions can be rearranged to; as it is where there is no time."""
    best = expression
    for way in _ways(expression):
        if budget.is_spent:
            return best
        with suppress(BasePolynomialError, ValueError, TypeError, AttributeError, NotImplementedError, RecursionError):
            best = min(best, way(expression), key=length)
    return best.replace(lambda each: each.is_Mul, _with_few_minus_signs)


def length(expression: sympy.Expr) -> int:
    """How long an expression is to read: its operations, numbers and letters."""
    return sum(1 for _ in sympy.preorder_traversal(expression))


def _ways(expression: sympy.Expr) -> Iterator[Callable[[sympy.Expr], sympy.Expr]]:
    operations = expression.count_ops()
    if expression.is_Atom or operations > _MOST_OPERATIONS or not _has_only_low_powers(expression):
        return
    yield sympy.factor_terms
    if operations <= _MOST_EXPANDED:
        yield sympy.expand
    yield sympy.factor
    if any(power.exp.could_extract_minus_sign() for power in expression.atoms(sympy.Pow)):
        yield sympy.cancel


def _has_only_low_powers(expression: sympy.Expr) -> bool:
    powers = expression.atoms(sympy.Pow)
    return all(not power.exp.is_number or abs(power.exp) <= _HIGHEST_POWER for power in powers)


def _with_few_minus_signs(product: sympy.Expr) -> sympy.Expr:
    """`1 - s` for `s - 1`, and no minus in front where a difference can be turned around instead."""
    factors = [_turned(factor) for factor in product.args]
    found = _put_together(product.args, factors)
    if _is_negative(found):
        loose = next((place for place, factor in enumerate(factors) if _is_loose_difference(factor)), None)
        if loose is not None:
            factors[loose] = -factors[loose]
            found = _put_together(product.args, factors)
    return found


def _put_together(before: tuple[sympy.Expr, ...], after: list[sympy.Expr]) -> sympy.Expr:
    turns = sum(old != new for old, new in zip(before, after, strict=True))
    return sympy.Mul((-1) ** turns, *after)


def _turned(factor: sympy.Expr) -> sympy.Expr:
    """A sum with fewer minus signs, or with the number in front rather than behind a minus."""
    if not factor.is_Add:
        return factor
    minus = sum(map(_is_negative, factor.args))
    others = len(factor.args) - minus
    return -factor if minus > others or (minus == others and _is_negative(factor.as_coeff_Add()[0])) else factor


def _is_loose_difference(factor: sympy.Expr) -> bool:
    """Whether a difference reads as well the other way round."""
    is_difference = factor.is_Add and len(factor.args) == 2 and factor.as_coeff_Add()[0] == 0
    return bool(is_difference and sum(map(_is_negative, factor.args)) == 1)


def _is_negative(term: sympy.Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)
