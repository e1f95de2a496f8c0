"""Write one moment of a run onto its graph: the values that had come and the gradients that had gone back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from graphviz_utils.graph import Graph
from graphviz_utils.model import LAST, BackwardPass, LeafGrad, Moment, Node, Reading, Snapshot, Trace

__all__ = ["annotate"]


def annotate(graph: Graph, trace: Trace, moment: Moment = LAST) -> Graph:
    """A copy of `graph` with what `moment` shows on every node and edge; `None` is not seen, never zero.

    A node gets `readings`, one Reading per output, and `contributions`: the gradients that had arrived, in the order
    the engine sent them, a root's seed first. `None` among them is one that was sent but not seen; an undefined
    gradient adds nothing and is left out. `sums` has, per output, what the contributions added up to before hooks
    changed it. A leaf also gets `grad_before` and `grad_after`, its `.grad` around the pass.
    An edge gets `readings` of length 1: the value as the target took it, and the gradient sent back along this edge.
    """
    at, backward = trace.moment(moment)
    seen = _Seen.of(trace.passes[backward], at) if backward is not None else _NOTHING
    arrived = _arrivals(trace, seen)
    copy = nx.MultiDiGraph(**graph.graph)
    copy.add_nodes_from(
        (id_, data | _node_record(trace, data["node"], arrived, at, seen)) for id_, data in graph.nodes(data=True)
    )
    consumers = dict(graph.nodes(data="node"))
    copy.add_edges_from(
        (source, target, key, data | {"readings": (_edge_reading(trace, data, consumers[target], at, seen),)})
        for source, targets in graph.adjacency()
        for target, keys in targets.items()
        for key, data in keys.items()
    )
    return nx.freeze(copy)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows of one pass that had happened by a moment, by what they are about."""

    fired: tuple[str, ...]
    finished: frozenset[str]
    seeds: Mapping[str, tuple[Snapshot | None, ...]]
    edges: Mapping[tuple[str, int], Snapshot | None]
    nodes: Mapping[tuple[str, int], Snapshot | None]
    sums: Mapping[tuple[str, int], Snapshot | None]
    leaves: Mapping[str, LeafGrad]

    @classmethod
    def of(cls, pass_: BackwardPass, at: int) -> "_Seen":
        """What of `pass_` had happened at `at`. A node that the engine did not fire counts as done when it is over."""
        if pass_.at > at:
            return _NOTHING
        ended = pass_.ended if pass_.ended is not None else max(pass_.fired_at, default=pass_.at)
        times = pass_.fired_at or (ended,) * len(pass_.order)
        fired = tuple(id_ for id_, time in zip(pass_.order, times, strict=True) if time <= at)
        over = ended <= at
        waiting = set() if over else set(pass_.order).difference(fired)
        about = {row.node for rows in (pass_.node_grads, pass_.returned, pass_.leaves) for row in rows} if over else ()
        finished = frozenset(fired).union(about) - waiting
        seeds: dict[str, tuple[Snapshot | None, ...]] = {}
        for root in pass_.roots:
            seeds[root.node] = (*seeds.get(root.node, ()), root.seed)
        nodes = {(row.node, row.output): row.tensor for row in pass_.returned}
        nodes.update(((row.node, row.output), row.tensor) for row in pass_.node_grads)
        sums = {(row.node, row.output): row.sum for row in pass_.node_grads}
        edges = {(row.target, row.slot): row.tensor for row in pass_.edge_grads}
        return cls(fired, finished, seeds, edges, nodes, sums, {row.node: row for row in pass_.leaves})


_NOTHING = _Seen((), frozenset(), {}, {}, {}, {}, {})


def _arrivals(trace: Trace, seen: _Seen) -> Mapping[str, tuple[Snapshot | None, ...]]:
    """What came to each node: its seeds, then what the fired nodes sent back, in the order they fired."""
    arrived: dict[str, list[Snapshot | None]] = {id_: list(seeds) for id_, seeds in seen.seeds.items()}
    slots: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in seen.fired}
    for edge in trace.edges:
        if edge.target in slots:
            slots[edge.target].append((edge.slot, edge.source))
    for id_ in seen.fired:
        for slot, source in sorted(slots[id_]):
            sent = seen.edges.get((id_, slot))
            if sent is not None or (id_, slot) not in seen.edges:
                arrived.setdefault(source, []).append(sent)
    return {id_: tuple(grads) for id_, grads in arrived.items()}


def _node_record(
    trace: Trace, node: Node | None, arrived: Mapping[str, tuple[Snapshot | None, ...]], at: int, seen: _Seen
) -> dict[str, Any]:
    if node is None:
        return {"readings": (), "contributions": (), "sums": ()}
    id_ = node.id
    grads, sums = (seen.nodes, seen.sums) if id_ in seen.finished else ({}, {})
    readings = tuple([Reading(trace.value(id_, i, at), grads.get((id_, i))) for i in range(len(node.outputs))])
    record: dict[str, Any] = {"readings": readings, "contributions": arrived.get(id_, ())}
    record["sums"] = tuple([sums.get((id_, i)) for i in range(len(node.outputs))])
    if node.kind == "leaf":
        row = seen.leaves.get(id_)
        record["grad_before"] = row.before if row else None
        record["grad_after"] = row.after if row and id_ in seen.finished else None
    return record


def _edge_reading(trace: Trace, data: Mapping[str, Any], consumer: Node | None, at: int, seen: _Seen) -> Reading:
    """One value and one gradient; neither for an edge that stands for several."""
    edge, argument = data["edge"], data["argument"]
    if edge is not None:
        grad = seen.edges.get((edge.target, edge.slot)) if edge.target in seen.finished else None
        return Reading(_carried(trace, edge.source, edge.source_output, consumer, at), grad)
    if argument is not None:
        return Reading(_carried(trace, argument.node, argument.output, consumer, at), None)
    return Reading(None, None)


def _carried(trace: Trace, source: str, output: int, consumer: Node | None, at: int) -> Snapshot | None:
    """The value as the consumer took it: a tensor changed in place afterwards still shows what was used."""
    taken = None if consumer is None or consumer.at >= at else trace.value(source, output, consumer.at)
    return trace.value(source, output, at) if taken is None else taken
