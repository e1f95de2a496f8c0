"""Expressions in LaTeX: as the rest of the page writes formulas, with the program's names or with numbers."""

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Derivative
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from graphviz_utils.rules.numerals import number_text
from graphviz_utils.rules.text import Strength

__all__ = ["decimal", "latex", "latex_with_numbers"]


class _Printer(LatexPrinter):
    def _print_Rational(self, number: Any) -> str:  # noqa: N802 - SymPy looks for it
        return decimal(number) or str(super()._print_Rational(number))

    def _print_Derivative(self, derivative: Any) -> str:  # noqa: N802 - SymPy looks for it
        inner = self.parenthesize(derivative.expr, PRECEDENCE["Mul"], is_neg=False, strict=True)
        inner = rf"\left({inner}\right)" if inner.startswith("-") else inner
        return rf"\frac{{\partial}}{{\partial {self._print(derivative.variables[0])}}} {inner}"

    def _print_Add(self, total: Any, order: str | None = None) -> str:  # noqa: N802 - SymPy looks for it
        """No minus at the beginning where there is a plus; derivatives in the order of what is differentiated."""
        has_derivatives = total.has(Derivative)
        ordered = _by_what_is_differentiated(total) if has_derivatives else self._as_ordered_terms(total, order=order)
        first = next((place for place, term in enumerate(ordered) if not _is_negative(term)), 0)
        texts = [str(self._print(term)) for term in (ordered[first], *ordered[:first], *ordered[first + 1 :])]
        return texts[0] + "".join(f" - {text[1:].lstrip()}" if text[0] == "-" else f" + {text}" for text in texts[1:])

    def _print_Float(self, number: Any) -> str:  # noqa: N802 - SymPy looks for it
        return number_text(float(number), digits=9).latex

    def _print_Mul(self, product: Any) -> str:  # noqa: N802 - SymPy looks for it
        """A tenth as `0.1`, and not a product through ten."""
        number, rest = product.as_coeff_Mul()
        written = decimal(number) if number.is_Rational and rest is not sympy.S.One else None
        if written is None:
            return str(super()._print_Mul(product))
        return f"{written}{self._settings['mul_symbol_latex']}{self.parenthesize(rest, PRECEDENCE['Mul'])}"


def _by_what_is_differentiated(total: Any) -> list[Any]:
    sizes = {term: -term if _is_negative(term) else term for term in total.args}
    taken = {term: size.replace(Derivative, lambda each, _: each) for term, size in sizes.items()}
    place = {term: place for place, term in enumerate(sympy.Add(*set(taken.values())).as_ordered_terms())}
    return sorted(total.args, key=lambda term: (place.get(taken[term], 0), _is_negative(term)))


def _is_negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def decimal(number: sympy.Rational) -> str | None:
    """A fraction of tenths, hundredths, … as people write it; `None` for others."""
    if number.q % 10:
        return None
    return number_text(float(number), digits=10).latex


def latex(expression: sympy.Basic, names: Mapping[sympy.Symbol, str]) -> str:
    """`expression` with `names` for its letters."""
    return str(_Printer({"symbol_names": names, "ln_notation": True}).doprint(expression))


def latex_with_numbers(expression: sympy.Expr, numbers: Mapping[sympy.Symbol, float]) -> str:
    """`expression` with numbers in the place of its letters."""
    names = {letter: number_text(number, digits=6).at(Strength.POWER) for letter, number in numbers.items()}
    settings = {"symbol_names": names, "ln_notation": True, "mul_symbol": "dot"}
    return str(_Printer(settings).doprint(expression))
