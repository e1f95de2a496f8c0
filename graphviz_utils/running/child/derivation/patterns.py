"""One formula for all elements of a leaf, where they follow one pattern: `2 x_i` for `2 x_1`, `2 x_2`, `2 x_3`."""

from collections.abc import Mapping

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor, element_name

__all__ = ["Pattern"]

_INDICES = "ijkmpq"
"""What the places in an index are called."""

_Index = tuple[int, ...]
_Following = tuple[int | None, ...]
"""For each dimension of a tensor, which place of the leaf's index its own follows; `None` for one that stays."""


class Pattern:
    """The formula of which each of `elements`, by index of the leaf, is a case: `expression`, `None` if there is none.

    `names` are its letters with `i` and `j` in their index. That it gives every element again has been tried.
    """

    def __init__(self, elements: Mapping[_Index, sympy.Expr], alphabet: Alphabet) -> None:
        self.names: dict[sympy.Symbol, str] = {}
        self.index = tuple(_INDICES[: len(next(iter(elements)))])
        self._alphabet = alphabet
        self._general: dict[tuple[Tensor, tuple[int | str, ...]], sympy.Symbol] = {}
        following = _following(elements, alphabet)
        general = {self._generalised(expression, following) for expression in elements.values()}
        self.expression = general.pop() if len(general) == 1 and len(elements) > 1 else None

    def _generalised(self, expression: sympy.Expr, following: Mapping[Tensor, _Following]) -> sympy.Expr:
        """`expression` with letters that are the same at every index."""
        return expression.xreplace({letter: self._letter(letter, following) for letter in expression.free_symbols})

    def _letter(self, letter: sympy.Symbol, following: Mapping[Tensor, _Following]) -> sympy.Symbol:
        tensor, own = self._alphabet.place.get(letter, (None, ()))
        if tensor is None or not any(place is not None for place in following[tensor]):
            return letter
        told = zip(own, following[tensor], strict=True)
        index = tuple(number if place is None else self.index[place] for number, place in told)
        if (tensor, index) not in self._general:
            fresh = sympy.Symbol(f"{letter.name}_{''.join(map(str, index))}", real=True)
            self._general[tensor, index] = fresh
            self.names[fresh] = element_name(tensor.name, index, tensor.shape)
        return self._general[tensor, index]


def _following(elements: Mapping[_Index, sympy.Expr], alphabet: Alphabet) -> Mapping[Tensor, _Following]:
    """Which indices go along with the leaf's in every element."""
    seen: dict[Tensor, set[tuple[_Index, _Index]]] = {}
    for at, expression in elements.items():
        for letter in expression.free_symbols:
            if letter in alphabet.place:
                tensor, own = alphabet.place[letter]
                seen.setdefault(tensor, set()).add((own, at))
    return {tensor: _followed(pairs, tensor) for tensor, pairs in seen.items()}


def _followed(pairs: set[tuple[_Index, _Index]], tensor: Tensor) -> _Following:
    places = range(len(next(iter(pairs))[1]))
    return tuple(
        next((place for place in places if all(own[dimension] == at[place] for own, at in pairs)), None)
        for dimension in range(len(tensor.shape))
    )
