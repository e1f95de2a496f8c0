"""Every operator as it runs: what went in, what came out, and which autograd node it made."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_utils.model import Snapshot
from graphviz_utils.tracing.entries import ArgumentEntry, OpEntry, Place
from graphviz_utils.tracing.frames import Location
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.naming import Namer
from graphviz_utils.tracing.schemas import (
    UNFILLED,
    Names,
    argument_names,
    flat,
    is_unfilled,
    literal,
    named_tensors,
    pairs,
    written,
)
from graphviz_utils.tracing.snapshots import version_of
from graphviz_utils.tracing.stage import Stage

__all__ = ["OperatorMode"]


class Input(NamedTuple):
    """One tensor that an operator takes."""

    name: str
    tensor: torch.Tensor
    is_written: bool
    place: Place | None
    snapshot: Snapshot | None


class Call(NamedTuple):
    """An operator about to run."""

    func: Any
    arguments: tuple[ArgumentEntry, ...]
    inputs: tuple[Input, ...]
    sequence: int
    location: Location
    keeps_graph: bool


class Pending(NamedTuple):
    """An operator that has run; its tensors learn their grad_fn only after it returned to autograd."""

    op: OpEntry
    outputs: tuple[tuple[torch.Tensor, Snapshot | None], ...]
    versions: tuple[int, ...]
    is_detaching: bool
    mutates: bool
    keeps_graph: bool


class OperatorMode(TorchDispatchMode):
    """Sees each operator below autograd, composite ones already taken apart."""

    def __init__(self, ledger: Ledger, namer: Namer, stage: Stage) -> None:
        super().__init__()
        self._ledger = ledger
        self._namer = namer
        self._stage = stage
        self._pending: Pending | None = None
        self._doubtful: list[Pending] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        with torch._C.DisableTorchFunction():
            if not self._is_of_interest(args, kwargs):
                result = func(*args, **kwargs)
                if func.overloadpacket in UNFILLED and self._stage.is_open:
                    self._ledger.note_unfilled(result)
                return result
            keeps_graph = torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
            location = self._stage.locate(look_for_custom_function=not keeps_graph)
            self._stage.refuse_compiled(location)
            call: Call | None = None
            with self._stage.guarded("an operator"):
                call = self._called(func, args, kwargs, location, keeps_graph)
            result = func(*args, **kwargs)
            if call is not None:
                with self._stage.guarded("an operator"):
                    self._pending = self._ran(call, result)
            return result

    def _is_of_interest(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether an operator about to run has to do with the graph; the one before it is settled then."""
        is_seen = self._stage.is_open and (self._stage.is_outside_engine or torch.is_grad_enabled())
        if not is_seen:
            return False
        if any(tensor.requires_grad for tensor in _tensors(args, kwargs)):
            self._settle_last()
            return True
        if self._pending is None and not self._doubtful:
            return False
        self._settle_last()  # none of its inputs may need a gradient, if they were prepared for an operator that does
        return bool(self._doubtful) and self._doubtful[0].op.sequence == _sequence()

    def settle(self) -> None:
        """Give the last operator's outputs to their nodes; no operator is under way now."""
        self._settle_last()
        self._settle_doubt(sequence=None)

    def _called(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], location: Location, keeps_graph: bool
    ) -> Call:
        sequence = _sequence()
        self._settle_doubt(sequence)
        names = argument_names(func)
        changed = written(func)
        inputs = tuple(
            self._input(name, tensor, keeps_graph, name.partition("[")[0] in changed)
            for name, tensor in named_tensors(names, args, kwargs)
        )
        if keeps_graph:
            self._namer.name_inputs(location.frame, [(each.tensor, each.place) for each in inputs])
        arguments = tuple(_arguments(names, args, kwargs, inputs))
        return Call(func, arguments, inputs, sequence, location, keeps_graph)

    def _input(self, name: str, tensor: torch.Tensor, keeps_graph: bool, is_written: bool) -> Input:
        for pending in self._doubtful:
            if any(tensor is output for output, _ in pending.outputs):
                place = next((each.place for each in pending.op.arguments if each.place is not None), None)
                return Input(name, tensor, is_written, place, None)
        place = self._ledger.place(tensor)
        if place is None and keeps_graph:
            place = self._ledger.loose(tensor, "constant", "constant"), 0
        # Without a graph to keep, an input may be memory that the operator is about to fill for the first time.
        snapshot = self._ledger.see(tensor, place) if place is not None and keeps_graph else None
        return Input(name, tensor, is_written, place, snapshot)

    def _ran(self, call: Call, result: Any) -> Pending:
        mutates = any(each.is_written for each in call.inputs)
        taken = tuple((each.tensor, each.snapshot) for each in call.inputs)
        camera = self._ledger.camera
        given = tuple((tensor, camera.snapshot(tensor, () if mutates else taken)) for tensor in flat(result))
        op = OpEntry(
            operator=str(call.func),
            at=self._ledger.tick(),
            sequence=call.sequence,
            arguments=call.arguments,
            line=call.location.line,
            module=self._stage.module,
            at_hand=given + taken,
            reads_saved=torch._C._autograd._top_saved_tensors_default_hooks(True) is None,
        )
        is_silent = call.location.in_custom_function or not self._stage.is_outside_engine
        versions = tuple(version_of(tensor) for tensor, _ in given)
        return Pending(op, given, versions, not (mutates or is_silent), mutates, call.keeps_graph)

    def _settle_last(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch(), self._stage.guarded("an operator"):
                self._settle(pending)

    def _settle(self, pending: Pending) -> None:
        found = False
        for output, snapshot in pending.outputs:
            if output.requires_grad:
                found = True
                self._settle_output(output, snapshot, pending)
        if found:
            self._doubtful.clear()
            return
        self._ledger.owe(pending.op)
        if pending.is_detaching:
            self._doubtful.append(pending)
            if self._ledger.is_claimed(pending.op.sequence):
                self._settle_doubt(sequence=None)

    def _settle_output(self, output: torch.Tensor, snapshot: Snapshot | None, pending: Pending) -> None:
        """Give an output to its node: that of its base where a view was written into, whose history is rewritten."""
        base = output._base if output._is_view() else None
        is_part = base is not None and base.requires_grad and (pending.mutates or not pending.keeps_graph)
        tensor = base if base is not None and is_part else output
        fn = tensor.grad_fn
        if fn is None:
            place = self._ledger.leaf(tensor), 0
            if not pending.mutates:
                return  # made here and a leaf by now: what it holds shows when it is used
        else:
            place = self._ledger.claim(fn, pending.op), tensor.output_nr
        shot = snapshot if tensor is output else self._ledger.camera.snapshot(tensor)
        self._ledger.note_value(place, version_of(tensor), shot, pending.op.at)

    def _settle_doubt(self, sequence: int | None) -> None:
        """Decide about an operator whose outputs lead nowhere.

        Either it detached something, or it ran within another operator, preparing its input (a conjugate made real,
        say). Then the other one, which follows at once, has the same sequence number.
        """
        if not self._doubtful or self._doubtful[0].op.sequence == sequence:
            return
        doubtful, self._doubtful = self._doubtful, []
        for pending in doubtful:
            op = pending.op
            for (tensor, snapshot), version in zip(pending.outputs, pending.versions, strict=True):
                entry = self._ledger.loose(tensor, "detached", op.operator.split(".")[1])
                if entry.operator is None:
                    entry.operator, entry.arguments = op.operator, op.arguments
                    entry.line, entry.module, entry.at = op.line, op.module, op.at
                if not is_unfilled(op.operator):
                    self._ledger.note_value((entry, 0), version, snapshot, op.at)


def _sequence() -> int:
    """The sequence number of the node that autograd made last."""
    number: int = torch._C._autograd._get_sequence_nr()
    return number - 1


def _tensors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[torch.Tensor]:
    yield from flat(args)
    if kwargs:
        yield from flat(tuple(kwargs.values()))


def _arguments(
    names: Names, args: tuple[Any, ...], kwargs: dict[str, Any], inputs: Sequence[Input]
) -> Iterator[ArgumentEntry]:
    known = {each.name: each for each in inputs}
    for name, is_tensor, value in pairs(names, args, kwargs):
        several = is_tensor and isinstance(value, (tuple, list))
        for key, part in ((f"{name}[{i}]", part) for i, part in enumerate(value)) if several else ((name, value),):
            if key not in known:
                is_number = isinstance(part, (int, float, complex))
                yield ArgumentEntry(key, None, literal(part), takes_slot=is_tensor and is_number)
            elif (place := known[key].place) is not None:
                tensor = known[key].tensor
                yield ArgumentEntry(key, place, takes_slot=tensor.is_floating_point() or tensor.is_complex())
