"""Turn a Trace into a graph whose edges run as values flow."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import networkx as nx

from graphviz_utils.graph.roots import roots_of
from graphviz_utils.model import Node, Trace, TraceError

__all__ = ["Graph", "build_graph"]

Graph: TypeAlias = nx.MultiDiGraph


def build_graph(trace: Trace) -> Graph:
    """The whole run as a frozen MultiDiGraph, nodes in order of creation.

    A node's key is its id and it has `node`, the model's Node. An edge's key is its slot, or the argument's name where
    autograd keeps no edge (a constant, indices, what enters a detached tensor). It has `edge` (the model's Edge, `None`
    for such an argument), `argument` (the model's Argument of such an argument, else `None`), `source_output` and
    `differentiable`. The graph has `title` and `roots`.

    Raises:
        TraceError: a value flows into itself, which no recorded run does.
    """
    graph = nx.MultiDiGraph(title=trace.title, roots=roots_of(trace))
    graph.add_nodes_from((node.id, {"node": node}) for node in trace.nodes)
    graph.add_edges_from(_edges(trace))
    if len(graph) != len(trace.nodes):
        raise TraceError("an edge of this run names a node that it does not have; record the run again")
    _check_acyclic(graph)
    return nx.freeze(graph)


def _edges(trace: Trace) -> Iterator[tuple[str, str, int | str, dict[str, Any]]]:
    taken = set()
    for edge in trace.edges:
        taken.add((edge.target, edge.slot))
        yield (
            edge.source,
            edge.target,
            edge.slot,
            {"edge": edge, "argument": None, "source_output": edge.source_output, "differentiable": True},
        )
    for node in trace.nodes:
        if node.arguments:
            yield from _argument_edges(node, taken)


def _argument_edges(node: Node, taken: set[tuple[str, int]]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """The values that reach `node` without an edge of autograd's; equal names get a number behind them."""
    used: dict[str, int] = {}
    for argument in node.arguments:
        if not isinstance(argument.node, str):
            continue
        if argument.slot is not None and (node.id, argument.slot) in taken:
            continue
        count = used[argument.name] = used.get(argument.name, 0) + 1
        key = argument.name if count == 1 else f"{argument.name}#{count}"
        output = argument.output if isinstance(argument.output, int) else 0
        yield (
            argument.node,
            node.id,
            key,
            {"edge": None, "argument": argument, "source_output": output, "differentiable": False},
        )


def _check_acyclic(graph: Graph) -> None:
    """Edges that all run from an earlier to a later node need no search."""
    position = {id_: i for i, id_ in enumerate(graph)}
    if any(position[source] >= position[target] for source, targets in graph.adjacency() for target in targets):
        try:
            nx.find_cycle(graph)
        except nx.NetworkXNoCycle:
            return
        raise TraceError("the edges of this run form a circle, but values only flow forward; record the run again")
