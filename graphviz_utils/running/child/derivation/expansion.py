"""The recorded graph of a pass written out: what its nodes computed, as expressions of what it began with."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import sympy

from graphviz_utils.model import Argument, Node, Root
from graphviz_utils.running.child.derivation.alphabet import Alphabet
from graphviz_utils.running.child.derivation.branches import Branches
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.flow import Flow
from graphviz_utils.running.child.derivation.formulas import outputs
from graphviz_utils.running.child.derivation.inputs import Inputs, plain
from graphviz_utils.running.child.derivation.obstacles import MOST_OPERATORS, ObstacleError, named
from graphviz_utils.running.child.derivation.patches import patched
from graphviz_utils.running.child.derivation.precision import Precision
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.simplification import length
from graphviz_utils.running.child.derivation.sizes import Sizes
from graphviz_utils.running.child.derivation.wholes import symbolic_words

__all__ = ["Expansion"]

_ROUNDINGS = 16
_OF_FUNCTIONS = 1e-7
"""PyTorch does not compute every special function to the last digit."""
_WORTH_A_NAME = 5


class Expansion:
    """`whole` is what the pass differentiated: the roots, weighed by the gradients that it began with, added up.

    What a node without a formula computed is a letter, and `obstacles` says why. So is what would be too long to read,
    with the expression that it abbreviates in `parts`, in the order of the run.
    """

    def __init__(self, flow: Flow, alphabet: Alphabet, budget: Budget) -> None:
        self.parts: dict[sympy.Symbol, sympy.Expr] = {}
        self.obstacles: dict[str, str] = {}
        self.inputs = Inputs(flow.trace, alphabet)
        self._flow = flow
        self._alphabet = alphabet
        self._run = Reckoning(alphabet.numbers, alphabet.abbreviated)
        self.branches = Branches(self._run, alphabet)
        self._words = symbolic_words(self.branches)
        self._sizes = Sizes()
        self._arrays: dict[tuple[str, int], Any] = {}
        self._roots = {(root.node, root.output) for root in flow.pass_.roots}
        if len(flow.nodes) > MOST_OPERATORS:
            raise ObstacleError(f"{len(flow.nodes):,} nodes took part, and up to {MOST_OPERATORS} are written out")
        self.precision = Precision.coarsest(meta.dtype for node in flow.nodes for meta in node.outputs)
        for node in flow.nodes:
            budget.check()
            if node.kind == "op":
                self._enter(node)
        self.whole = sympy.Add(*[self._weighed(root) for root in flow.pass_.roots])

    def blocked(self, leaf: str) -> str | None:
        """Why nothing can be said about `leaf`: a node without a formula that it went through."""
        return next((reason for id_, reason in self.obstacles.items() if leaf in self._flow.above({id_})), None)

    def named(self) -> Mapping[sympy.Expr, sympy.Symbol]:
        """Letters for what the program's variables held when the pass began, by the formulas that they abbreviate."""
        found: dict[sympy.Expr, sympy.Symbol] = {}
        for node, output in self._held_by_variables():
            array = self._arrays.get((node.id, output))
            if array is None or self._alphabet.is_taken(self._alphabet.name(node, output)):
                continue
            if any(length(expression) >= _WORTH_A_NAME for expression in array.flat):
                letters = self._alphabet.parts(node, output, array).letters
                found |= {
                    expression: letter
                    for expression, letter in zip(array.flat, letters.flat, strict=True)
                    if length(expression) >= _WORTH_A_NAME
                }
        return found

    def _held_by_variables(self) -> Iterator[tuple[Node, int]]:
        last = {row.name: row for row in self._flow.trace.bindings if row.at <= self._flow.pass_.at}
        for binding in last.values():
            node = self._flow.trace.node(binding.node)
            if node.kind == "op" and node.variable == binding.name:
                yield node, binding.output

    def is_as_it_was(self, root: Root) -> bool:
        """Whether a root is one number with the weight 1."""
        return root.seed is not None and root.seed.numel == 1 and plain(root.seed).item() == 1

    def _weighed(self, root: Root) -> sympy.Expr:
        node = self._flow.trace.node(root.node)
        array = self._array(node, root.output, self._flow.pass_.at)
        if root.seed is None:
            raise ObstacleError(f"the gradient that {named(node)} began with was not seen")
        seed = plain(root.seed)
        return sympy.Add(*[weight * each for weight, each in zip(seed.flat, array.flat, strict=True)])

    def _enter(self, node: Node) -> None:
        """Write down what `node` computed."""
        self.branches.begin(node.id)
        try:
            if any(meta.dtype.startswith("complex") for meta in node.outputs):
                raise ObstacleError(f"{named(node)} is complex, and formulas are written out for real numbers only")
            arrays = self._computed(node)
            for output, array in enumerate(arrays):
                self._arrays[node.id, output] = self._checked(node, output, array)
        except ObstacleError as obstacle:
            self.obstacles[node.id] = str(obstacle)
            with suppress(ObstacleError):
                for output in range(len(node.outputs)):
                    self._arrays[node.id, output] = self.inputs.value(node, output, node.at)

    def _computed(self, node: Node) -> list[Any]:
        def given(argument: Argument) -> Any:
            return self._given(node, argument)

        if node.name != "CopySlices":
            if self._flow.overlooked(node):
                raise ObstacleError(f"{named(node)} takes something that its call does not tell")
            return outputs(self._flow.trace, node, given, self._words)
        edge = self._flow.changed(node)
        if edge is None:
            raise ObstacleError(f"{named(node)} was changed in place, and what it was is not known")
        source = self._flow.trace.node(edge.source)
        base = edge.source, self._array(source, edge.source_output, node.at)
        return [patched(self._flow.trace, node, base, given, self._words)]

    def _given(self, node: Node, argument: Argument) -> Any:
        """What stands for an argument that is a tensor: what it was computed as, if a gradient can go there."""
        assert isinstance(argument.node, str)
        assert isinstance(argument.output, int)
        source = self._flow.trace.node(argument.node)
        edge = self._flow.edge(node, argument)
        if edge is None:
            return self.inputs.constant(source, argument.output, node.at)
        if (edge.source, edge.source_output) != (argument.node, argument.output):
            raise ObstacleError(f"{named(node)} does not take what its graph says")
        return self._array(source, argument.output, node.at)

    def _array(self, node: Node, output: int, at: int) -> Any:
        if node.kind == "leaf":
            return self.inputs.leaf(node, at)
        if (node.id, output) not in self._arrays:
            raise ObstacleError(self.obstacles.get(node.id, f"output {output} of {named(node)} has no formula here"))
        return self._arrays[node.id, output]

    def _checked(self, node: Node, output: int, array: Any) -> Any:
        """`array`, if it comes to the numbers that the run had; parts that are long get a letter."""
        held = self._flow.trace.value(node.id, output, node.at)
        if held is None or held.data is None:
            return self._shortened(node, output, array)
        for expression, number in zip(array.flat, held.elements(), strict=True):
            self._check(node, expression, float(number))  # type: ignore[arg-type]
        short = self._shortened(node, output, array)
        for expression, number in zip(short.flat, held.elements(), strict=True):
            if not expression.is_Atom or expression in self.parts:
                self._run.tell(expression, float(number))  # type: ignore[arg-type]
        return short

    def _check(self, node: Node, expression: sympy.Expr, number: float) -> None:
        if expression.has(sympy.nan, sympy.zoo):
            raise ObstacleError(f"the formula of {named(node)} has no value here")
        reckoned = self._run.settled(expression)
        off = abs(reckoned.value - number)
        allowed = _ROUNDINGS * self.precision.epsilon * (reckoned.error + abs(number)) + self.precision.smallest
        allowed += _OF_FUNCTIONS * abs(number)
        if off <= allowed or reckoned.value == number or not (math.isfinite(number) and math.isfinite(allowed)):
            return
        raise ObstacleError(f"the formula of {named(node)} comes to another number than the run had")

    def _shortened(self, node: Node, output: int, array: Any) -> Any:
        is_too_large = (
            self._sizes.is_too_large_for_a_root if (node.id, output) in self._roots else self._sizes.is_too_large
        )
        if not any(map(is_too_large, array.flat)):
            return array
        letters = self._alphabet.parts(node, output, array).letters
        self.parts |= dict(zip(letters.flat, array.flat, strict=True))
        return letters
