"""The derivation of one closed form in reading order, from what the program computed to the number."""

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from graphviz_utils.model import Deduction
from graphviz_utils.rules.numerals import number_text
from graphviz_utils.running.child.derivation.abbreviating import LONG, Abbreviations
from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.explaining import any_weight, explained
from graphviz_utils.running.child.derivation.printing import latex, latex_with_numbers
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.showing import MOST_LETTERS
from graphviz_utils.running.child.derivation.simplification import length
from graphviz_utils.running.child.derivation.textbook import Line, steps

__all__ = ["Statement", "Story", "Subject", "Telling"]

_LONGEST_NUMBERS = 240
_MOST_ABBREVIATIONS = 4
_LONG_LINE = 90
_LONGEST_EXPLANATION = 110
_MOST_CONDITIONS = 3
_SHORTER = 0.6
_DIGITS = 6
_UNSEEN = 1e-14


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a derivation as it is written, and the two sides of it that must come to the same.

    Without sides it is a condition.
    """

    told: Deduction
    left: sympy.Expr | None = None
    right: sympy.Expr | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is differentiated: an expression, its name in LaTeX, and the node that computed it, if it is one."""

    whole: sympy.Expr
    name: str
    node: str | None
    conditions: Sequence[sympy.Basic]


@dataclass(frozen=True, slots=True)
class Story:
    """What there is to tell of one derivative: by which letter, its name, as it came about, and as short as it gets.

    There is no one letter where a leaf was changed between its uses.
    """

    by: sympy.Symbol | None
    name: str
    raw: sympy.Expr
    short: sympy.Expr


@dataclass(frozen=True)
class Telling:
    """Tells `story`, about `subject`, line by line; lines that would be too long to be read are left out."""

    subject: Subject
    story: Story
    alphabet: Alphabet
    abbreviations: Abbreviations

    def statements(self) -> tuple[Statement, ...]:
        """The lines in reading order."""
        parts = self._explained([self.story.raw])[:_MOST_ABBREVIATIONS]
        lines = (
            *self._beginning(),
            *parts,
            *self._conditions(),
            *self._steps(),
            *self._end({part.left for part in parts}),
        )
        return tuple(line for line in lines if len(line.told.latex) <= MOST_LETTERS)

    def _beginning(self) -> Iterator[Statement]:
        whole = self.subject.whole
        if length(whole) <= _LONG_LINE and (text := self._latex(whole)) != self.subject.name:
            yield Statement(
                Deduction("what was computed", self.subject.node, f"{self.subject.name} = {text}"), whole, whole
            )

    def _explained(self, formulas: Iterable[sympy.Expr], told: Container[Any] = ()) -> list[Statement]:
        """What letters in `formulas` stand for, if it was not told."""
        found = []
        for row in explained(formulas, self.alphabet, self.subject.name, _LONGEST_EXPLANATION):
            if row.letter not in told and row.meant != self.subject.whole:
                place = self.alphabet.place.get(row.letter)
                said = Deduction("abbreviation", place and place[0].node, row.latex)
                found.append(Statement(said, row.letter, row.meant))
        return found

    def _conditions(self) -> Iterator[Statement]:
        letters = self.alphabet.letters_in(self.story.raw)
        for weight in self.alphabet.weights:
            if weight in letters:
                yield Statement(Deduction("any slope in between", None, any_weight(self.alphabet.latex[weight])))
        for relation in self.subject.conditions[:_MOST_CONDITIONS]:
            if length(relation) <= _LONG_LINE:
                yield Statement(Deduction("the piece that the run was on", None, self._latex(relation)))

    def _steps(self) -> Iterator[Statement]:
        """Rule by rule where everything is in one formula; through its parts in one line where it is not."""
        whole, raw = self.subject.whole, self.story.raw
        has_parts = bool(self.alphabet.letters_in(whole) & self.alphabet.abbreviated.keys())
        if has_parts or self.story.by is None or length(whole) > _LONG_LINE:
            yield from self._named("chain rule" if has_parts else "differentiate", raw)
            return
        first, *others = steps(whole, self.story.by)
        yield from self._named(first.rule, first.right)
        yield from (self._line(line) for line in others if max(length(line.left), length(line.right)) <= _LONG_LINE)
        if others:
            yield from self._named("put together", raw)

    def _end(self, told: Container[Any]) -> Iterator[Statement]:
        """From the derivative as it came about to its number."""
        found = self.abbreviations.abbreviated([self.story.short])
        if found is None:
            yield from self._value(self.story.short)
            return
        (short,) = found.formulas
        yield from self._explained([short], told)
        if short != self.story.raw:
            yield from self._named("simplify", short)
        yield from self._in_own_names(short, told)
        yield from self._value(short)

    def _in_own_names(self, formula: sympy.Expr, told: Container[Any]) -> Iterator[Statement]:
        own = self.abbreviations.in_own_names(formula)
        if length(own) <= _SHORTER * length(formula):
            yield from (line for line in self._explained([own], told) if line.right != formula)
            yield from self._named("in the program's own names", own)

    def _value(self, formula: sympy.Expr) -> Iterator[Statement]:
        reckoning = Reckoning(self.alphabet.numbers, self.alphabet.abbreviated)
        value = reckoning.value(formula)
        if math.isfinite(value) and not self.alphabet.weights.keys() & self.alphabet.letters_in(formula):
            numbers = {letter: reckoning.value(letter) for letter in formula.free_symbols}
            text = _with_numbers(self.story.name, formula, (numbers, value))
            yield Statement(Deduction("put in the numbers", None, text), self.story.raw, formula)

    def _named(self, rule: str, right: sympy.Expr) -> Iterator[Statement]:
        """A line about the derivative itself, which goes by its name."""
        if length(right) <= _LONG_LINE:
            text = f"{self.story.name} = {self._latex(right)}"
            yield Statement(Deduction(rule, None, text), self.story.raw, right)

    def _line(self, line: Line) -> Statement:
        text = f"{self._latex(line.left)} = {self._latex(line.right)}"
        return Statement(Deduction(line.rule, None, text), line.left, line.right)

    def _latex(self, expression: sympy.Basic) -> str:
        return latex(expression, self.alphabet.latex)


def _with_numbers(name: str, formula: sympy.Expr, reckoned: tuple[dict[sympy.Symbol, float], float]) -> str:
    numbers, value = reckoned
    written = number_text(value, _DIGITS).latex
    middle = latex_with_numbers(formula, numbers) if length(formula) <= LONG else written
    first = _relation(numbers.values())
    if middle == written or len(middle) > _LONGEST_NUMBERS:
        return f"{name} {_relation([value])} {written}"
    return rf"{name} {first} {middle} {_relation([value]) if first == '=' else first} {written}"


def _relation(numbers: Iterable[float]) -> str:
    """Whether what is written down is all of it."""
    off = (abs(float(f"{number:.{_DIGITS}g}") - number) > _UNSEEN * abs(number) for number in numbers)
    return r"\approx" if any(off) else "="
