"""The slopes on both sides of a point where pieces of a function meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import sympy

from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.branches import Meeting
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.differentiation import Differentiation
from graphviz_utils.running.child.derivation.reckoning import Reckoning

__all__ = ["Kinks", "Sides"]

_MOST_CORNERS = 6


@dataclass(frozen=True, slots=True)
class Sides:
    """The slopes just below and above, and the least and greatest that weighing the pieces in any way gives."""

    below: float
    above: float
    least: float
    greatest: float


@dataclass(frozen=True)
class Kinks:
    """Where the run was exactly at the edge of pieces: `meetings`, in the order of the run."""

    meetings: Sequence[Meeting]
    parts: dict[sympy.Symbol, sympy.Expr]
    alphabet: Alphabet
    budget: Budget

    def sides(self, slope: sympy.Expr, by: sympy.Symbol) -> Sides | None:
        """What `slope`, a derivative by the letter `by`, is on either side; `None` where it is at no edge."""
        letters = self.alphabet.letters_in(slope) if self.meetings else frozenset()
        weights = [meeting.weight for meeting in self.meetings if meeting.weight in letters]
        if not weights:
            return None
        below, above = self._on_one_side(slope, by, -1), self._on_one_side(slope, by, 1)
        least, greatest = self._bounds(slope, weights)
        return Sides(below, above, min(below, above, least), max(below, above, greatest))

    def _bounds(self, slope: sympy.Expr, weights: list[sympy.Symbol]) -> tuple[float, float]:
        """At the corners of all weights; of many, as if each of them made its difference by itself."""
        if len(weights) <= _MOST_CORNERS:
            corners = product((0.0, 1.0), repeat=len(weights))
            values = [self._value(slope, dict(zip(weights, corner, strict=True))) for corner in corners]
            return min(values), max(values)
        middle = self._value(slope, {})
        reach = sum(abs(self._value(slope, {weight: 1.0}) - self._value(slope, {weight: 0.0})) for weight in weights)
        return middle - reach, middle + reach

    def _on_one_side(self, slope: sympy.Expr, by: sympy.Symbol, direction: int) -> float:
        """The slope when `by` moves that way: each gap opens to the side that those before it push it to."""
        weighed: dict[sympy.Symbol, float] = {}
        for meeting, gap in zip(self.meetings, self._gaps, strict=True):
            push = direction * self._value(gap.by(by), weighed)
            weighed[meeting.weight] = 1.0 if push > 0 else 0.0 if push < 0 else self.alphabet.numbers[meeting.weight]
        return self._value(slope, weighed)

    @cached_property
    def _gaps(self) -> list[Differentiation]:
        return [Differentiation(meeting.gap, self.parts, self.alphabet, self.budget) for meeting in self.meetings]

    def _value(self, expression: sympy.Expr, weighed: dict[sympy.Symbol, float]) -> float:
        return Reckoning(self.alphabet.numbers | weighed, self.alphabet.abbreviated).value(expression)
