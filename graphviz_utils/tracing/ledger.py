"""What a recording has seen so far: nodes, values and names, written down in order and never taken back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.utils.weak import WeakTensorKeyDictionary

from graphviz_utils.model import NodeKind, OutputMeta, Snapshot
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["ArgumentEntry", "BindingEntry", "GradFn", "Ledger", "NodeEntry", "OpEntry", "Place", "ValueEntry"]

GradFn = Any
"""A node of the autograd graph; PyTorch has no public type that covers C++ and Python nodes."""


@dataclass(slots=True, eq=False)
class NodeEntry:
    """A node under construction. `fn` is None for a constant and a detached output; `next` mirrors next_functions."""

    kind: NodeKind
    name: str
    at: int
    outputs: tuple[OutputMeta, ...]
    fn: GradFn = None
    next: tuple["Place | None", ...] = ()
    depth: int = 0
    operator: str | None = None
    arguments: tuple["ArgumentEntry", ...] = ()
    line: int | None = None
    module: torch.nn.Module | None = None
    saved: tuple[tuple[str, Snapshot | None, int | None], ...] = ()
    variable: str | None = None
    grad_of: "NodeEntry | None" = None


Place = tuple[NodeEntry, int]
"""An output of a node."""


@dataclass(slots=True)
class ArgumentEntry:
    """One argument of an operator: a place, or a literal where `place` is None."""

    name: str
    place: Place | None
    literal: Any = None
    takes_slot: bool = False
    slot: int | None = None


@dataclass(slots=True)
class OpEntry:
    """One operator as it ran, waiting to be told which autograd node it made.

    `at_hand` are the tensors it took and gave with their snapshots, for as long as they are sure to be alive;
    `outputs` outlive them.
    """

    operator: str
    at: int
    sequence: int
    arguments: tuple[ArgumentEntry, ...]
    outputs: tuple[tuple[OutputMeta, int, Snapshot | None], ...]
    line: int | None
    module: torch.nn.Module | None
    at_hand: tuple[tuple[torch.Tensor, Snapshot | None], ...] = ()
    reads_saved: bool = True


@dataclass(slots=True)
class ValueEntry:
    """What a place held from a moment on."""

    place: Place
    version: int
    at: int
    snapshot: Snapshot | None


@dataclass(slots=True)
class BindingEntry:
    """What a name meant from a moment on; `outer` tells the program's own names from those inside a function."""

    name: str
    place: Place
    at: int
    outer: bool


