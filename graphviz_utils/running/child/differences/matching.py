"""Which leaf of one run is which of another: in the trace, in the same program again, and in double precision."""

from collections.abc import Sequence

import torch

from graphviz_utils.model import BackwardPass, Trace
from graphviz_utils.running.child.differences.ending import Unrepeatable
from graphviz_utils.running.child.differences.surveying import LeafSeen, Survey

__all__ = ["leaves_met", "paired"]

_ALIKE = 0.01


def leaves_met(trace: Trace, pass_: BackwardPass) -> list[str]:
    """The ids of the leaves behind a pass, in the order in which a walk along the first edges first meets them."""
    sources: dict[str, list[tuple[int, str]]] = {}
    for edge in trace.edges:
        sources.setdefault(edge.target, []).append((edge.slot, edge.source))
    found: dict[str, None] = {}
    waiting = [root.node for root in reversed(pass_.roots)]
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found[id_] = None
            waiting.extend(source for _, source in sorted(sources.get(id_, ()), reverse=True))
    return [id_ for id_ in found if trace.node(id_).kind == "leaf"]


def paired(own: Survey, wide: Survey) -> Sequence[int]:
    """For each leaf of `own` its number among those of `wide`.

    In another type PyTorch may have other kernels, and with them another graph: then the values tell leaves apart.

    Raises:
        Unrepeatable: there are not as many leaves, or not of these shapes.
    """
    shapes = [[tuple(leaf.value.shape) for leaf in survey.leaves] for survey in (own, wide)]
    if sorted(shapes[0]) != sorted(shapes[1]):
        raise Unrepeatable("in double precision this pass has other leaves")
    everyone = range(len(own.leaves))
    if shapes[0] == shapes[1] and all(_is_alike(own.leaves[i], wide.leaves[i]) for i in everyone):
        return everyone
    taken: dict[int, int] = {}
    for i in everyone:
        free = [j for j in everyone if j not in taken.values() and shapes[0][i] == shapes[1][j]]
        taken[i] = min(free, key=lambda j: _distance(own.leaves[i], wide.leaves[j]))
    return [taken[i] for i in everyone]


def _is_alike(one: LeafSeen, other: LeafSeen) -> bool:
    size = float(torch.linalg.vector_norm(one.value.to(torch.complex128)))
    return _apart(one.value, other.value) <= _ALIKE * size


def _distance(one: LeafSeen, other: LeafSeen) -> float:
    if (one.grad is None) is not (other.grad is None):
        return float("inf")
    sent = 0.0 if one.grad is None or other.grad is None else _apart(one.grad, other.grad)
    return _apart(one.value, other.value) + sent


def _apart(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.linalg.vector_norm((one.to(torch.complex128) - other.to(torch.complex128)).nan_to_num()))
