"""The derivative of a pass's sum by any letter, by SymPy's own rules, and through parts that have letters."""

from collections.abc import Mapping

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.budget import Budget

__all__ = ["Differentiation"]

_LONGEST_FACTOR = 12
"""A derivative by a part with more operations than that gets a letter of its own."""


class Differentiation:
    """Derivatives of `whole`.

    `parts` are letters that abbreviate expressions, in the order of the run: a later one may have earlier ones in it.
    Where `whole` depends on x through the part u, the derivative by x is that by u times that of u by x.
    """

    def __init__(
        self, whole: sympy.Expr, parts: Mapping[sympy.Symbol, sympy.Expr], alphabet: Alphabet, budget: Budget
    ) -> None:
        self._whole = whole
        self._alphabet = alphabet
        self._budget = budget
        self._through: dict[sympy.Symbol, list[tuple[sympy.Expr, sympy.Symbol]]] = {}
        self._parts = parts
        for part in reversed(parts):
            self._go_through(part)

    def by(self, letter: sympy.Symbol) -> sympy.Expr:
        """The derivative by `letter`.

        Raises:
            LateError: there is no time left for it.
        """
        self._budget.check()
        total = self._whole.diff(letter)
        for factor, part in self._through.get(letter, ()):
            total += factor * self._parts[part].diff(letter)
        return total

    def _go_through(self, part: sympy.Symbol) -> None:
        factor = self.by(part)
        if factor == 0:
            return
        if factor.count_ops() > _LONGEST_FACTOR:
            letter = self._alphabet.letter(rf"\bar{{{self._alphabet.latex[part]}}}")
            self._alphabet.abbreviated[letter] = factor
            self._alphabet.gradients[letter] = part
            factor = letter
        for letter in self._parts[part].free_symbols:
            self._through.setdefault(letter, []).append((factor, part))