@dataclass(slots=True)
class Ledger:
    """Every node once, whichever way it was met first; values once per version."""

    camera: Camera
    clock: int = 0
    epoch: int = 0
    nodes: list[NodeEntry] = field(default_factory=list)
    values: list[ValueEntry] = field(default_factory=list)
    bindings: list[BindingEntry] = field(default_factory=list)
    _by_fn: dict[GradFn, NodeEntry] = field(default_factory=dict)
    _by_tensor: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
    _grads: WeakTensorKeyDictionary = field(default_factory=WeakTensorKeyDictionary)
    _latest: dict[tuple[NodeEntry, int], tuple[int, int, ValueEntry]] = field(default_factory=dict)
    _unclaimed: dict[int, OpEntry] = field(default_factory=dict)
    _claimed: set[int] = field(default_factory=set)
    _meaning: dict[tuple[str, bool], Place] = field(default_factory=dict)

    def tick(self) -> int:
        """The next moment of the run's clock."""
        self.clock += 1
        return self.clock

    # -- nodes

    def entry(self, fn: GradFn) -> NodeEntry:
        """The entry of `fn`, made now, after those of everything it depends on, if it is new."""
        known = self._by_fn.get(fn)
        return known if known is not None else self._enter(fn)

    def is_known(self, fn: GradFn) -> bool:
        """Whether `fn` has an entry."""
        return fn in self._by_fn

    def leaf(self, tensor: torch.Tensor) -> NodeEntry:
        """The entry of a leaf: one per tensor, however often its AccumulateGrad node is made anew."""
        known: NodeEntry | None = self._by_tensor.get(tensor)
        if known is None or known.kind != "leaf":
            known = NodeEntry("leaf", "AccumulateGrad", self.tick(), (_meta(tensor),))
            self._by_tensor[tensor] = known
            self.nodes.append(known)
        return known

    def loose(self, tensor: torch.Tensor, kind: NodeKind, name: str) -> NodeEntry:
        """The entry of a tensor outside of the graph: the known one, or a new one of `kind`."""
        known: NodeEntry | None = self._by_tensor.get(tensor)
        if known is None or known.kind == "leaf":
            known = NodeEntry(kind, name, self.tick(), (_meta(tensor),), grad_of=self._grads.get(tensor))
            self._by_tensor[tensor] = known
            self.nodes.append(known)
        return known

    def note_grad(self, leaf: NodeEntry, grad: torch.Tensor | None) -> None:
        """Remember that `grad` is the `.grad` of `leaf`, should the program compute with it."""
        if grad is not None:
            self._grads[grad] = leaf

    def place(self, tensor: torch.Tensor) -> Place | None:
        """Where `tensor` stands in the graph now; `None` for a tensor outside of it that was not met before."""
        if not tensor.requires_grad:
            known = self._by_tensor.get(tensor)
            return None if known is None or known.kind == "leaf" else (known, 0)
        fn = tensor.grad_fn
        return (self.leaf(tensor), 0) if fn is None else (self.entry(fn), tensor.output_nr)

    def owe(self, op: OpEntry) -> None:
        """Keep `op` for the node with its sequence number, should it turn up later; the first operator wins."""
        if op.sequence not in self._claimed:
            self._unclaimed.setdefault(op.sequence, replace(op, at_hand=(), reads_saved=False))

    def claim(self, fn: GradFn, op: OpEntry) -> NodeEntry:
        """The entry of `fn`, told that `op` made it."""
        if fn in self._by_fn:
            return self._by_fn[fn]
        self._unclaimed[fn._sequence_nr()] = op
        return self._enter(fn)

    def _enter(self, fn: GradFn) -> NodeEntry:
        for new in _unknown(fn, self._by_fn):
            if (variable := getattr(new, "variable", None)) is not None and new.name().endswith("AccumulateGrad"):
                self._by_fn[new] = leaf = self.leaf(variable)
                leaf.fn = new
            else:
                self._by_fn[new] = self._operator(new)
        return self._by_fn[fn]

    def _operator(self, fn: GradFn) -> NodeEntry:
        following = tuple(
            None if source is None else (self._by_fn[source], output) for source, output in fn.next_functions
        )
        outputs = tuple(OutputMeta(tuple(meta.shape), _dtype(meta.dtype)) for meta in fn._input_metadata)
        depth = 1 + max((place[0].depth for place in following if place is not None), default=0)
        name = fn.name().rpartition("::")[2]
        is_custom = isinstance(fn, torch.autograd.function.BackwardCFunction)
        sequence = fn._sequence_nr()
        self._claimed.add(sequence)
        op = self._unclaimed.pop(sequence, None)
        entry = NodeEntry("op", name, self.tick() if op is None else op.at, outputs, fn, following, depth)
        if is_custom:
            entry.arguments = tuple(
                ArgumentEntry(f"input {slot}", place, slot=slot) for slot, place in enumerate(following) if place
            )
        if op is not None:
            entry.line, entry.module = op.line, op.module
        if op is not None and not is_custom:
            entry.operator = op.operator
            entry.arguments = _slotted(op.arguments, following)
        if op is not None and op.reads_saved:
            entry.saved = tuple(self._saved(fn, op.at_hand))
        self.nodes.append(entry)
        if op is not None and not op.at_hand:
            for output, (meta, version, snapshot) in enumerate(op.outputs):
                if output < len(outputs) and outputs[output] == meta:
                    self.note_value((entry, output), version, snapshot, op.at)
        return entry

    def _saved(
        self, fn: GradFn, known: tuple[tuple[torch.Tensor, Snapshot | None], ...]
    ) -> Iterator[tuple[str, Snapshot | None, int | None]]:
        """The tensors `fn` keeps, read at once: later they may be freed or overwritten."""
        for name in _saved_names(type(fn)):
            try:
                tensors = getattr(fn, name)
            except RuntimeError:
                continue
            label = name.removeprefix("_saved_")
            several = isinstance(tensors, (tuple, list))
            for i, tensor in enumerate(tensors if several else (tensors,)):
                if isinstance(tensor, torch.Tensor):
                    snapshot = next((shot for like, shot in known if _is_same_view(tensor, like)), None)
                    yield (
                        f"{label}[{i}]" if several else label,
                        snapshot or self.camera.snapshot(tensor),
                        version_of(tensor),
                    )

    def known_fns(self) -> Iterable[GradFn]:
        """All nodes PyTorch knows, inputs first."""
        return self._by_fn.keys()

    # -- values

    def see(self, tensor: torch.Tensor, place: Place) -> Snapshot | None:
        """The snapshot of `tensor` at `place`: the one at hand if the tensor did not change since, else a new one."""
        latest = self._latest.get(place)
        version = version_of(tensor)
        is_loose = place[0].fn is None or place[0].kind == "leaf"
        if latest is not None and latest[0] == version and (latest[1] == self.epoch or not is_loose):
            return latest[2].snapshot
        snapshot = self.camera.snapshot(tensor)
        self.note_value(place, version, snapshot)
        return snapshot

    def note_value(self, place: Place, version: int, snapshot: Snapshot | None, at: int | None = None) -> None:
        """Write down what `place` holds from `at` (now) on, unless that is what it held before."""
        latest = self._latest.get(place)
        if latest is not None and latest[0] == version and latest[2].snapshot == snapshot:
            self._latest[place] = (version, self.epoch, latest[2])
            return
        value = ValueEntry(place, version, self.clock if at is None else at, snapshot)
        self.values.append(value)
        self._latest[place] = (version, self.epoch, value)

    # -- names

    def bind(self, name: str, place: Place, outer: bool) -> None:
        """Write down that `name` means `place` from now on, unless it already does."""
        if self._meaning.get((name, outer)) != place:
            self._meaning[name, outer] = place
            self.bindings.append(BindingEntry(name, place, self.clock, outer))

    # -- the end

    def release(self) -> list[GradFn]:
        """Let go of PyTorch's nodes, root side first; the list of those that must be kept alive instead.

        PyTorch frees a chain that Python has touched recursively. One deeper than the C stack bears would end the
        process, so the nodes of such a graph are handed back.
        """
        fns = list(self._by_fn)
        self._by_fn.clear()
        self._unclaimed.clear()
        deepest = max((entry.depth for entry in self.nodes), default=0)
        for entry in self.nodes:
            entry.fn = None
        if deepest > 5_000:
            return fns
        while fns:
            fns.pop()
        return fns


