"""Hand a graph to other programs: GraphML for graph editors, JSON with every number in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import networkx as nx
from networkx.readwrite.graphml import GraphMLWriter

from graphviz_utils.graph import Graph
from graphviz_utils.model import Number
from graphviz_utils.model.json_form import plain

__all__ = ["to_graphml", "to_json"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHOLE = 16
"""Tensors of up to so many elements are written out in GraphML; larger ones in statistics."""


def to_graphml(graph: Graph) -> str:
    r"""`graph` as GraphML, every fact a flat text or number; what is not known is left out.

    Values and gradients are short text, with their 2-norm beside them as a number. Nodes keep their ids; edges are
    called `e0`, `e1`, … and have `slot` (or `argument`). Characters that XML forbids become `\ufffd`.
    """
    flat = nx.MultiDiGraph(title=_xml(graph.graph["title"]), roots=_xml(" ".join(graph.graph["roots"])))
    for id_, data in graph.nodes(data=True):
        flat.add_node(_xml(id_), **_known(_node_facts(data) | _flat_readings(data.get("readings", ()))))
    for i, (source, target, key, data) in enumerate(graph.edges(keys=True, data=True)):
        facts = _edge_facts(key, data) | _flat_readings(data.get("readings", ()))
        flat.add_edge(_xml(source), _xml(target), f"e{i}", **_known(facts))
    writer = GraphMLWriter(encoding="utf-8", prettyprint=True)
    writer.add_graph_element(flat)
    return f"{writer}\n"


def to_json(graph: Graph) -> str:
    """`graph` as strict JSON in networkx's node-link form, with whole tensors as a trace's JSON form spells them.

    `networkx.node_link_graph(json.loads(text), edges="edges")` reads it back.
    """
    return msgspec.json.encode(
        {
            "directed": True,
            "multigraph": True,
            "graph": plain(graph.graph),
            "nodes": [{**_node_json(data), "id": plain(id_)} for id_, data in graph.nodes(data=True)],
            "edges": [
                {**plain({"source": source, "target": target, "key": key} | _edge_facts(key, data)), **_seen(data)}
                for source, target, key, data in graph.edges(keys=True, data=True)
            ],
        }
    ).decode()


def _node_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    node, fold = data["node"], data.get("fold")
    facts: dict[str, Any] = {"use_of": data.get("use_of")}
    if fold is not None:
        return facts | {"kind": "fold", "label": fold.label, "count": fold.count, "members": len(fold.members)}
    facts |= {name: getattr(node, name) for name in ("kind", "name", "operator", "label", "variable", "line", "module")}
    if node.outputs:
        facts["shape"] = "; ".join(str(list(meta.shape)) for meta in node.outputs)
        facts["dtype"] = "; ".join(meta.dtype for meta in node.outputs)
    return facts


def _edge_facts(key: int | str, data: Mapping[str, Any]) -> dict[str, Any]:
    edge, argument = data["edge"], data["argument"]
    return {
        "slot": edge.slot if edge is not None else None,
        "argument": None if argument is None else key if isinstance(key, str) else argument.name,
        "source_output": data["source_output"],
        "differentiable": data["differentiable"],
        "merged": data.get("merged", 1),
    }


def _flat_readings(readings: Iterable[Any]) -> dict[str, Any]:
    shown = tuple(readings)
    facts: dict[str, Any] = {}
    for side in ("value", "grad"):
        tensors = [getattr(reading, side) for reading in shown]
        if any(tensors):
            facts[side] = "; ".join(
                "not seen" if tensor is None else tensor.text(_number, _WHOLE) for tensor in tensors
            )
        if len(tensors) == 1 and tensors[0] is not None:
            facts[f"{side}_norm"] = tensors[0].stats.norm
            facts |= {"shape": str(list(tensors[0].shape)), "dtype": tensors[0].dtype}
    return facts


def _number(number: Number) -> str:
    """A number as programs read it, where a picture has signs of its own."""
    if isinstance(number, (bool, int)):
        return str(number)
    return f"{number:.6g}"


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known, and with nothing in it that XML forbids."""
    return {name: _xml(fact) if isinstance(fact, str) else fact for name, fact in facts.items() if fact is not None}


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _node_json(data: Mapping[str, Any]) -> dict[str, Any]:
    facts = plain(data["node"]) if data["node"] is not None else {}
    for name in ("use_of", "fold"):
        if data.get(name) is not None:
            facts[name] = plain(data[name])
    if data["node"] is not None and "fold" in facts:
        facts = {"representative": data["node"].id, "fold": facts["fold"]}
    return {**facts, **_seen(data)}


def _seen(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("readings", "contributions", "sums", "grad_before", "grad_after")
    return {name: plain(data[name]) for name in names if name in data}
