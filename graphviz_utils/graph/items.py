"""What a fold moves about: an operator, or a box of operators that will be drawn as one."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

import networkx as nx

from graphviz_utils.graph.building import Graph

__all__ = ["Item", "bare_items", "gathered", "operators", "sources_of", "without_indices"]


class Item(NamedTuple):
    """One operator, or several as a box; `label` is empty for an operator that stands for itself.

    Items with equal `alike` are the same operators in the same place of a module, indices aside; `None` is like no
    other. `module` leaves out what the paths of all share. `counted` is the number that the label speaks of.
    """

    members: tuple[str, ...]
    alike: Hashable
    name: str
    module: tuple[str, ...]
    line: int | None
    is_root: bool = False
    label: str = ""
    counted: int = 1


def sources_of(graph: Graph) -> frozenset[str]:
    """The ids of what nothing flows into (leaves, constants), roots excepted."""
    fed = {target for _, targets in graph.adjacency() for target in targets}
    return frozenset(id_ for id_ in graph if id_ not in fed).difference(graph.graph["roots"])


def bare_items(graph: Graph, sources: frozenset[str]) -> list[Item]:
    """Each operator as an Item, in an order in which values flow."""
    roots, above = frozenset(graph.graph["roots"]), _shared_depth(graph)
    seen: dict[Hashable, int] = {}
    items = []
    for id_ in _in_order(graph):
        if id_ in sources:
            continue
        data = graph.nodes[id_]
        node, is_root = data["node"], id_ in roots
        if node is None or "fold" in data:
            items.append(Item((id_,), None, "", (), None, is_root))
            continue
        module = tuple(node.module.split("."))[above:] if node.module else ()
        alike = seen.setdefault((node.name, node.operator, without_indices(module)), len(seen))
        items.append(Item((id_,), alike, node.label or node.name, module, node.line, is_root))
    return items


def without_indices(module: Iterable[str]) -> tuple[str, ...]:
    """`layers.3.linear` as `layers.*.linear`."""
    return tuple("*" if part.isdecimal() else part for part in module)


def gathered(run: Sequence[Item], label: str, depth: int = 0) -> Item:
    """The items of `run` as one box like no other, which counts operators; `depth` of their module path is shared."""
    members = tuple(id_ for item in run for id_ in item.members)
    return Item(members, None, "", run[0].module[:depth], None, label=label, counted=len(members))


def operators(run: Sequence[Item]) -> str:
    """How many operators `run` holds, by name if they are all alike."""
    count = sum(len(item.members) for item in run)
    names = {item.name for item in run}
    return f"× {count}  {run[0].name}" if len(names) == 1 and run[0].name else f"{count} operators"


def _shared_depth(graph: Graph) -> int:
    """How many components all module paths begin with; an only module and what an index counts keep their name."""
    paths = {node.module for _, node in graph.nodes(data="node") if node is not None and node.module}
    parts = sorted(path.split(".") for path in paths)
    if len(parts) < 2:
        return len(parts[0]) - 1 if parts else 0
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts[0], parts[-1], strict=False)))
    return shared - 1 if shared and any(path[shared:] and path[shared].isdecimal() for path in parts) else shared


def _in_order(graph: Graph) -> list[str]:
    """The order of creation, unless an edge runs against it."""
    position = {id_: i for i, id_ in enumerate(graph)}
    if all(position[source] < position[target] for source, targets in graph.adjacency() for target in targets):
        return list(graph)
    return list(nx.topological_sort(graph))
