"""From one pass of a run to a check for each of its leaves."""

from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from graphviz_utils.model import Check, Proof
from graphviz_utils.rules.names import latex_name
from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.deducing import Statement, Story, Subject, statements
from graphviz_utils.running.child.derivation.differentiation import Differentiation
from graphviz_utils.running.child.derivation.expansion import Expansion
from graphviz_utils.running.child.derivation.flow import Flow
from graphviz_utils.running.child.derivation.judging import Element, judged
from graphviz_utils.running.child.derivation.kinks import Kinks
from graphviz_utils.running.child.derivation.obstacles import ObstacleError
from graphviz_utils.running.child.derivation.printing import latex
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.showing import Shown, derivative_name, shown
from graphviz_utils.running.child.derivation.simplification import simplified

__all__ = ["PassDerivation"]

_LONGEST_CONDITION = 80
_MOST_CONDITIONS = 2


class PassDerivation:
    """The closed forms of one pass. `budget` is the time that there is for making them short.

    Raises:
        ObstacleError: nothing can be said about any leaf of it.
    """

    def __init__(self, flow: Flow, budget: Budget) -> None:
        self.alphabet = Alphabet()
        self._budget = budget
        self._expansion = Expansion(flow, self.alphabet)
        self._slopes = Differentiation(self._expansion.whole, self._expansion.parts, self.alphabet)
        self._kinks = Kinks(self._expansion.branches.meetings, self._expansion.parts, self.alphabet)
        self._reckoning = Reckoning(self.alphabet.numbers, self.alphabet.abbreviated)
        self._subject = _subject(flow, self._expansion)
        self._short: dict[sympy.Expr, sympy.Expr] = {}

    def check(self, row: Proof) -> Check:
        """The closed form of a leaf, held against what autograd sent.

        Raises:
            ObstacleError: there is none.
        """
        reason = self._expansion.blocked(row.node)
        tensors = self._expansion.inputs.leaves.get(row.node)
        if reason is not None:
            raise ObstacleError(reason)
        if (
            tensors is None
            or row.autograd is None
            or row.autograd.shape != tensors[0].shape
            or row.autograd.data is None
        ):
            raise ObstacleError(f"{row.name} is not among what was differentiated")
        slopes = self._by(tensors)
        sent = map(float, row.autograd.elements())  # type: ignore[arg-type]
        elements = [
            Element(number, self._reckoning.at(slope), self._kinks.sides(slope, letter))
            for number, slope, letter in zip(sent, slopes.flat, tensors[0].letters.flat, strict=True)
        ]
        check = judged(row.autograd, elements, self._expansion.precision)
        if check.verdict == "open":
            return check
        form = self._shown(tensors[0], slopes)
        told = tuple(statement.told for statement in self.statements(row.node))
        note = "; ".join(filter(None, (check.note, form.note)))
        return replace(check, note=note, latex=form.latex, deductions=told)

    def statements(self, leaf: str) -> tuple[Statement, ...]:
        """The derivation for the first element of `leaf` on which anything depends."""
        tensors = self._expansion.inputs.leaves[leaf]
        slopes = self._by(tensors)
        index = next((index for index in np.ndindex(*tensors[0].shape) if slopes[index] != 0), None)
        if index is None:
            index = next(np.ndindex(*tensors[0].shape))
        letter, raw = tensors[0].letters[index], slopes[index]
        name = derivative_name(self._subject.name, self.alphabet.latex[letter])
        return statements(self._subject, Story(letter, name, raw, self._shortened(raw)), self.alphabet)

    def _by(self, tensors: list[Tensor]) -> Any:
        """The derivatives by the elements of a leaf; where it was changed between its uses, by all that it was."""
        slopes = np.empty(tensors[0].shape, dtype=object)
        for index in np.ndindex(*tensors[0].shape):
            slopes[index] = sympy.Add(*[self._slopes.by(tensor.letters[index]) for tensor in tensors])
        return slopes

    def _shown(self, leaf: Tensor, slopes: Any) -> Shown:
        form = shown(self._subject.name, leaf, slopes, self.alphabet, self._shortened)
        conditions = [latex(relation, self.alphabet.latex) for relation in self._subject.conditions]
        if (
            form.latex is None
            or not 0 < len(conditions) <= _MOST_CONDITIONS
            or max(map(len, conditions)) > _LONGEST_CONDITION
        ):
            return form
        return replace(form, latex=rf"{form.latex} \quad \text{{where }} {', '.join(conditions)}")

    def _shortened(self, expression: sympy.Expr) -> sympy.Expr:
        if expression not in self._short:
            self._short[expression] = simplified(expression, self._budget)
        return self._short[expression]


def _subject(flow: Flow, expansion: Expansion) -> Subject:
    """What the pass differentiated: by its name if it is one number of the program, else L."""
    roots = flow.pass_.roots
    node = flow.trace.node(roots[0].node) if len(roots) == 1 else None
    name = None
    if node is not None and node.variable and expansion.is_as_it_was(roots[0]):
        name = latex_name(node.variable)
    if name is None:
        name = r"\mathcal{L}" if "L" in flow.trace.names else "L"
    return Subject(expansion.whole, name, None if node is None else node.id, expansion.branches.conditions)
