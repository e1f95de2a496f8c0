"""Draw many nodes as one box."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import networkx as nx

from graphviz_utils.graph.building import Graph

__all__ = ["Fold", "contracted"]


@dataclass(frozen=True, slots=True)
class Fold:
    """A box that stands for `members`, in order of creation. `count` is the number that `label` speaks of."""

    count: int
    label: str
    members: tuple[str, ...]


def contracted(graph: Graph, folds: Iterable[Fold]) -> Graph:
    """`graph` with each of `folds` as one node, where its first member stood.

    The box is called after its first and last member (`n3..n9`) and has `fold` and `node`: the only member whose output
    leaves the box, or `None`. What runs between the same two nodes, at least one of them a box, becomes one edge with
    `merged`, the number of edges it stands for; a single one keeps what it had.
    """
    boxes = {f"{fold.members[0]}..{fold.members[-1]}": fold for fold in folds}
    owner = {id_: name for name, fold in boxes.items() for id_ in fold.members}
    exits: dict[str, set[str]] = {name: set() for name in boxes}
    copy = nx.MultiDiGraph(**graph.graph)
    for id_, data in graph.nodes(data=True):
        copy.add_node(owner.get(id_, id_), **({} if id_ in owner else data))
    bundles: dict[tuple[str, str], list[tuple[int | str, dict[str, Any]]]] = {}
    for source, targets in graph.adjacency():
        new_source = owner.get(source, source)
        for target, keys in targets.items():
            new_target = owner.get(target, target)
            if new_source in boxes and new_source != new_target:
                exits[new_source].add(source)
            if new_source in boxes or new_target in boxes:
                if new_source != new_target:
                    bundles.setdefault((new_source, new_target), []).extend(keys.items())
            else:
                copy.add_edges_from((source, target, key, data) for key, data in keys.items())
    copy.add_edges_from((*ends, *_bundled(edges)) for ends, edges in bundles.items())
    for name, fold in boxes.items():
        only = graph.nodes[next(iter(exits[name]))]["node"] if len(exits[name]) == 1 else None
        copy.nodes[name].update(node=only, fold=fold)
    copy.graph["roots"] = tuple(dict.fromkeys(owner.get(root, root) for root in graph.graph["roots"]))
    return nx.freeze(copy)


def _bundled(edges: list[tuple[int | str, dict[str, Any]]]) -> tuple[int | str, dict[str, Any]]:
    if len(edges) == 1:
        return edges[0]
    differentiable = any(data["differentiable"] for _, data in edges)
    merged = sum(data.get("merged", 1) for _, data in edges)
    return 0, {
        "edge": None,
        "argument": None,
        "source_output": 0,
        "differentiable": differentiable,
        "merged": merged,
    }
