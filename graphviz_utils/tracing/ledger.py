"""What a recording has seen so far: nodes, values and names, written down in order and never taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch.utils.weak import WeakTensorKeyDictionary

from graphviz_utils.model import NodeKind, OutputMeta, Snapshot
from graphviz_utils.tracing.entries import (
    ArgumentEntry,
    BindingEntry,
    GradFn,
    NodeEntry,
    OpEntry,
    Place,
    ValueEntry,
)
from graphviz_utils.tracing.saving import saved_tensors, slotted
from graphviz_utils.tracing.snapshots import Camera, Shot, version_of
from graphviz_utils.tracing.walking import inputs_first

__all__ = ["Ledger", "meta_of"]

DEEPEST_FREED = 5_000
"""PyTorch frees a chain that Python has touched by recursion in C++, which ends the process near 50,000 nodes."""


@dataclass(slots=True)
class Ledger:
    """Every node once, whichever way it was met first; values once per version."""

    camera: Camera
    first_sequence: int
    clock: int = 0
    epoch: int = 0
    nodes: list[NodeEntry] = field(default_factory=list)
    values: list[ValueEntry] = field(default_factory=list)
    bindings: list[BindingEntry] = field(default_factory=list)
    _by_fn: dict[GradFn, NodeEntry] = field(default_factory=dict)
    _by_tensor: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
    _grads: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
    _latest: dict[Place, tuple[int, ValueEntry]] = field(default_factory=dict)
    _owed: dict[int, OpEntry] = field(default_factory=dict)
    _claimed: set[int] = field(default_factory=set)
    _meaning: dict[tuple[str, bool], Place] = field(default_factory=dict)

    def tick(self) -> int:
        """The next moment of the run's clock."""
        self.clock += 1
        return self.clock

    # -- where tensors stand

    def place(self, tensor: torch.Tensor) -> Place | None:
        """Where `tensor` stands in the graph now; `None` for a tensor outside of it that was not met before."""
        if not tensor.requires_grad:
            known = self._by_tensor.get(tensor)
            return None if known is None or known.kind == "leaf" else (known, 0)
        fn = tensor.grad_fn
        return (self.leaf(tensor), 0) if fn is None else (self.entry(fn), tensor.output_nr)

    def known_place(self, tensor: torch.Tensor) -> Place | None:
        """Where `tensor` stands if this run has met it; nothing is written down."""
        fn = tensor.grad_fn
        known = self._by_tensor.get(tensor) if fn is None else self._by_fn.get(fn)
        return None if known is None or tensor.requires_grad is not _needs_grad(known) else (known, tensor.output_nr)

    def leaf(self, tensor: torch.Tensor) -> NodeEntry:
        """The entry of a leaf: one per tensor, however often its AccumulateGrad node is made anew."""
        known: NodeEntry | None = self._by_tensor.get(tensor)
        if known is None or known.kind != "leaf":
            known = self._met(tensor, NodeEntry("leaf", "AccumulateGrad", self.tick(), (meta_of(tensor),)))
        return known

    def loose(self, tensor: torch.Tensor, kind: NodeKind, name: str) -> NodeEntry:
        """The entry of a tensor outside of the graph: the known one, or a new one of `kind`."""
        known: NodeEntry | None = self._by_tensor.get(tensor)
        if known is None or known.kind == "leaf":
            entry = NodeEntry(kind, name, self.tick(), (meta_of(tensor),), grad_of=self._grads.get(tensor))
            known = self._met(tensor, entry)
        return known

    def note_grad(self, leaf: NodeEntry, grad: torch.Tensor | None) -> None:
        """Remember that `grad` is the `.grad` of `leaf`, should the program compute with it."""
        if grad is not None:
            self._grads[grad] = leaf

    def _met(self, tensor: torch.Tensor, entry: NodeEntry) -> NodeEntry:
        self._by_tensor[tensor] = entry
        self.nodes.append(entry)
        return entry

    # -- autograd's nodes

    def entry(self, fn: GradFn) -> NodeEntry:
        """The entry of `fn`, made now, after those of everything it depends on, if it is new."""
        known = self._by_fn.get(fn)
        return known if known is not None else self._enter(fn)

    def claim(self, fn: GradFn, op: OpEntry) -> NodeEntry:
        """The entry of `fn`, told that `op` made it."""
        if fn not in self._by_fn:
            self._owed[fn._sequence_nr()] = op
        return self.entry(fn)

    def owe(self, op: OpEntry, outputs: Sequence[Shot]) -> None:
        """Keep `op` for the node with its sequence number, should it turn up later; the first operator wins."""
        if not self.is_claimed(op.sequence):
            kept = tuple((meta_of(tensor), version_of(tensor), snapshot) for tensor, snapshot in outputs)
            self._owed.setdefault(op.sequence, replace(op, at_hand=(), outputs=kept, reads_saved=False))

    def is_claimed(self, sequence: int) -> bool:
        """Whether the node with this sequence number is known or older than the recording."""
        return sequence < self.first_sequence or sequence in self._claimed

    def _enter(self, fn: GradFn) -> NodeEntry:
        for new in inputs_first(fn, self._by_fn):
            if not new.next_functions and (variable := getattr(new, "variable", None)) is not None:
                self._by_fn[new] = entry = self.leaf(variable)
                entry.fn = new
            else:
                self._by_fn[new] = self._operator(new)
        return self._by_fn[fn]

    def _operator(self, fn: GradFn) -> NodeEntry:
        following = tuple(None if input_ is None else (self._by_fn[input_], nr) for input_, nr in fn.next_functions)
        self._claimed.add(fn._sequence_nr())
        op = self._owed.pop(fn._sequence_nr(), None)
        entry = NodeEntry(
            kind="op",
            name=fn.name().rpartition("::")[2],
            at=self.tick() if op is None else op.at,
            outputs=tuple(OutputMeta(tuple(meta.shape), _dtype(meta.dtype)) for meta in fn._input_metadata),
            fn=fn,
            next=following,
            depth=1 + max((place[0].depth for place in following if place is not None), default=0),
        )
        self.nodes.append(entry)
        if op is not None:
            self._tell(entry, op)
        if isinstance(fn, torch.autograd.function.BackwardCFunction):
            inputs = enumerate(following)
            entry.operator = None
            entry.arguments = tuple(ArgumentEntry(f"input {i}", place, slot=i) for i, place in inputs if place)
        return entry

    def _tell(self, entry: NodeEntry, op: OpEntry) -> None:
        """Write down which operator made `entry`, what it was given and what it kept."""
        entry.operator, entry.line, entry.module = op.operator, op.line, op.module
        entry.arguments = slotted(op.arguments, entry.next)
        if op.reads_saved and not self.camera.is_out_of_film:
            entry.saved = tuple(
                (name, self.camera.snapshot(tensor, op.at_hand), version_of(tensor))
                for name, tensor in saved_tensors(entry.fn)
            )
        for output, (meta, version, snapshot) in enumerate(op.outputs):
            if output < len(entry.outputs) and entry.outputs[output] == meta:
                self.note_value((entry, output), version, snapshot, op.at)

    # -- values

    def see(self, tensor: torch.Tensor, place: Place) -> Snapshot | None:
        """The snapshot of `tensor` at `place`: the one at hand if the tensor did not change since, else a new one.

        Leaves and constants are looked at again after every backward pass: a program may write into their `.data`,
        which no version counts.
        """
        epoch, latest = self._latest.get(place, (0, None))
        version = version_of(tensor)
        if latest is not None and latest.version == version and (epoch == self.epoch or place[0].kind == "op"):
            return latest.snapshot
        snapshot = self.camera.snapshot(tensor)
        self.note_value(place, version, snapshot)
        return snapshot

    def note_value(self, place: Place, version: int, snapshot: Snapshot | None, at: int | None = None) -> None:
        """Write down what `place` holds from `at` (now) on, unless that is what it held before."""
        _, latest = self._latest.get(place, (0, None))
        if latest is None or latest.version != version or latest.snapshot != snapshot:
            latest = ValueEntry(place, version, self.clock if at is None else at, snapshot)
            self.values.append(latest)
        self._latest[place] = (self.epoch, latest)

    # -- names

    def bind(self, name: str, place: Place, outer: bool) -> None:
        """Write down that `name` means `place` from now on, unless it already does."""
        if self._meaning.get((name, outer)) != place:
            self._meaning[name, outer] = place
            self.bindings.append(BindingEntry(name, place, self.clock, outer))

    # -- the end

    def release(self) -> list[GradFn]:
        """Let go of PyTorch's nodes, root side first; those that must be kept alive instead are returned."""
        fns = list(self._by_fn)
        self._by_fn.clear()
        self._owed.clear()
        deepest = max((entry.depth for entry in self.nodes), default=0)
        for entry in self.nodes:
            entry.fn = None
        while fns and deepest <= DEEPEST_FREED:
            fns.pop()
        return fns


def meta_of(tensor: torch.Tensor) -> OutputMeta:
    """Shape and dtype of `tensor`."""
    return OutputMeta(tuple(tensor.shape), _dtype(tensor.dtype))


def _dtype(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _needs_grad(entry: NodeEntry) -> bool:
    return entry.kind in ("op", "leaf")
