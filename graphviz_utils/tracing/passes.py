"""Every call of the autograd engine: hooks lie on all nodes while it runs, and only then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from inspect import Signature, signature
from typing import Any, NamedTuple

import torch
from torch.overrides import TorchFunctionMode

from graphviz_utils.model import Snapshot
from graphviz_utils.tracing.entries import GradFn, NodeEntry, Place
from graphviz_utils.tracing.ledger import Ledger, version_of
from graphviz_utils.tracing.operators import OperatorMode
from graphviz_utils.tracing.snapshots import KEPT_ELEMENTS, Shot, unseen
from graphviz_utils.tracing.stage import Stage
from graphviz_utils.tracing.walking import reachable

__all__ = ["BackwardMode", "PassEntry"]


class Held(NamedTuple):
    """How to know a tensor again without keeping it alive: its memory, its version, and its snapshot then."""

    memory: int
    version: int
    snapshot: Snapshot | None

    def is_unchanged(self, tensor: torch.Tensor) -> bool:
        """Whether `tensor`, alive all the time, is the one that was held, and nobody wrote into it."""
        return self.memory == _memory(tensor) and self.version == version_of(tensor)


class Arrival(NamedTuple):
    """A gradient on its way to a node, with the tensor itself if it is small enough to be added up again."""

    held: Held
    tensor: torch.Tensor | None


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
    ended: int | None = None
    arrivals: dict[Place, list[Arrival]] = field(default_factory=dict)
    after: dict[NodeEntry, Held] = field(default_factory=dict)


class Call(NamedTuple):
    """What a program asked of the engine, whichever of the three ways it asked."""

    name: str
    roots: tuple[Any, ...]
    seeds: tuple[torch.Tensor | None, ...]
    inputs: tuple[Any, ...]
    returns: bool


class BackwardMode(TorchFunctionMode):
    """Sees `Tensor.backward`, `torch.autograd.backward` and `torch.autograd.grad`, nested ones too."""

    def __init__(self, ledger: Ledger, stage: Stage, operators: OperatorMode) -> None:
        super().__init__()
        self.passes: list[PassEntry] = []
        self._ledger = ledger
        self._stage = stage
        self._operators = operators
        self._running: list[int] = []
        self._hooked: set[Place] = set()

    def __torch_function__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if self._stage.is_open:
            if func in _CALLS:
                return self._run(func, args, kwargs)
            if func is torch.Tensor.register_hook:
                self._note_hook(args[0])
        return func(*args, **kwargs)

    def _note_hook(self, tensor: Any) -> None:
        if isinstance(tensor, torch.Tensor) and tensor.requires_grad:
            self._operators.settle()
            place = self._ledger.place(tensor)
            if place is not None:
                self._hooked.add(place)

    def _run(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the engine with a hook on every node it may fire."""
        try:
            call = _call(func, args, kwargs)
            self._operators.settle()
            pass_, fns = self._opened(call)
        except Exception:  # noqa: BLE001  # the program's own mistake (no grad_fn, wrong arguments): PyTorch says so
            return func(*args, **kwargs)
        handles = [handle for fn in fns for handle in self._hooks(fn, len(self.passes) - 1)]
        self._running.append(len(self.passes) - 1)
        self._stage.engine_depth += 1
        before = self._leaf_grads(fns)
        result: Any = None
        try:
            result = func(*args, **kwargs)
            return result
        finally:
            for handle in handles:
                handle.remove()
            self._stage.engine_depth -= 1
            self._running.pop()
            self._operators.settle()
            self._close(pass_, call, result, before)

    def _opened(self, call: Call) -> tuple[PassEntry, list[GradFn]]:
        ledger = self._ledger
        ends = [end for end in map(self._end, call.roots) if end is not None]
        fns = reachable([fn for _, fn in ends if fn is not None])
        for fn in fns:
            ledger.entry(fn)
        parent = self._running[-1] if self._running else None
        pass_ = PassEntry(call.name, self._stage.locate().line, ledger.tick(), parent)
        for (place, _), root, seed in zip(ends, call.roots, call.seeds, strict=False):
            tensor = _ones_like(root) if seed is None else seed
            snapshot = ledger.camera.snapshot(tensor)
            pass_.roots.append((place, snapshot))
            if tensor is not None:
                _arrive(pass_, place, tensor, snapshot)
        self.passes.append(pass_)
        return pass_, fns

    def _end(self, root: Any) -> tuple[Place, GradFn] | None:
        """The place of a tensor or GradientEdge, and its node."""
        if isinstance(root, torch.autograd.graph.GradientEdge):
            return (self._ledger.entry(root.node), root.output_nr), root.node
        if not isinstance(root, torch.Tensor) or not root.requires_grad:
            return None
        with torch._C.DisableTorchFunction():
            place = self._ledger.place(root)
            fn = root.grad_fn
        if place is None:
            return None
        if fn is not None:
            self._ledger.see(root, place)
        return place, fn

    def _hooks(self, fn: GradFn, index: int) -> Iterator[Any]:
        def fired(grad_inputs: Sequence[Any], grad_outputs: Sequence[Any]) -> None:
            if self._stage.is_open and self._running and self._running[-1] == index:
                self._fired(self.passes[index], self._ledger.entry(fn), grad_inputs, grad_outputs)

        yield fn.register_hook(fired)
        if isinstance(fn, torch.autograd.function.BackwardCFunction):
            # A custom backward may call the engine itself. This mode is off while it handles the outer call, so it is
            # entered again for exactly as long as the node runs; the engine restores the stack should the node raise.
            yield fn.register_prehook(self._enter_again)
            yield fn.register_hook(self._leave_again)

    def _enter_again(self, _grad_outputs: object) -> None:
        self.__enter__()

    def _leave_again(self, _grad_inputs: object, _grad_outputs: object) -> None:
        self.__exit__(None, None, None)

    def _fired(
        self, pass_: PassEntry, entry: NodeEntry, grad_inputs: Sequence[Any], grad_outputs: Sequence[Any]
    ) -> None:
        """Write down what `entry` received, and what it sends along each of its edges."""
        self._operators.settle()
        pass_.order.append((entry, self._ledger.tick()))
        camera = self._ledger.camera
        with torch._C.DisableTorchFunction():
            used: list[Shot] = []
            for output, grad in enumerate(grad_outputs):
                arrivals = pass_.arrivals.pop((entry, output), [])
                if grad is not None:
                    used.append((grad, self._arrived(pass_, (entry, output), arrivals, grad)))
                elif arrivals:
                    self._arrived(pass_, (entry, output), arrivals, None)
            for slot, grad in enumerate(grad_inputs):
                place = entry.next[slot] if slot < len(entry.next) else None
                if place is not None:
                    snapshot = camera.snapshot(grad, used)
                    pass_.edge_grads.append((entry, slot, snapshot))
                    if grad is not None:
                        _arrive(pass_, place, grad, snapshot)
            if entry.kind == "leaf" and (grad := entry.fn.variable.grad) is not None:
                pass_.after[entry] = _held(grad, camera.snapshot(grad, used))

    def _arrived(
        self, pass_: PassEntry, place: Place, arrivals: list[Arrival], used: torch.Tensor | None
    ) -> Snapshot | None:
        """Write down the sum that arrived at `place` and what the node used of it; the latter's snapshot."""
        if used is not None and len(arrivals) == 1 and arrivals[0].held.is_unchanged(used):
            snapshot = total = arrivals[0].held.snapshot
        else:
            snapshot = self._ledger.camera.snapshot(used)
            total = self._sum(arrivals, snapshot)
        pass_.node_grads.append((place, snapshot if total == snapshot else total, snapshot))
        return snapshot

    def _sum(self, arrivals: list[Arrival], used: Snapshot | None) -> Snapshot | None:
        """The sum of what arrived, in order of arrival as the engine adds; for large tensors what the node used."""
        if len(arrivals) == 1:
            return arrivals[0].held.snapshot
        tensors = [arrival.tensor for arrival in arrivals if arrival.tensor is not None]
        if not tensors or len(tensors) < len(arrivals):
            return used
        try:
            with unseen():
                return self._ledger.camera.snapshot(reduce(torch.add, tensors))
        except RuntimeError:  # wrapped tensors of a function transform cannot be added here
            return used

    def _leaf_grads(self, fns: list[GradFn]) -> list[tuple[NodeEntry, torch.Tensor, Snapshot | None]]:
        """Every leaf that the pass may reach, with its `.grad` now."""
        leaves: list[tuple[NodeEntry, torch.Tensor, Snapshot | None]] = []
        with torch._C.DisableTorchFunction():
            for fn in fns:
                entry = self._ledger.entry(fn)
                if entry.kind == "leaf":
                    leaves.append((entry, fn.variable, self._ledger.camera.snapshot(fn.variable.grad)))
        return leaves

    def _close(
        self,
        pass_: PassEntry,
        call: Call,
        result: Any,
        before: list[tuple[NodeEntry, torch.Tensor, Snapshot | None]],
    ) -> None:
        """Write down what the pass left behind: every leaf's `.grad`, or what was returned."""
        ledger = self._ledger
        pass_.ended = ledger.tick()
        with torch._C.DisableTorchFunction():
            if call.returns and isinstance(result, tuple):
                for wanted, tensor in zip(call.inputs, result, strict=False):
                    if (end := self._end(wanted)) is not None:
                        self._returned(pass_, end[0], tensor)
            for entry, leaf, _ in before:
                ledger.note_grad(entry, leaf.grad)
            if not call.returns:
                pass_.leaves = [(entry, old, self._grad_after(pass_, entry, leaf.grad)) for entry, leaf, old in before]
        pass_.arrivals.clear()
        if pass_.parent is None:
            ledger.epoch += 1

    def _grad_after(self, pass_: PassEntry, entry: NodeEntry, grad: torch.Tensor | None) -> Snapshot | None:
        held = pass_.after.get(entry)
        is_known = grad is not None and held is not None and held.is_unchanged(grad)
        return held.snapshot if is_known and held is not None else self._ledger.camera.snapshot(grad)

    def _returned(self, pass_: PassEntry, place: Place, tensor: torch.Tensor | None) -> None:
        snapshot = self._ledger.camera.snapshot(tensor)
        pass_.returned.append((place, snapshot))
        arrivals = pass_.arrivals.pop(place, [])
        if arrivals:  # the engine hands this gradient out instead of firing the node
            pass_.node_grads.append((place, self._sum(arrivals, snapshot), snapshot))


