"""Every operator as it runs: what went in, what came out, and which autograd node it made."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, NamedTuple, Self

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_utils.model import OutputMeta, Snapshot
from graphviz_utils.tracing.ledger import ArgumentEntry, Ledger, NodeEntry, OpEntry, Place, version_of
from graphviz_utils.tracing.naming import Namer
from graphviz_utils.tracing.stage import Stage

__all__ = ["OperatorMode"]


class Input(NamedTuple):
    """One tensor that an operator takes."""

    name: str
    tensor: torch.Tensor
    place: Place | None
    snapshot: Snapshot | None


class Pending(NamedTuple):
    """An operator that has run; its tensors learn their grad_fn only after it returned to autograd."""

    op: OpEntry
    outputs: tuple[tuple[torch.Tensor, Snapshot | None, int], ...]
    is_detaching: bool
    mutated: tuple[torch.Tensor, ...]


class OperatorMode(TorchDispatchMode):
    """Sees each operator below autograd, composite ones already taken apart."""

    def __init__(self, ledger: Ledger, namer: Namer, stage: Stage) -> None:
        super().__init__()
        self._ledger = ledger
        self._namer = namer
        self._stage = stage
        self._pending: Pending | None = None

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        with torch._C.DisableTorchFunction():
            is_seen = self._stage.is_open and (self._stage.is_outside_engine or torch.is_grad_enabled())
            if not is_seen or not any(tensor.requires_grad for tensor in _tensors(args, kwargs)):
                return func(*args, **kwargs)
            self.settle()
            self._stage.refuse_compiled()
            return self._seen(func, args, kwargs)

    def settle(self) -> None:
        """Give the last operator's outputs to their nodes."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        with torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch():
            self._settle(pending)

    def _seen(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        ledger = self._ledger
        keeps_graph = torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
        names = _argument_names(func)
        location = self._stage.locate(look_for_custom_function=not keeps_graph)
        inputs = [self._input(name, tensor, keeps_graph) for name, tensor in _named_tensors(names, args, kwargs)]
        if keeps_graph:
            self._namer.name_inputs(location.frame, [(each.tensor, each.place) for each in inputs if each.place])
        sequence = torch._C._autograd._get_sequence_nr() - 1
        result = func(*args, **kwargs)
        at = ledger.tick()
        written = _written(func)
        mutated = tuple(each.tensor for each in inputs if each.name.partition("[")[0] in written)
        results = tuple(_flat(result))
        is_silent = location.in_custom_function or not self._stage.is_outside_engine
        shots = tuple((tensor, ledger.camera.snapshot(tensor), version_of(tensor)) for tensor in results)
        op = OpEntry(
            operator=str(func),
            at=at,
            sequence=sequence,
            arguments=tuple(_arguments(func, names, args, kwargs, inputs)),
            outputs=tuple((_meta(tensor), version, snapshot) for tensor, snapshot, version in shots),
            line=location.line,
            module=self._stage.module,
            at_hand=tuple((each.tensor, each.snapshot) for each in inputs)
            + tuple((tensor, snapshot) for tensor, snapshot, _ in shots),
            reads_saved=torch._C._autograd._top_saved_tensors_default_hooks(True) is None,
        )
        self._pending = Pending(op, shots, not (mutated or is_silent), mutated)
        return result

    def _input(self, name: str, tensor: torch.Tensor, keeps_graph: bool) -> Input:
        place = self._ledger.place(tensor)
        if place is None and keeps_graph:
            place = self._ledger.loose(tensor, "constant", "constant"), 0
        snapshot = None if place is None else self._ledger.see(tensor, place)
        return Input(name, tensor, place, snapshot)

    def _settle(self, pending: Pending) -> None:
        ledger, op = self._ledger, pending.op
        claimed: list[NodeEntry] = []
        for tensor, snapshot, version in pending.outputs:
            place = self._settled(tensor, pending)
            if place is not None:
                claimed.append(place[0])
                base = tensor._base if tensor._is_view() else None
                is_own = not (pending.mutated and base is not None)
                ledger.note_value(place, version, snapshot if is_own else ledger.camera.snapshot(base), op.at)
        if not claimed:
            ledger.owe(op)
            if pending.is_detaching:
                self._detached(pending)

    def _settled(self, tensor: torch.Tensor, pending: Pending) -> Place | None:
        """The place of an output; the operator that made its node is noted there."""
        if not tensor.requires_grad:
            return None
        if pending.mutated and tensor._is_view() and tensor._base is not None and tensor._base.grad_fn is not None:
            tensor = tensor._base  # writing into a view: autograd's node stands on what it is a view of
        fn = tensor.grad_fn
        if fn is None:
            return self._ledger.leaf(tensor), 0
        return self._ledger.claim(fn, pending.op), tensor.output_nr

    def _detached(self, pending: Pending) -> None:
        op = pending.op
        name = op.operator.split(".")[1]
        for tensor, snapshot, version in pending.outputs:
            entry = self._ledger.loose(tensor, "detached", name)
            if entry.operator is None:
                entry.operator, entry.arguments, entry.line, entry.module = (
                    op.operator,
                    op.arguments,
                    op.line,
                    op.module,
                )
            self._ledger.note_value((entry, 0), version, snapshot, op.at)


def _tensors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[torch.Tensor]:
    yield from _flat(args)
    if kwargs:
        yield from _flat(tuple(kwargs.values()))


def _flat(data: Any) -> Iterator[torch.Tensor]:
    if isinstance(data, torch.Tensor):
        yield data
    elif isinstance(data, (tuple, list)):
        for part in data:
            yield from _flat(part)


@lru_cache(maxsize=None)
def _argument_names(func: Any) -> tuple[tuple[str, bool], ...]:
    """Each argument's name in the schema, and whether the schema means a tensor there."""
    return tuple((argument.name, "Tensor" in str(argument.type)) for argument in func._schema.arguments)


@lru_cache(maxsize=None)
def _written(func: Any) -> frozenset[str]:
    """The names of the arguments an operator writes into."""
    arguments = func._schema.arguments
    return frozenset(each.name for each in arguments if each.alias_info is not None and each.alias_info.is_write)


def _pairs(
    names: tuple[tuple[str, bool], ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[str, bool, Any]]:
    for (name, is_tensor), value in zip(names, args, strict=False):
        yield name, is_tensor, value
    for name, is_tensor in names[len(args) :]:
        if name in kwargs:
            yield name, is_tensor, kwargs[name]


def _named_tensors(
    names: tuple[tuple[str, bool], ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[str, torch.Tensor]]:
    for name, _, value in _pairs(names, args, kwargs):
        if isinstance(value, torch.Tensor):
            yield name, value
        elif isinstance(value, (tuple, list)):
            yield from ((f"{name}[{i}]", part) for i, part in enumerate(value) if isinstance(part, torch.Tensor))


def _arguments(
    func: Any,
    names: tuple[tuple[str, bool], ...],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    inputs: Sequence[Input],
) -> Iterator[ArgumentEntry]:
    places = {each.name: each for each in inputs}
    for name, is_tensor, value in _pairs(names, args, kwargs):
        several = isinstance(value, (tuple, list)) and is_tensor
        for key, part in ((f"{name}[{i}]", part) for i, part in enumerate(value)) if several else ((name, value),):
            if key not in places:
                yield ArgumentEntry(key, None, _literal(part), is_tensor and isinstance(part, (int, float, complex)))
            elif (place := places[key].place) is not None:
                tensor = places[key].tensor
                yield ArgumentEntry(key, place, None, tensor.is_floating_point() or tensor.is_complex())


def _literal(value: Any) -> Any:
    """An argument as JSON has it: numbers, text, lists; anything else (dtypes, devices, generators) as its text."""
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    if isinstance(value, (tuple, list)):
        return tuple(_literal(part) for part in value)
    return str(value).removeprefix("torch.")


def _meta(tensor: torch.Tensor) -> OutputMeta:
    return OutputMeta(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
