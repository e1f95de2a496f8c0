"""The derivation of one closed form in reading order, from what the program computed to the number."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sympy

from graphviz_utils.model import Deduction
from graphviz_utils.rules.numerals import number_text
from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.printing import latex, latex_with_numbers
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.textbook import Line, steps

__all__ = ["Statement", "Story", "Subject", "statements"]

_LONGEST = 600
_LONGEST_NUMBERS = 240
_MOST_ABBREVIATIONS = 6
_MOST_CONDITIONS = 3
_DIGITS = 6


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
    """What there is to tell of one derivative: by which letter, its name, as it came about, and as short as it gets."""

    by: sympy.Symbol
    name: str
    raw: sympy.Expr
    short: sympy.Expr


def statements(subject: Subject, story: Story, alphabet: Alphabet) -> tuple[Statement, ...]:
    """The lines, those left out that would be too long to be read."""
    found = [
        *_beginning(subject, alphabet),
        *_abbreviations(subject, story, alphabet),
        *_conditions(subject, alphabet),
        *_steps(subject, story, alphabet),
        *_end(story, alphabet),
    ]
    return tuple(line for line in found if len(line.told.latex) <= _LONGEST)


def _beginning(subject: Subject, alphabet: Alphabet) -> Iterator[Statement]:
    text = latex(subject.whole, alphabet.latex)
    if text != subject.name:
        told = Deduction("what was computed", subject.node, f"{subject.name} = {text}")
        yield Statement(told, subject.whole, subject.whole)


def _abbreviations(subject: Subject, story: Story, alphabet: Alphabet) -> Iterator[Statement]:
    used = alphabet.letters_in(story.raw) | alphabet.letters_in(subject.whole)
    letters = [letter for letter in alphabet.abbreviated if letter in used]
    for letter in letters[:_MOST_ABBREVIATIONS]:
        meant = alphabet.abbreviated[letter]
        node = alphabet.place[letter][0].node if letter in alphabet.place else None
        text = f"{alphabet.latex[letter]} = {latex(meant, alphabet.latex)}"
        yield Statement(Deduction("abbreviation", node, text), letter, meant)


def _conditions(subject: Subject, alphabet: Alphabet) -> Iterator[Statement]:
    for relation in subject.conditions[:_MOST_CONDITIONS]:
        yield Statement(Deduction("the piece that the run was on", None, latex(relation, alphabet.latex)))


def _steps(subject: Subject, story: Story, alphabet: Alphabet) -> Iterator[Statement]:
    """Rule by rule where everything is in one formula; through its parts in one line where it is not."""
    if alphabet.letters_in(subject.whole) & alphabet.abbreviated.keys():
        yield _named("chain rule", story, story.raw, alphabet)
        return
    first, *others = steps(subject.whole, story.by)
    yield _named(first.rule, story, first.right, alphabet)
    yield from (_line(line, alphabet) for line in others)
    if others:
        yield _named("put together", story, story.raw, alphabet)


def _end(story: Story, alphabet: Alphabet) -> Iterator[Statement]:
    if story.short != story.raw:
        yield _named("simplify", story, story.short, alphabet)
    reckoning = Reckoning(alphabet.numbers, alphabet.abbreviated)
    value = reckoning.value(story.short)
    numbers = {letter: reckoning.value(letter) for letter in story.short.free_symbols}
    if math.isfinite(value) and not alphabet.weights & alphabet.letters_in(story.short):
        told = Deduction("put in the numbers", None, _with_numbers(story, numbers, value))
        yield Statement(told, story.raw, story.short)


def _with_numbers(story: Story, numbers: dict[sympy.Symbol, float], value: float) -> str:
    written = number_text(value, _DIGITS).latex
    middle = latex_with_numbers(story.short, numbers)
    first = _relation(numbers.values())
    if middle == written or len(middle) > _LONGEST_NUMBERS:
        return f"{story.name} {_relation([value])} {written}"
    return rf"{story.name} {first} {middle} {_relation([value]) if first == '=' else first} {written}"


def _relation(numbers: Iterable[float]) -> str:
    """Whether what is written down is all of it."""
    return "=" if all(float(f"{number:.{_DIGITS}g}") == number for number in numbers) else r"\approx"


def _named(rule: str, story: Story, right: sympy.Expr, alphabet: Alphabet) -> Statement:
    """A line about the derivative itself, which goes by its name."""
    return Statement(Deduction(rule, None, f"{story.name} = {latex(right, alphabet.latex)}"), story.raw, right)


def _line(line: Line, alphabet: Alphabet) -> Statement:
    sides = (latex(side, alphabet.latex) for side in (line.left, line.right))
    return Statement(Deduction(line.rule, None, " = ".join(sides)), line.left, line.right)
