"""What happens in a step, in one sentence: for the line under the picture and for those who cannot see it."""

from collections.abc import Sequence
from typing import Any

from graphviz_utils.dot import number_text
from graphviz_utils.graph import Graph
from graphviz_utils.model import Node, Reading, Snapshot

__all__ = ["named", "said_backward", "said_forward"]

_WHOLE = 6
_UNSEEN = "a value that was not seen"


def named(data: dict[str, Any]) -> str:
    """What a drawn node is called: by the program's name, by what it does, or by how many it stands for."""
    node: Node | None = data.get("node")
    fold = data.get("fold")
    if fold is not None:
        return str(fold.label)
    return "a node" if node is None else node.variable or node.label or node.name


def said_forward(graph: Graph, id_: str, digits: int) -> str:
    """What a node took and gave."""
    data = graph.nodes[id_]
    taken = [
        _told(graph.nodes[source], (edge.get("readings") or (Reading(None, None),))[0].value, digits)
        for source, _, edge in graph.in_edges(id_, data=True)
    ]
    readings: Sequence[Reading] = data.get("readings") or ()
    given = _number(readings[0].value, digits) if readings else ""
    node: Node | None = data.get("node")
    name = f"{node.variable} = " if node is not None and node.variable else ""
    sign = (node.label or node.name) if node is not None and data.get("fold") is None else named(data)
    takes = f" takes {_listed(taken)}" if taken else " is computed"
    gives = f" and gives {name}{given}" if given else ""
    return f"{sign}{takes}{gives}."


def said_backward(graph: Graph, id_: str, seeds: Sequence[Snapshot | None], digits: int) -> str:
    """What a node received and sent; for a leaf, what it collected."""
    data = graph.nodes[id_]
    readings: Sequence[Reading] = data.get("readings") or ()
    received = _number(readings[0].grad, digits, "a gradient that was not seen") if len(readings) == 1 else "gradients"
    sent = [
        f"{_number(edge['readings'][0].grad, digits, 'nothing')} to {named(graph.nodes[source])}"
        for source, _, edge in graph.in_edges(id_, data=True)
        if edge.get("differentiable", True) and edge.get("readings") and not edge.get("merged")
    ]
    terms = [
        *(_number(seed, digits) for seed in seeds),
        *(
            _number(edge["readings"][0].grad, digits)
            for _, _, edge in graph.out_edges(id_, data=True)
            if edge.get("readings") and edge["readings"][0].grad is not None
        ),
    ]
    is_sum = len(terms) > 1 and len(readings) == 1 and readings[0].grad is not None and readings[0].grad.shape == ()
    total = f"{' + '.join(terms).replace('+ −', '− ')} = {received}" if is_sum else received
    begins = "starts with the seed gradient" if seeds and len(terms) == 1 else "receives"
    name = named(data)
    node: Node | None = data.get("node")
    if node is not None and node.kind == "leaf":
        return f"{name} collects {total}."
    return f"{name} {begins} {total}{f' and sends {_listed(sent)}' if sent else ''}."


def _told(data: dict[str, Any], value: Snapshot | None, digits: int) -> str:
    node: Node | None = data.get("node")
    name = node.variable if node is not None and data.get("fold") is None else None
    number = _number(value, digits, "")
    return " = ".join(part for part in (name, number) if part) or "a tensor"


def _number(tensor: Snapshot | None, digits: int, unseen: str = _UNSEEN) -> str:
    """A number, a short vector, or the shape of anything larger."""
    if tensor is None:
        return unseen
    if tensor.data is not None and tensor.numel <= _WHOLE:
        return tensor.text(lambda number: number_text(number, digits), _WHOLE)
    return f"a tensor of shape {tuple(tensor.shape)}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
