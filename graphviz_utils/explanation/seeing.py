"""What was seen of one backward pass by a moment, by what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from graphviz_utils.model import BackwardPass, Edge, Moment, Snapshot, Trace

__all__ = ["Seen"]

_Tensors = Mapping[tuple[str, int], Snapshot | None]


@dataclass(frozen=True)
class Seen:
    """The run as a moment shows it; each table is made once, when somebody first asks for it."""

    trace: Trace
    at: int
    backward: int | None

    @classmethod
    def of(cls, trace: Trace, moment: Moment) -> Self:
        """What `moment` shows of a run."""
        return cls(trace, *trace.moment(moment))

    def into(self, id_: str) -> Sequence[Edge]:
        """The edges into a node, in order of slots."""
        return sorted(self._incoming.get(id_, ()), key=lambda edge: edge.slot)

    def received(self, id_: str, outputs: int) -> Mapping[int, Snapshot | None]:
        """What a node used as the gradients of its `outputs`; none before it fired."""
        if self._is_waiting(id_):
            return {}
        return {i: self._used[id_, i] for i in range(outputs) if (id_, i) in self._used}

    def total(self, id_: str, output: int = 0) -> Snapshot | None:
        """What had arrived at an output, before any hook."""
        return None if self._is_waiting(id_) else self._sums.get((id_, output))

    def sent(self, edge: Edge) -> Snapshot | None:
        """What went back along an edge."""
        return None if self._is_waiting(edge.target) else self._sent.get((edge.target, edge.slot))

    def jacobian(self, edge: Edge) -> Snapshot | None:
        """The local derivative along an edge, where it was recorded."""
        return self._jacobians.get((edge.target, edge.slot))

    def contributions(self, id_: str) -> tuple[list[Snapshot | None], list[Snapshot]]:
        """What came to a node: its seeds, and what was sent along its edges, in the order of firing."""
        roots = self._pass.roots if self._pass is not None and self._pass.at <= self.at else ()
        edges = sorted(self._outgoing.get(id_, ()), key=lambda edge: (self._order.get(edge.target, -1), edge.slot))
        sent = [tensor for edge in edges if (tensor := self.sent(edge)) is not None]
        return [root.seed for root in roots if root.node == id_], sent

    @cached_property
    def _pass(self) -> BackwardPass | None:
        return None if self.backward is None else self.trace.passes[self.backward]

    @cached_property
    def _incoming(self) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.trace.edges:
            found.setdefault(edge.target, []).append(edge)
        return found

    @cached_property
    def _outgoing(self) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.trace.edges:
            found.setdefault(edge.source, []).append(edge)
        return found

    @cached_property
    def _used(self) -> _Tensors:
        return {(row.node, row.output): row.tensor for row in self._pass.node_grads} if self._pass else {}

    @cached_property
    def _sums(self) -> _Tensors:
        if self._pass is None:
            return {}
        rows = {(row.node, row.output): row.tensor for row in self._pass.returned}
        return rows | {(row.node, row.output): row.sum for row in self._pass.node_grads}

    @cached_property
    def _sent(self) -> _Tensors:
        return {(row.target, row.slot): row.tensor for row in self._pass.edge_grads} if self._pass else {}

    @cached_property
    def _jacobians(self) -> _Tensors:
        return {(row.target, row.slot): row.tensor for row in self._pass.jacobians} if self._pass else {}

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {id_: place for place, id_ in enumerate(self._pass.order)} if self._pass else {}

    @cached_property
    def _is_over(self) -> bool:
        return self._pass is not None and (self._pass.ended is None or self._pass.ended <= self.at)

    def _is_waiting(self, id_: str) -> bool:
        """Whether a node has not handed on anything yet; one that the engine never fires waits for the end."""
        if self._pass is None or self._is_over:
            return False
        place = self._order.get(id_)
        times = self._pass.fired_at
        return place is None or place >= len(times) or times[place] > self.at
