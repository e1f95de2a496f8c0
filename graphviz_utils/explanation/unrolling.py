"""A backward pass unrolled into single numbers: the steps from each element to those it was computed from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from graphviz_utils.explanation.slopes import Passage, numbers, slopes
from graphviz_utils.model import BackwardPass, Edge, NodeGrad, Snapshot, Trace

__all__ = ["Place", "Port", "Step", "Unrolled", "agree"]

_PRECISION = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float64": 2.0**-52}
_SINGLE = 2.0**-23

Port = tuple[str, int]
"""A node and one of its outputs."""


class Place(NamedTuple):
    """One element of an output of a node."""

    node: str
    output: int
    element: int


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """From `above`, an element of what the target gave, along `edge` to `below`, an element of what it took."""

    edge: Edge
    above: Place
    below: Place
    value: float


@dataclass(frozen=True)
class Unrolled:
    """What one pass of a run did to single elements; each edge is taken apart once."""

    trace: Trace
    backward: int
    _steps: dict[Edge, Mapping[int, tuple[Step, ...]] | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def of(self) -> BackwardPass:
        """The pass."""
        return self.trace.passes[self.backward]

    @cached_property
    def edges(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges along which a gradient was sent, by target, in order of slots."""
        found: dict[str, list[Edge]] = {}
        for edge in self.trace.edges:
            if self.sent.get((edge.target, edge.slot)) is not None:
                found.setdefault(edge.target, []).append(edge)
        return {target: tuple(sorted(edges, key=lambda edge: edge.slot)) for target, edges in found.items()}

    @cached_property
    def sent(self) -> Mapping[tuple[str, int], Snapshot | None]:
        """What each target sent back through each of its slots."""
        return {(row.target, row.slot): row.tensor for row in self.of.edge_grads}

    @cached_property
    def arrived(self) -> Mapping[Port, NodeGrad]:
        """What came to each output."""
        return {(row.node, row.output): row for row in self.of.node_grads}

    @cached_property
    def jacobians(self) -> Mapping[tuple[str, int], Snapshot | None]:
        """The local derivatives that were recorded, by target and slot."""
        return {(row.target, row.slot): row.tensor for row in self.of.jacobians}

    def steps(self, edge: Edge) -> Mapping[int, tuple[Step, ...]] | None:
        """The steps along an edge by the element they lead to; `None` where the local derivative is not known."""
        if edge not in self._steps:
            self._steps[edge] = self._taken_apart(edge)
        return self._steps[edge]

    def used(self, node: str) -> dict[int, Snapshot]:
        """What a node used as the gradients of its outputs, by output."""
        rows = (self.arrived.get((node, output)) for output in range(len(self.trace.node(node).outputs)))
        return {row.output: row.tensor for row in rows if row is not None and row.tensor is not None}

    def grad(self, place: Place) -> float | None:
        """What the pass sent there in all, before any hook changed it; `None` where nothing was, or was not seen."""
        row = self.arrived.get((place.node, place.output))
        found = None if row is None else row.tensor if row.sum is None else row.sum
        if row is None:
            handed = (row for row in self.of.returned if (row.node, row.output) == place[:2])
            found = next((row.tensor for row in handed), None)
        elements = numbers(found) or ()
        return elements[place.element] if place.element < len(elements) else None

    def is_changed(self, port: Port) -> bool:
        """Whether a hook changed what had arrived there."""
        row = self.arrived.get(port)
        return row is not None and row.sum is not row.tensor and _is_changed(row.sum, row.tensor)

    def _taken_apart(self, edge: Edge) -> Mapping[int, tuple[Step, ...]] | None:
        sent, key = self.sent.get((edge.target, edge.slot)), (edge.target, edge.slot)
        if sent is None:
            return {}
        target = self.trace.node(edge.target)
        found = slopes(Passage(edge, target, self.used(edge.target), sent, self.jacobians.get(key)))
        if found is None:
            return None
        steps: dict[int, list[Step]] = {}
        for output, above, element, value in found:
            places = Place(edge.target, output, above), Place(edge.source, edge.source_output, element)
            steps.setdefault(element, []).append(Step(edge, *places, value))
        return {element: tuple(rows) for element, rows in steps.items()}


def agree(one: float, other: float, size: float, dtype: str) -> bool:
    """Whether two numbers are the same but for rounding, computed out of terms whose sizes sum to `size`.

    Half of the digits must be the same: this is to find what is different, not what is imprecise.
    """
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (one != one and other != other)
    return abs(one - other) <= size * math.sqrt(_PRECISION.get(dtype, _SINGLE))


def _is_changed(before: Snapshot | None, after: Snapshot | None) -> bool:
    one, other = numbers(before), numbers(after)
    if one is None or other is None or after is None:
        return before != after
    size = max((abs(number) for number in one if math.isfinite(number)), default=0.0)
    pairs = zip(one, other, strict=False)
    return len(one) != len(other) or not all(agree(*pair, size, after.dtype) for pair in pairs)
