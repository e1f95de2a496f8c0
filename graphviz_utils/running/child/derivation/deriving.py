"""From one pass of a run to a check for each of its leaves."""

from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from graphviz_utils.model import Check, Proof
from graphviz_utils.rules.names import latex_name
from graphviz_utils.running.child.derivation.abbreviating import Abbreviations
from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor
from graphviz_utils.running.child.derivation.branches import Branches
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.deducing import Statement, Story, Subject, Telling
from graphviz_utils.running.child.derivation.differentiation import Differentiation
from graphviz_utils.running.child.derivation.expansion import Expansion
from graphviz_utils.running.child.derivation.explaining import derivative_name
from graphviz_utils.running.child.derivation.flow import Flow
from graphviz_utils.running.child.derivation.judging import Element, judged
from graphviz_utils.running.child.derivation.kinks import Kinks
from graphviz_utils.running.child.derivation.obstacles import ObstacleError
from graphviz_utils.running.child.derivation.printing import latex
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.showing import Form, Shower
from graphviz_utils.running.child.derivation.simplification import simplified

__all__ = ["PassDerivation"]

_LONGEST_CONDITION = 80
_MOST_CONDITIONS = 2
_TECHNICAL = 20
_NO_TIME_TO_SHOW = "no time was left to write the closed form down"


class PassDerivation:
    """The closed forms of one pass. `budget` is the time that there is for making them short.

    Raises:
        ObstacleError: nothing can be said about any leaf of it.
    """

    def __init__(self, flow: Flow, budget: Budget) -> None:
        self.alphabet = Alphabet(flow.trace)
        self._budget = budget
        self._expansion = Expansion(flow, self.alphabet, budget)
        self._differentiation = Differentiation(self._expansion.whole, self._expansion.parts, self.alphabet, budget)
        self._kinks = Kinks(self._expansion.branches.meetings, self._expansion.parts, self.alphabet, budget)
        self._reckoning = Reckoning(self.alphabet.numbers, self.alphabet.abbreviated)
        self._subject = _subject(flow, self._expansion)
        self._abbreviations = Abbreviations(self.alphabet, self._expansion.named())
        self._known: dict[str, tuple[Tensor, Any]] = {}
        self._short: dict[sympy.Expr, sympy.Expr] = {}

    def check(self, row: Proof) -> Check:
        """The closed form of a leaf, held against what autograd sent.

        Raises:
            ObstacleError: there is none.
            LateError: none was found in time.
        """
        leaf, slopes = self.slopes(row.node)
        if row.autograd is None or row.autograd.data is None or row.autograd.shape != leaf.shape:
            raise ObstacleError(f"what autograd sent to {row.name} is not known")
        sent = map(float, row.autograd.elements())  # type: ignore[arg-type]
        elements = [
            Element(number, self._reckoning.settled(slope), self._kinks.sides(slope, letter))
            for number, slope, letter in zip(sent, slopes.flat, leaf.letters.flat, strict=True)
        ]
        check = judged(row.autograd, elements, self._expansion.precision)
        if not elements:
            return check
        if self._budget.is_spent:
            return replace(check, note="; ".join(filter(None, (check.note, _NO_TIME_TO_SHOW))))
        self._abbreviations.begin()
        form = self._form(leaf, slopes)
        told = tuple(statement.told for statement in self.statements(row.node))
        note = "; ".join(filter(None, (check.note, form.note)))
        return replace(check, note=note, latex=form.latex, deductions=told)

    def statements(self, leaf: str) -> tuple[Statement, ...]:
        """The derivation for the first element of `leaf` on which anything depends."""
        tensor, slopes = self.slopes(leaf)
        indices = list(np.ndindex(*tensor.shape))
        index = next((index for index in indices if slopes[index] != 0), indices[0])
        letter, raw = tensor.letters[index], slopes[index]
        name = derivative_name(self._subject.name, self.alphabet.latex[letter])
        is_one = len(self._expansion.inputs.leaves[leaf]) == 1
        story = Story(letter if is_one else None, name, raw, self._shortened(raw))
        return Telling(self._subject, story, self.alphabet, self._abbreviations).statements()

    def slopes(self, leaf: str) -> tuple[Tensor, Any]:
        """A leaf, and the derivatives by its elements; where it was changed between its uses, by all that it was."""
        if leaf not in self._known:
            reason = self._expansion.blocked(leaf)
            tensors = self._expansion.inputs.leaves.get(leaf, [])
            if reason is not None or not tensors:
                raise ObstacleError(reason or "it is not among what was differentiated")
            slopes = np.empty(tensors[0].shape, dtype=object)
            for index in np.ndindex(*tensors[0].shape):
                slopes[index] = sympy.Add(*[self._differentiation.by(tensor.letters[index]) for tensor in tensors])
            self._known[leaf] = tensors[0], slopes
        return self._known[leaf]

    def _form(self, leaf: Tensor, slopes: Any) -> Form:
        """The closed form as it is shown, with the conditions on which it holds where they are few."""
        form = Shower(self._subject.name, self.alphabet, self._abbreviations, self._shortened).form(leaf, slopes)
        conditions = [latex(relation, self.alphabet.latex) for relation in self._subject.conditions]
        is_brief = 0 < len(conditions) <= _MOST_CONDITIONS and max(map(len, conditions)) <= _LONGEST_CONDITION
        if form.latex is None or not is_brief:
            return form
        return replace(form, latex=rf"{form.latex} \quad \text{{for }} {', '.join(conditions)}")

    def _shortened(self, expression: sympy.Expr) -> sympy.Expr:
        if expression not in self._short:
            self._short[expression] = simplified(expression, self._budget)
        return self._short[expression]


def _subject(flow: Flow, expansion: Expansion) -> Subject:
    """What the pass differentiated: by its name if it is one number of the program, else L."""
    roots = flow.pass_.roots
    node = flow.trace.node(roots[0].node) if len(roots) == 1 else None
    is_named = node is not None and node.variable is not None and expansion.is_as_it_was(roots[0])
    name = r"\mathcal{L}" if "L" in flow.trace.names else "L"
    if is_named and node is not None:
        name = latex_name(node.variable or "")
    return Subject(
        expansion.whole,
        name,
        None if node is None else node.id,
        _telling(expansion.branches),
    )


def _telling(branches: Branches) -> tuple[sympy.Basic, ...]:
    """Conditions of mathematics: none between pieces that may be weighed in any way, no limits against overflow."""
    weights = {meeting.weight for meeting in branches.meetings}
    free = (relation for relation in branches.conditions if not relation.free_symbols & weights)
    return tuple(relation for relation in free if not any(map(_is_technical, relation.args)))


def _is_technical(side: sympy.Expr) -> bool:
    return bool(side.is_number and abs(side) >= _TECHNICAL)
