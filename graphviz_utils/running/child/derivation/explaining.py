"""What the letters in formulas stand for, as it is written beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.printing import latex
from graphviz_utils.running.child.derivation.simplification import length

__all__ = ["Explained", "any_weight", "derivative_name", "explained"]


@dataclass(frozen=True, slots=True)
class Explained:
    """That `letter` abbreviates `meant`, in LaTeX."""

    letter: sympy.Symbol
    meant: sympy.Expr
    latex: str


def derivative_name(whole: str, by: str) -> str:
    """The derivative of what is called `whole` by what is called `by`."""
    return rf"\frac{{\partial {whole}}}{{\partial {by}}}"


def any_weight(name: str) -> str:
    """That what is called `name` weighs the slopes of two pieces that meet, in any way."""
    return rf"0 \le {name} \le 1"


def explained(formulas: Iterable[sympy.Expr], alphabet: Alphabet, whole: str, most: int) -> Iterator[Explained]:
    """The abbreviations in `formulas`, those aside that would be longer than `most`.

    A long derivative of what is called `whole` by one of its parts is explained as such.
    """
    for letter, meant in alphabet.explanations(formulas):
        text = None
        if length(meant) <= most:
            text = latex(meant, alphabet.latex)
        elif letter in alphabet.gradients:
            text = derivative_name(whole, alphabet.latex[alphabet.gradients[letter]])
        if text is not None:
            yield Explained(letter, meant, f"{alphabet.latex[letter]} = {text}")
