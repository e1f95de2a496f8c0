"""The part of a recorded graph that one pass could go through."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush

from graphviz_utils.model import Argument, BackwardPass, Edge, Node, Trace

__all__ = ["Flow", "edges_by_target"]

EdgesByTarget = Mapping[str, tuple[Edge, ...]]


def edges_by_target(trace: Trace) -> EdgesByTarget:
    """The edges of a run by the node they enter."""
    found: dict[str, list[Edge]] = {}
    for edge in trace.edges:
        found.setdefault(edge.target, []).append(edge)
    return {target: tuple(edges) for target, edges in found.items()}


@dataclass(frozen=True)
class Flow:
    """What the roots of `pass_` were computed from, along the edges that a gradient can take."""

    trace: Trace
    pass_: BackwardPass
    into: EdgesByTarget

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes that the roots depend on: what a node was computed from comes before it, else what is older."""
        wanted = self._wanted()
        sources = {id_: {edge.source for edge in self.into.get(id_, ())} for id_ in wanted}
        targets: dict[str, list[str]] = {}
        for id_ in wanted:
            for source in sources[id_]:
                targets.setdefault(source, []).append(id_)
        ready = [int(id_[1:]) for id_ in wanted if not sources[id_]]
        heapify(ready)
        ordered = []
        while ready:
            id_ = f"n{heappop(ready)}"
            ordered.append(self.trace.node(id_))
            for target in targets.get(id_, ()):
                sources[target].discard(id_)
                if not sources[target]:
                    heappush(ready, int(target[1:]))
        return tuple(ordered)

    def edge(self, target: Node, argument: Argument) -> Edge | None:
        """By which edge a gradient can go from `target` to an argument of it; `None` where none can.

        An argument without a slot may have one all the same, which no other argument claims.
        """
        edges = self.into.get(target.id, ())
        if argument.slot is not None:
            return next((edge for edge in edges if edge.slot == argument.slot), None)
        claimed = {other.slot for other in target.arguments}
        place = argument.node, argument.output
        loose = (edge for edge in edges if edge.slot not in claimed)
        return next((edge for edge in loose if (edge.source, edge.source_output) == place), None)

    def changed(self, target: Node) -> Edge | None:
        """Where `target`, which changed a part of a tensor in place, has that tensor from."""
        return next((edge for edge in self.into.get(target.id, ()) if edge.slot == 0), None)

    def overlooked(self, target: Node) -> bool:
        """Whether a gradient can go from `target` to something that is no argument of it."""
        told = {edge.slot for argument in target.arguments if (edge := self.edge(target, argument)) is not None}
        return any(edge.slot not in told for edge in self.into.get(target.id, ()))

    def above(self, nodes: set[str]) -> set[str]:
        """The nodes that `nodes` were computed from, and these themselves."""
        found: set[str] = set()
        stack = list(nodes)
        while stack:
            id_ = stack.pop()
            if id_ not in found:
                found.add(id_)
                stack += [edge.source for edge in self.into.get(id_, ())]
        return found

    def _wanted(self) -> set[str]:
        return self.above({root.node for root in self.pass_.roots})
