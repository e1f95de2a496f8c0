"""Where a function is put together of pieces: the piece that the run was on, on what condition, and where two meet."""

from collections.abc import Iterable
from dataclasses import dataclass

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.reckoning import Reckoning

__all__ = ["Branches", "Decision", "Meeting"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two pieces that meet at the very point of the run.

    Where `gap` grows the slope is that of the piece with `weight` 1, where it falls that of the piece with `weight` 0.
    """

    weight: sympy.Symbol
    gap: sympy.Expr


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a comparison held. It hangs in the balance where there is a `gap`, which then is 0 in the run.

    A greater gap makes it hold, with `falls` a smaller one.
    """

    holds: bool
    gap: sympy.Expr | None = None
    falls: bool = False

    def __bool__(self) -> bool:
        return self.holds

    def and_(self, other: "Decision") -> "Decision":
        """Both. Where one hangs in the balance and the other holds, the one decides."""
        if self.gap is None:
            return other if self.holds else self
        return self if other.holds or other.gap is not None else other

    def negated(self) -> "Decision":
        """The opposite."""
        return Decision(not self.holds, self.gap, not self.falls)


class Branches:
    """Decides by the numbers of the run, and remembers what was decided."""

    def __init__(self, run: Reckoning, alphabet: Alphabet) -> None:
        self._run = run
        self._alphabet = alphabet
        self._relations: dict[sympy.Basic, None] = {}
        self._node = ""
        self._meetings: dict[tuple[str, sympy.Expr, sympy.Expr, sympy.Expr], Meeting] = {}

    def begin(self, node: str) -> None:
        """From now on it is `node` that decides: where pieces of another one meet, other slopes may be taken."""
        self._node = node

    @property
    def conditions(self) -> tuple[sympy.Basic, ...]:
        """What held in the run and has to hold for the formulas to do so: `x > 0`, say, and no doubt about it."""
        return tuple(self._relations)

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """All that were hit, in the order of the run."""
        return tuple(self._meetings.values())

    def value(self, expression: sympy.Expr) -> float:
        """What an expression was in the run."""
        return self._run.value(expression)

    def is_greater(self, left: sympy.Expr, right: sympy.Expr) -> Decision:
        """Whether `left` > `right`."""
        first, second = self._run.value(left), self._run.value(right)
        if left.is_number and right.is_number:
            return Decision(first > second)
        if first == second:
            return Decision(False, left - right)
        relation = sympy.Gt if first > second else sympy.Lt
        self._relations.setdefault(relation(left, right, evaluate=False))
        return Decision(first > second)

    def chosen(self, decision: Decision, first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
        """`first` where the decision holds, else `second`; both of them where it hangs in the balance and they meet."""
        if decision.gap is None or first == second or self._run.value(first) != self._run.value(second):
            return first if decision.holds else second
        above, below = (second, first) if decision.falls else (first, second)
        weight = self._meeting(decision.gap, above, below).weight
        return weight * above + (1 - weight) * below

    def size(self, x: sympy.Expr) -> sympy.Expr:
        """The absolute value."""
        return self.chosen(self.is_greater(x, sympy.S.Zero), x, -x)

    def largest(self, elements: Iterable[sympy.Expr]) -> sympy.Expr:
        """The largest of several."""
        largest, *others = elements
        for other in others:
            largest = self.chosen(self.is_greater(other, largest), other, largest)
        return largest

    def smallest(self, elements: Iterable[sympy.Expr]) -> sympy.Expr:
        """The smallest of several."""
        return -self.largest(-element for element in elements)

    def _meeting(self, gap: sympy.Expr, above: sympy.Expr, below: sympy.Expr) -> Meeting:
        key = (self._node, gap, above, below)
        if key not in self._meetings:
            self._meetings[key] = Meeting(self._alphabet.weight(), gap)
        return self._meetings[key]
