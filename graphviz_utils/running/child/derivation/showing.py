"""A closed form as it is shown: one formula for a number or a pattern, a matrix of them, or the first few of many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from graphviz_utils.running.child.derivation.abbreviating import LONG, Abbreviations
from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor, element_name
from graphviz_utils.running.child.derivation.explaining import any_weight, derivative_name, explained
from graphviz_utils.running.child.derivation.patterns import Pattern
from graphviz_utils.running.child.derivation.printing import latex
from graphviz_utils.running.child.derivation.simplification import length

__all__ = ["MOST_LETTERS", "Form", "Shower"]

MOST_LETTERS = 1_500
"""LaTeX of a formula that is shown."""
_IN_A_MATRIX = 9
_WIDEST_IN_A_MATRIX = 40
_FEW = 3
_MOST_LOOKED_AT = 4_000
_TOO_LONG = "the closed form is too long to be shown"

_Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """LaTeX of a closed form, `None` where it is too long to be read, and what is to be said of it."""

    latex: str | None
    note: str = ""


@dataclass(frozen=True)
class Shower:
    """Shows derivatives of what is called `whole`; `short` makes a formula shorter."""

    whole: str
    alphabet: Alphabet
    abbreviations: Abbreviations
    short: Callable[[sympy.Expr], sympy.Expr]

    def form(self, leaf: Tensor, slopes: Any) -> Form:
        """The derivatives by the elements of `leaf`, an array of expressions."""
        elements = {index: slopes[index] for index in np.ndindex(*leaf.shape)}
        if max(map(length, elements.values())) > _MOST_LOOKED_AT:
            return Form(None, _TOO_LONG)
        if not leaf.shape:
            return self._equations({leaf.name: elements[()]}, {})
        pattern = Pattern(elements, self.alphabet)
        if pattern.expression is not None:
            return self._equations(
                {element_name(leaf.name, pattern.index, leaf.shape): pattern.expression}, pattern.names
            )
        if len(elements) <= _IN_A_MATRIX and len(leaf.shape) <= 2:
            matrix = self._matrix(leaf, elements)
            if matrix is not None:
                return matrix
        return self._first_few(leaf, elements)

    def _equations(self, formulas: Mapping[str, sympy.Expr], names: Mapping[sympy.Symbol, str]) -> Form:
        """One after the other, by what is differentiated."""
        found = self.abbreviations.abbreviated([self.short(formula) for formula in formulas.values()])
        if found is None:
            return Form(None, _TOO_LONG)
        names = {**self.alphabet.latex, **names}
        sides = zip(formulas, found.formulas, strict=True)
        equations = [f"{derivative_name(self.whole, by)} = {latex(formula, names)}" for by, formula in sides]
        return _form(r",\quad ".join(equations) + self._explained(found.formulas))

    def _matrix(self, leaf: Tensor, elements: Mapping[_Index, sympy.Expr]) -> Form | None:
        """All in a matrix, if none is wide."""
        found = self.abbreviations.abbreviated([self.short(formula) for formula in elements.values()])
        if found is None or max(map(length, found.formulas)) > _WIDEST_IN_A_MATRIX:
            return None
        texts = [latex(formula, self.alphabet.latex) for formula in found.formulas]
        columns = leaf.shape[-1]
        rows = (" & ".join(texts[start : start + columns]) for start in range(0, len(texts), columns))
        matrix = r" \\ ".join(rows)
        explained = self._explained(found.formulas)
        name = derivative_name(self.whole, leaf.name)
        form = _form(f"{name} = \\begin{{pmatrix}} {matrix} \\end{{pmatrix}}{explained}")
        return form if form.latex is not None else None

    def _first_few(self, leaf: Tensor, elements: Mapping[_Index, sympy.Expr]) -> Form:
        """As many as can be read, of those that are not 0 if there are any."""
        telling = {index: formula for index, formula in elements.items() if formula != 0} or elements
        for count in range(min(_FEW, len(telling)), 0, -1):
            some = list(telling.items())[:count]
            form = self._equations({element_name(leaf.name, index, leaf.shape): formula for index, formula in some}, {})
            if form.latex is not None:
                is_from_the_first = len(telling) == len(elements)
                return Form(form.latex, _some(count, len(elements), is_from_the_first))
        return Form(None, _TOO_LONG)

    def _explained(self, formulas: Sequence[sympy.Expr]) -> str:
        """What is to be said of letters in `formulas`: what they abbreviate, and which may be any number."""
        told = [row.latex for row in explained(formulas, self.alphabet, self.whole, LONG)]
        letters = frozenset[sympy.Symbol]().union(*map(self.alphabet.letters_in, formulas))
        told += [any_weight(self.alphabet.latex[weight]) for weight in self.alphabet.weights if weight in letters]
        return rf" \quad \text{{where }} {', '.join(told)}" if told else ""


def _form(latex: str) -> Form:
    return Form(latex) if len(latex) <= MOST_LETTERS else Form(None, _TOO_LONG)


def _some(count: int, all_: int, is_from_the_first: bool) -> str:
    if count == all_:
        return ""
    first = "first" if count == 1 else f"first {count}"
    are = "is" if count == 1 else "are"
    of = f"of {all_} elements" if is_from_the_first else f"that {are} not 0 of {all_} elements"
    return f"the {first} {of} {are} shown"
