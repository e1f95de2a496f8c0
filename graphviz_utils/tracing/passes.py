"""One backward pass, written down as it goes: what each node received, and what it sent along each of its edges."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from graphviz_utils.model import Snapshot
from graphviz_utils.tracing.arrivals import Arrival, Held, sum_of
from graphviz_utils.tracing.calls import Call
from graphviz_utils.tracing.entries import GradFn, NodeEntry, Place
from graphviz_utils.tracing.jacobians import Differentiator
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.snapshots import Shot, unseen

__all__ = ["PassEntry", "PassWriter"]


@dataclass(slots=True)
class PassEntry:
    """One call of the engine, under construction."""

    call: str
    line: int | None
    at: int
    parent: int | None
    roots: list[tuple[Place, Snapshot | None]] = field(default_factory=list)
    order: list[tuple[NodeEntry, int]] = field(default_factory=list)
    edge_grads: list[tuple[NodeEntry, int, Snapshot | None]] = field(default_factory=list)
    node_grads: list[tuple[Place, Snapshot | None, Snapshot | None]] = field(default_factory=list)
    returned: list[tuple[Place, Snapshot | None]] = field(default_factory=list)
    leaves: list[tuple[NodeEntry, Snapshot | None, Snapshot | None]] = field(default_factory=list)
    jacobians: list[tuple[NodeEntry, int, Snapshot]] = field(default_factory=list)
    ended: int | None = None


class PassWriter:
    """Fills a PassEntry. `hooked` are the places whose gradients a tensor hook may change."""

    def __init__(self, entry: PassEntry, ledger: Ledger, hooked: set[Place], differentiator: Differentiator) -> None:
        self.entry = entry
        self._differentiator = differentiator
        self._ledger = ledger
        self._camera = ledger.camera
        self._hooked = hooked
        self._arrivals: dict[Place, list[Arrival]] = {}
        self._before: list[tuple[NodeEntry, torch.Tensor, Snapshot | None]] = []
        self._after: dict[NodeEntry, Held] = {}

    def begin(self, roots: Sequence[tuple[Place, Any, torch.Tensor | None]], fns: Sequence[GradFn]) -> None:
        """Note the seeds, and every leaf that the pass may reach with its `.grad` now."""
        for place, root, seed in roots:
            tensor = _ones_like(root) if seed is None else seed
            snapshot = self._camera.snapshot(tensor)
            self.entry.roots.append((place, snapshot))
            if tensor is not None:
                self._send(place, tensor, snapshot)
        for fn in fns:
            entry = self._ledger.entry(fn)
            if entry.kind == "leaf":
                leaf = fn.variable
                if leaf._backward_hooks:
                    self._hooked.add((entry, 0))
                self._before.append((entry, leaf, self._camera.snapshot(leaf.grad)))

    def fire(self, node: NodeEntry, grad_inputs: Sequence[Any], grad_outputs: Sequence[Any]) -> None:
        """Note what `node` received and what it sends, in PyTorch's names: by slot, and by output."""
        self.entry.order.append((node, self._ledger.tick()))
        used: list[Shot] = []
        for output, grad in enumerate(grad_outputs):
            arrivals = self._arrivals.pop((node, output), [])
            if grad is not None:
                used.append((grad, self._receive((node, output), arrivals, grad)))
            elif arrivals:
                self._receive((node, output), arrivals, None)
        for place, (slot, grad) in zip(node.next, enumerate(grad_inputs), strict=False):
            if place is not None:
                snapshot = self._camera.snapshot(grad, used)
                if grad is None or snapshot is not None:  # a gradient that could not be looked at was not seen
                    self.entry.edge_grads.append((node, slot, snapshot))
                if grad is not None:
                    self._send(place, grad, snapshot)
        if len(grad_outputs) == 1 and grad_outputs[0] is not None:
            wanted = [grad if place is not None else None for place, grad in zip(node.next, grad_inputs, strict=False)]
            found = self._differentiator.jacobians(node, grad_outputs[0], wanted)
            self.entry.jacobians += [(node, slot, matrix) for slot, matrix in found]
        if node.kind == "leaf" and (grad := node.fn.variable.grad) is not None:
            self._after[node] = Held.of(grad, self._camera.snapshot(grad, used))

    def end(self, call: Call, result: Any, places: Sequence[Place | None]) -> None:
        """Note what the pass left behind: every leaf's `.grad`, or what was returned for `places`."""
        for leaf, tensor, _ in self._before:
            self._ledger.note_grad(leaf, tensor.grad)
        if not call.returns:
            self.entry.leaves = [(leaf, old, self._grad_after(leaf, tensor.grad)) for leaf, tensor, old in self._before]
        elif isinstance(result, tuple):
            for place, tensor in zip(places, result, strict=False):
                if place is not None:
                    self._return(place, tensor)

    def _send(self, place: Place, grad: torch.Tensor, snapshot: Snapshot | None) -> None:
        arrival = Arrival.of(grad, snapshot, place in self._hooked)
        self._arrivals.setdefault(place, []).append(arrival)

    def _receive(self, place: Place, arrivals: list[Arrival], used: torch.Tensor | None) -> Snapshot | None:
        """Note the sum that arrived at `place` and what the node used of it; the latter's snapshot."""
        is_single = used is not None and len(arrivals) == 1 and place not in self._hooked
        if used is not None and is_single and arrivals[0].held.is_unchanged(used):
            snapshot = total = arrivals[0].held.snapshot
        else:
            snapshot = self._camera.snapshot(used)
            total = sum_of(arrivals, snapshot, self._camera)
        self.entry.node_grads.append((place, snapshot if total == snapshot else total, snapshot))
        return snapshot

    def _return(self, place: Place, tensor: torch.Tensor | None) -> None:
        snapshot = self._camera.snapshot(tensor)
        self.entry.returned.append((place, snapshot))
        if arrivals := self._arrivals.pop(place, []):  # the engine hands this gradient out and fires no node
            self.entry.node_grads.append((place, sum_of(arrivals, snapshot, self._camera), snapshot))

    def _grad_after(self, leaf: NodeEntry, grad: torch.Tensor | None) -> Snapshot | None:
        held = self._after.get(leaf)
        if grad is not None and held is not None and held.is_unchanged(grad):
            return held.snapshot
        return self._camera.snapshot(grad)


def _ones_like(root: Any) -> torch.Tensor | None:
    """The seed gradient that PyTorch takes when the program gives none."""
    if not isinstance(root, torch.Tensor):
        return None
    with unseen():
        return torch.ones_like(root, memory_format=torch.preserve_format)