def version_of(tensor: torch.Tensor) -> int:
    """The version counter of a tensor's storage; 0 for inference tensors, which keep none."""
    return 0 if tensor.is_inference() else tensor._version


def _unknown(fn: GradFn, known: dict[GradFn, NodeEntry]) -> list[GradFn]:
    """`fn` and all it depends on that is not `known`, inputs before their consumers, in order of creation."""
    found = {fn: None}
    waiting = [fn]
    while waiting:
        for source, _ in waiting.pop().next_functions:
            if source is not None and source not in known and source not in found:
                found[source] = None
                waiting.append(source)
    if len(found) == 1:
        return [fn]
    return _inputs_first(found)


def _inputs_first(found: dict[GradFn, None]) -> list[GradFn]:
    """Sequence numbers order nodes but for leaves, which have none and come right before their first consumer."""
    is_leaf = {fn: not fn.next_functions and hasattr(fn, "variable") for fn in found}
    order: dict[GradFn, None] = {}
    for fn in sorted((fn for fn in found if not is_leaf[fn]), key=lambda fn: int(fn._sequence_nr())):
        for source, _ in fn.next_functions:
            if source in found and is_leaf[source]:
                order[source] = None
        order[fn] = None
    for fn in found:
        order.setdefault(fn)
    return list(order)


def _slotted(arguments: tuple[ArgumentEntry, ...], following: tuple[Place | None, ...]) -> tuple[ArgumentEntry, ...]:
    """The arguments, each tensor with the slot it has among next_functions.

    Slots follow the order of the tensors that can have a gradient, so one pass from left to right finds them: a tensor
    with a place in the graph takes the next slot that leads there, one without takes the next empty slot.
    """
    slots = iter(range(len(following)))
    slot = next(slots, None)
    for argument in arguments:
        if not argument.takes_slot or slot is None:
            continue
        in_graph = argument.place is not None and argument.place[0].kind in ("op", "leaf")
        if following[slot] == (argument.place if in_graph else None):
            argument.slot = slot
            slot = next(slots, None)
    return arguments


_SAVED_NAMES: dict[type, tuple[str, ...]] = {}


def _saved_names(kind: type) -> tuple[str, ...]:
    """The names of what nodes of this type save; asked once per type, `dir` is slow."""
    if kind not in _SAVED_NAMES:
        _SAVED_NAMES[kind] = tuple(name for name in dir(kind) if name.startswith("_saved_"))
    return _SAVED_NAMES[kind]


def _is_same_view(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two live tensors show the same memory the same way."""
    try:
        return (
            one.data_ptr() == other.data_ptr()
            and one.shape == other.shape
            and one.stride() == other.stride()
            and one.dtype == other.dtype
        )
    except RuntimeError:  # no storage: sparse or wrapped tensors
        return one is other


def _dtype(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _meta(tensor: torch.Tensor) -> OutputMeta:
    return OutputMeta(tuple(tensor.shape), _dtype(tensor.dtype))
