"""Draw a shared leaf beside each of its uses, because a layout with hundreds of edges from one node never ends."""

import networkx as nx

from graphviz_utils.graph.building import Graph

__all__ = ["leaves_per_use"]


def leaves_per_use(graph: Graph, least: int = 2) -> Graph:
    """Every leaf and constant with `least` uses or more, once per use.

    The copy of `n0` for slot 1 of `n5` is called `n0@n5.1`, stands just before `n5` and has `use_of` = `"n0"`.
    """
    shared = {
        id_
        for id_, node in graph.nodes(data="node")
        if node is not None and node.kind in ("leaf", "constant") and graph.out_degree(id_) >= least
    }
    shared.difference_update(graph.graph["roots"])
    copy = nx.MultiDiGraph(**graph.graph)
    uses: dict[str, list[tuple[str, int | str]]] = {}
    for source, targets in graph.adjacency():
        for target in targets if source in shared else ():
            uses.setdefault(target, []).extend((source, key) for key in targets[target])
    for id_, data in graph.nodes(data=True):
        for source, key in sorted(uses.get(id_, ()), key=_slots_first):
            copy.add_node(f"{source}@{id_}.{key}", **graph.nodes[source], use_of=source)
        if id_ not in shared:
            copy.add_node(id_, **data)
    for source, target, key, data in graph.edges(keys=True, data=True):
        copy.add_edge(f"{source}@{target}.{key}" if source in shared else source, target, key, **data)
    return nx.freeze(copy)


def _slots_first(use: tuple[str, int | str]) -> tuple[bool, int, str]:
    key = use[1]
    return isinstance(key, str), key if isinstance(key, int) else 0, str(key)
