"""Long formulas with letters for what stands in them again and again."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.simplification import length

__all__ = ["LONG", "Abbreviated", "Abbreviations"]

LONG = 60
"""Operations, numbers and letters from which on a formula is rather read with abbreviations."""
_LONGEST = 280
_MOST_LETTERS = 6
_MOST_LOOKED_AT = 2_000
_SMALLEST = 4


@dataclass(frozen=True, slots=True)
class Abbreviated:
    """Formulas, and the letters that were made for them, in the order in which they build on each other."""

    formulas: tuple[sympy.Expr, ...]
    letters: tuple[sympy.Symbol, ...] = ()


class Abbreviations:
    """Abbreviates formulas. `named` are letters for what variables of the program hold, by the formula for it."""

    def __init__(self, alphabet: Alphabet, named: Mapping[sympy.Expr, sympy.Symbol]) -> None:
        self._alphabet = alphabet
        self._named = named
        self.begin()

    def begin(self) -> None:
        """From now on letters are numbered from 1 again, and none stands for anything yet."""
        self._numbers = count(1)
        self._standing: dict[sympy.Expr, sympy.Symbol] = {}

    def in_own_names(self, formula: sympy.Expr) -> sympy.Expr:
        """`formula` with the program's names for parts of it."""
        return formula.xreplace(self._named)

    def abbreviated(self, formulas: Sequence[sympy.Expr]) -> Abbreviated | None:
        """`formulas` as they are, or with letters for parts of them; `None` where they stay too long to be read."""
        lengths = sum(map(length, formulas))
        if lengths <= LONG:
            return Abbreviated(tuple(formulas))
        if lengths > _MOST_LOOKED_AT:
            return None
        found = [self.in_own_names(formula) for formula in formulas]
        meant: list[sympy.Expr] = []
        letters: list[sympy.Symbol] = []
        while sum(map(length, found)) > LONG and len(letters) < _MOST_LETTERS:
            part = _most_worth_a_letter([*found, *meant])
            if part is None:
                break
            letter = sympy.Dummy(real=True)
            found, meant = ([each.xreplace({part: letter}) for each in every] for every in (found, meant))
            letters.append(letter)
            meant.append(part)
        if sum(map(length, [*found, *meant])) > _LONGEST:
            return None
        return self._numbered(found, dict(zip(letters, meant, strict=True)))

    def _numbered(self, formulas: list[sympy.Expr], meant: dict[sympy.Symbol, sympy.Expr]) -> Abbreviated:
        """With letters that have names, `u_{1}`, `u_{2}`, …, in the order in which they build on each other."""
        final: dict[sympy.Symbol, sympy.Symbol] = {}
        while len(final) < len(meant):
            ready = next(each for each in meant if each not in final and not _waits(meant[each], meant.keys() - final))
            final[ready] = self._letter(meant[ready].xreplace(final))
        return Abbreviated(tuple(formula.xreplace(final) for formula in formulas), tuple(final.values()))

    def _letter(self, meant: sympy.Expr) -> sympy.Symbol:
        if meant not in self._standing:
            self._standing[meant] = self._alphabet.letter(self._fresh_name())
            self._alphabet.abbreviated[self._standing[meant]] = meant
        return self._standing[meant]

    def _fresh_name(self) -> str:
        names = (f"{self._alphabet.free_letter()}_{{{number}}}" for number in self._numbers)
        return next(name for name in names if not self._alphabet.is_taken(name))


def _most_worth_a_letter(formulas: Sequence[sympy.Expr]) -> sympy.Expr | None:
    """The part that takes most room at places where a letter could stand; `None` where no part occurs twice."""
    counts = Counter(part for formula in formulas for part in sympy.preorder_traversal(formula) if part.args)
    worth = {part: (count - 1) * (length(part) - 1) for part, count in counts.items() if count > 1}
    best = max(worth, key=lambda part: (worth[part], length(part), part.sort_key()), default=None)
    return best if best is not None and length(best) >= _SMALLEST else None


def _waits(meant: sympy.Expr, open_: Set[sympy.Symbol]) -> bool:
    return bool(meant.free_symbols & open_)
