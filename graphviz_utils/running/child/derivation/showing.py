"""A closed form as it is shown: one formula for a number or a pattern, a matrix of them, or the first few of many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor, element_name
from graphviz_utils.running.child.derivation.patterns import Pattern
from graphviz_utils.running.child.derivation.printing import latex

__all__ = ["Shown", "derivative_name", "shown"]

_IN_A_MATRIX = 9
_LONGEST_IN_A_MATRIX = 160
_LONGEST = 1_500
_FEW = 3

Short = Callable[[sympy.Expr], sympy.Expr]
"""What makes an expression shorter."""


@dataclass(frozen=True, slots=True)
class Shown:
    """LaTeX of a closed form, `None` where it is too long to be read, and what is to be said of it."""

    latex: str | None
    note: str = ""


def derivative_name(whole: str, by: str) -> str:
    """The derivative of what is called `whole` by what is called `by`."""
    return rf"\frac{{\partial {whole}}}{{\partial {by}}}"


def shown(whole: str, leaf: Tensor, slopes: Any, alphabet: Alphabet, short: Short) -> Shown:
    """The derivatives of what is called `whole` by the elements of `leaf`, an array of expressions."""
    elements = {index: slopes[index] for index in np.ndindex(*leaf.shape)}
    if not leaf.shape:
        return _bounded(f"{derivative_name(whole, leaf.name)} = {latex(short(elements[()]), alphabet.latex)}")
    pattern = Pattern(elements, alphabet)
    if pattern.expression is not None:
        name = derivative_name(whole, element_name(leaf.name, pattern.index, leaf.shape))
        written = latex(short(pattern.expression), alphabet.latex | pattern.names)
        return _bounded(f"{name} = {written}")
    if len(elements) <= _IN_A_MATRIX and len(leaf.shape) <= 2:
        texts = {index: latex(short(expression), alphabet.latex) for index, expression in elements.items()}
        if max(map(len, texts.values())) <= _LONGEST_IN_A_MATRIX:
            return Shown(f"{derivative_name(whole, leaf.name)} = {_matrix(leaf.shape, texts)}")
    return _first_few(whole, leaf, elements, (alphabet, short))


def _bounded(text: str) -> Shown:
    return Shown(text) if len(text) <= _LONGEST else Shown(None, "the closed form is too long to be shown")


def _matrix(shape: tuple[int, ...], texts: Mapping[tuple[int, ...], str]) -> str:
    rows = (
        [list(texts.values())]
        if len(shape) == 1
        else [[texts[row, column] for column in range(shape[1])] for row in range(shape[0])]
    )
    inside = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"


def _first_few(
    whole: str, leaf: Tensor, elements: Mapping[tuple[int, ...], sympy.Expr], pen: tuple[Alphabet, Short]
) -> Shown:
    alphabet, short = pen
    texts: list[str] = []
    for index in list(elements)[:_FEW]:
        name = derivative_name(whole, element_name(leaf.name, index, leaf.shape))
        texts.append(f"{name} = {latex(short(elements[index]), alphabet.latex)}")
    while texts and sum(map(len, texts)) > _LONGEST:
        texts.pop()
    if not texts:
        return Shown(None, "the closed form is too long to be shown")
    some = "the first" if len(texts) == 1 else f"the first {len(texts)}"
    note = "" if len(texts) == len(elements) else f"{some} of {len(elements)} elements are shown"
    return Shown(r",\quad ".join(texts), note.replace("first of", "first of the") if len(texts) == 1 else note)
