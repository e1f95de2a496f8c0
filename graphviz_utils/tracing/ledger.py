"""What a recording has seen so far: nodes, values and names, written down in order and never taken back."""

from dataclasses import dataclass, field, replace
from typing import Any

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
from graphviz_utils.tracing.saving import assign_slots, saved_tensors
from graphviz_utils.tracing.snapshots import Camera, version_of
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
    _unfilled: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
    _exposed: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
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
        fn = _grad_fn(tensor)
        if fn is not None:
            return self.entry(fn), tensor.output_nr
        base = tensor._base if tensor._is_view() else None
        if base is not None and base.requires_grad:  # a view taken under no_grad: a part of its base
            return self.place(base)
        return self.leaf(tensor), 0

    def known_place(self, tensor: torch.Tensor) -> Place | None:
        """Where `tensor` stands if this run has met it; nothing is written down."""
        fn = _grad_fn(tensor)
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

    def owe(self, op: OpEntry) -> None:
        """Keep `op` for the node with its sequence number, should it turn up later; the first operator wins."""
        if not self.is_claimed(op.sequence):
            self._owed.setdefault(op.sequence, replace(op, at_hand=(), reads_saved=False))

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
            outputs=tuple(meta_of(each) for each in fn._input_metadata),
            fn=fn,
            next=following,
            depth=1 + max((place[0].depth for place in following if place is not None), default=0),
        )
        self.nodes.append(entry)
        if isinstance(fn, torch.autograd.function.BackwardCFunction):
            self._tell_custom(entry, op)
        elif op is not None and (op.at_hand or _is_named_after(entry.name, op.operator)):
            self._tell(entry, op)
        return entry

    def _tell_custom(self, entry: NodeEntry, op: OpEntry | None) -> None:
        """Write down what a custom Function was given; the operators inside of it are not its own."""
        if op is not None:
            entry.line, entry.module = op.line, op.module
        inputs = [(slot, place) for slot, place in enumerate(entry.next) if place is not None]
        entry.arguments = tuple(ArgumentEntry(f"input {slot}", place, slot=slot) for slot, place in inputs)
        for _, place in inputs:
            if place[0].kind == "leaf" and place[0].fn is not None:
                self.see(place[0].fn.variable, place)

    def _tell(self, entry: NodeEntry, op: OpEntry) -> None:
        """Write down which operator made `entry`, what it was given and what it kept."""
        entry.operator, entry.line, entry.module = op.operator, op.line, op.module
        entry.arguments = op.arguments
        assign_slots(op.arguments, entry.next)
        entry.is_readable = op.reads_saved
        if op.reads_saved and not self.camera.is_out_of_film:
            entry.saved = tuple(
                (name, self.camera.snapshot(tensor, op.at_hand), version_of(tensor))
                for name, tensor in saved_tensors(entry.fn)
            )

    # -- values

    def see(self, tensor: torch.Tensor, place: Place) -> Snapshot | None:
        """The snapshot of `tensor` at `place`: the one at hand if the tensor did not change since, else a new one.

        What a program may change without a version counter noticing is looked at anew: leaves and constants after
        every backward pass, and always a tensor whose memory it holds by another name (`.data`, NumPy). Memory that
        nobody has filled yet is not looked at.
        """
        version = version_of(tensor)
        if self._unfilled.get(tensor) == version:
            return None
        epoch, latest = self._latest.get(place, (0, None))
        is_current = epoch == self.epoch or place[0].kind == "op"
        if latest is not None and latest.version == version and is_current and tensor not in self._exposed:
            return latest.snapshot
        snapshot = self.camera.snapshot(tensor)
        self.note_value(place, version, snapshot)
        return snapshot

    def note_unfilled(self, tensor: torch.Tensor) -> None:
        """Remember that nothing was written into the memory of `tensor` yet."""
        self._unfilled[tensor] = version_of(tensor)

    def note_exposed(self, tensor: torch.Tensor) -> None:
        """Remember that the program can change `tensor` in a way that no version counter notices."""
        self._exposed[tensor] = True

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


def meta_of(tensor: Any) -> OutputMeta:
    """Shape and dtype of a tensor, or of what autograd knows of one; -1 for a size that varies (nested tensors)."""
    shape = tuple(size if isinstance(size, int) else -1 for size in tensor.shape)
    return OutputMeta(shape, str(tensor.dtype).removeprefix("torch."))


def _grad_fn(tensor: torch.Tensor) -> GradFn:
    """The node of `tensor`; None also for a view taken under no_grad whose base was written into since."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def _is_named_after(name: str, operator: str) -> bool:
    """Whether autograd's name for a node goes with an operator: `MulBackward0` with `aten.mul.Tensor`."""
    word = operator.split(".")[1].replace("_", "")
    return word in name.lower() or name.lower().partition("backward")[0] in word


def _needs_grad(entry: NodeEntry) -> bool:
    return entry.kind in ("op", "leaf")
