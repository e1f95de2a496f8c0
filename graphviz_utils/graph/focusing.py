"""Leave out what the reader did not ask for."""

from collections.abc import Callable, Iterable

import networkx as nx

from graphviz_utils.graph.building import Graph
from graphviz_utils.model import TraceError

__all__ = ["focused", "without_constants"]


def focused(graph: Graph, roots: Iterable[str]) -> Graph:
    """The roots and all that flows into them, in the old order; the whole graph if there are no roots."""
    kept_roots = tuple(roots)
    for root in kept_roots:
        if root not in graph:
            raise TraceError(f"{root!r} is not a node of this graph, so nothing leads to it; take roots from roots_of")
    if not kept_roots:
        return graph
    reached, waiting = set(kept_roots), list(kept_roots)
    while waiting:
        for source in graph.predecessors(waiting.pop()):
            if source not in reached:
                reached.add(source)
                waiting.append(source)
    if len(reached) == len(graph) and graph.graph["roots"] == kept_roots:
        return graph
    copy = _restricted(graph, reached.__contains__)
    copy.graph["roots"] = kept_roots
    return nx.freeze(copy)


def without_constants(graph: Graph) -> Graph:
    """Without the tensors that need no gradient and were not computed; roots stay."""
    roots = graph.graph["roots"]
    kinds = {id_: node.kind if node is not None else "op" for id_, node in graph.nodes(data="node")}
    return nx.freeze(_restricted(graph, lambda id_: kinds[id_] != "constant" or id_ in roots))


def _restricted(graph: Graph, kept: Callable[[str], bool]) -> Graph:
    copy = nx.MultiDiGraph(**graph.graph)
    copy.add_nodes_from((id_, data) for id_, data in graph.nodes(data=True) if kept(id_))
    copy.add_edges_from(
        (source, target, key, data)
        for source, targets in graph.adjacency()
        if kept(source)
        for target, keys in targets.items()
        if kept(target)
        for key, data in keys.items()
    )
    return copy