def _arrive(pass_: PassEntry, place: Place, grad: torch.Tensor, snapshot: Snapshot | None) -> None:
    """Remember what is on its way to `place`."""
    arrival = Arrival(_held(grad, snapshot), grad if grad.numel() <= KEPT_ELEMENTS else None)
    pass_.arrivals.setdefault(place, []).append(arrival)


def _held(tensor: torch.Tensor, snapshot: Snapshot | None) -> Held:
    return Held(_memory(tensor), version_of(tensor), snapshot)


def _memory(tensor: torch.Tensor) -> int:
    """The address of a tensor's elements; 0 for one that has none to show (sparse, wrapped)."""
    try:
        return tensor.data_ptr()
    except RuntimeError:
        return 0


def _ones_like(root: Any) -> torch.Tensor | None:
    """The seed gradient that PyTorch takes when the program gives none."""
    if not isinstance(root, torch.Tensor):
        return None
    with unseen():
        return torch.ones_like(root, memory_format=torch.preserve_format)


def _many(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def _call(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """What a call means; TypeError where PyTorch would raise it too."""
    name, signature = _CALLS[func]
    given = signature.bind(*args, **kwargs).arguments
    roots = _many(next(given[key] for key in ("self", "tensors", "outputs") if key in given))
    seeds = _many(next((given[key] for key in ("gradient", "grad_tensors", "grad_outputs") if key in given), None))
    return Call(name, roots, seeds or (None,) * len(roots), _many(given.get("inputs")), func is torch.autograd.grad)


_CALLS: dict[Any, tuple[str, Signature]] = {
    torch.Tensor.backward: ("backward", signature(torch.Tensor.backward)),
    torch.autograd.backward: ("autograd.backward", signature(torch.autograd.backward)),
    torch.autograd.grad: ("autograd.grad", signature(torch.autograd.grad)),
}
