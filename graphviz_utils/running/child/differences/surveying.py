"""A pass of a run that was made again: its roots, its leaves in order, and what it sent to each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from graphviz_utils.running.child.differences.ending import Unrepeatable
from graphviz_utils.tracing.calls import Call
from graphviz_utils.tracing.entries import GradFn
from graphviz_utils.tracing.snapshots import unseen

__all__ = ["LeafSeen", "Survey", "contributions", "surveyed"]

_DEEP = 5_000
_KEPT_ALIVE: list[GradFn] = []
"""Nodes that Python has looked at: PyTorch frees a deep chain of them by recursion, which would end the process."""


@dataclass(frozen=True, slots=True)
class LeafSeen:
    """A leaf, what it held when the pass began, and what the pass sent it; `None`: nothing."""

    tensor: torch.Tensor
    value: torch.Tensor
    grad: torch.Tensor | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass began from, where it led, and what came of it.

    `leaves` come in the order in which a walk from the roots meets them; `rooted` tells which of them each root is, if
    it is one. `nodes` are the names of the operators' nodes, `custom` those whose backward the program wrote, and
    `sequences` tell when they were made.
    """

    roots: tuple[torch.Tensor, ...]
    seeds: tuple[torch.Tensor, ...]
    leaves: tuple[LeafSeen, ...]
    rooted: tuple[int | None, ...]
    nodes: tuple[str, ...]
    custom: tuple[str, ...]
    sequences: frozenset[int]


def surveyed(call: Call, run: Callable[[], Any]) -> Survey:
    """Run a pass by `run`, and look at what it does."""
    with unseen():
        pairs = [(root, seed) for root, seed in call.roots if isinstance(root, torch.Tensor) and root.requires_grad]
        if len(pairs) < len(call.roots):
            raise Unrepeatable("this pass begins from an edge of the graph, and not from a tensor")
        roots = tuple(root for root, _ in pairs)
        fns = _walked([_node(root) for root in roots])
        leaves: dict[int, tuple[torch.Tensor, list[GradFn]]] = {}
        for fn in fns:
            variable = getattr(fn, "variable", None) if not fn.next_functions else None
            if variable is not None:
                leaves.setdefault(id(variable), (variable, []))[1].append(fn)
        values = [variable.detach().clone() for variable, _ in leaves.values()]
        rooted = tuple(list(leaves).index(id(root)) if id(root) in leaves else None for root in roots)
        kept = tuple(root.detach().clone() for root in roots)
        seeds = tuple(torch.ones_like(root) if seed is None else seed.detach().clone() for root, seed in pairs)
    grads = _sent(call, run, list(leaves.values()))
    seen = (LeafSeen(leaf, value, grad) for (leaf, _), value, grad in zip(leaves.values(), values, grads, strict=True))
    operators = [fn for fn in fns if fn.next_functions or getattr(fn, "variable", None) is None]
    if len(fns) > _DEEP:
        _KEPT_ALIVE.extend(fns)
    return Survey(
        kept,
        seeds,
        tuple(seen),
        rooted,
        tuple(fn.name() for fn in operators),
        tuple(sorted({fn.name() for fn in operators if _is_custom(fn)})),
        frozenset(fn._sequence_nr() for fn in operators),
    )


def contributions(roots: Sequence[torch.Tensor], seeds: Sequence[torch.Tensor]) -> torch.Tensor:
    """What each element of the roots adds to the number that the pass differentiates, in double precision."""
    parts = [
        (seed.conj() * root).real if root.is_complex() else seed * root for root, seed in zip(roots, seeds, strict=True)
    ]
    return torch.cat([part.to(torch.float64).reshape(-1) for part in parts])


def _is_custom(fn: GradFn) -> bool:
    """Whether the program itself wrote the backward of `fn`, and not PyTorch in Python."""
    function = getattr(fn, "_forward_cls", None)
    return function is not None and not str(function.__module__).startswith("torch.")


def _node(root: torch.Tensor) -> GradFn:
    return torch.autograd.graph.get_gradient_edge(root).node


def _walked(fns: Sequence[GradFn]) -> list[GradFn]:
    """`fns` and all they depend on, each once, along the first edge of each node first."""
    found: dict[GradFn, None] = {}
    waiting = list(reversed(fns))
    while waiting:
        fn = waiting.pop()
        if fn not in found:
            found[fn] = None
            waiting.extend(source for source, _ in reversed(fn.next_functions) if source is not None)
    return list(found)


def _sent(
    call: Call, run: Callable[[], Any], leaves: Sequence[tuple[torch.Tensor, Sequence[GradFn]]]
) -> list[torch.Tensor | None]:
    """What the pass sends to each leaf, after all hooks: added to its `.grad`, or returned."""
    grads: list[torch.Tensor | None] = [None] * len(leaves)

    def keep(place: int, grad: torch.Tensor | None) -> None:
        if grad is not None:
            with unseen():
                dense = grad.detach() if grad.layout is torch.strided else grad.detach().to_dense()
                before = grads[place]
                grads[place] = dense.clone() if before is None else before + dense

    handles = [
        fn.register_hook(lambda _, used, place=place: keep(place, used[0]))
        for place, (_, fns) in enumerate(leaves)
        for fn in fns
    ]
    try:
        result = run()
    finally:
        for handle in handles:
            handle.remove()
    if call.returns:
        for wanted, grad in zip(call.inputs, result, strict=False):
            for place, (leaf, _) in enumerate(leaves):
                if wanted is leaf:
                    keep(place, grad)
    return grads
