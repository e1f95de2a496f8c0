"""Which variable meant which tensor, and when: read from the frames of the program, never from its text."""

from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, FrameType, ModuleType
from typing import Any

import torch

from graphviz_utils.tracing.entries import Place
from graphviz_utils.tracing.frames import main_frames
from graphviz_utils.tracing.ledger import Ledger

__all__ = ["Namer"]

CONTAINER_LIMIT = 64
"""Lists, tuples and dicts up to this length are searched for tensors."""


class Namer:
    """Writes bindings into the ledger."""

    def __init__(self, ledger: Ledger, filename: str, outermost: CodeType | None) -> None:
        self._ledger = ledger
        self._filename = filename
        self._outermost = outermost
        self._named: set[Place] = set()
        self._parameters: dict[int, str] = {}
        self._modules: dict[int, tuple[str, torch.nn.Module]] = {}

    def name_inputs(self, frame: FrameType | None, inputs: Sequence[tuple[torch.Tensor, Place | None]]) -> None:
        """Look up what the program calls the tensors that an operator takes, until it has a name for each."""
        if frame is None:
            return
        wanted = {id(tensor): place for tensor, place in inputs if place is not None and place not in self._named}
        if not wanted:
            return
        for tensor, place in inputs:
            if place is not None and isinstance(tensor, torch.nn.Parameter) and id(tensor) in wanted:
                self._named.add(place)
                self._name_parameter(tensor, place)
        is_outer = frame.f_code is self._outermost or frame.f_code.co_name == "<module>"
        for name, value in tuple(frame.f_locals.items()):
            if id(value) in wanted and not name.startswith("_"):
                self._named.add(wanted[id(value)])
                self._ledger.bind(name, wanted[id(value)], outer=is_outer)

    def bind(self, namespace: Mapping[str, Any], is_ours: bool) -> None:
        """Write down what every variable of the program means now, modules' parameters by dotted name.

        Where the namespace `is_ours`, all its leaves belong to the run, used or not; else only what the run has met,
        and the parameters of modules of which it has met one.
        """
        for name, value in tuple(namespace.items()):
            if isinstance(name, str) and not name.startswith("_"):
                self._bind(name, value, is_ours)

    def module_name(self, module: torch.nn.Module) -> str | None:
        """The variable that holds `module`, if one was seen."""
        known = self._modules.get(id(module))
        return None if known is None else known[0]

    def _bind(self, name: str, value: Any, is_ours: bool) -> None:
        if isinstance(value, torch.Tensor):
            self._bind_tensor(name, value, is_ours)
        for path, module in _modules(name, value):
            self._bind_state(path, module, is_ours)
        for path, part in _parts(name, value):
            if isinstance(part, torch.Tensor) and not isinstance(part, torch.nn.Parameter):
                self._bind_tensor(path, part, is_ours)

    def _bind_state(self, name: str, module: torch.nn.Module, is_ours: bool) -> None:
        self._learn_module(name, module)
        state = _state(module)
        is_met = is_ours or any(self._ledger.known_place(tensor) is not None for _, tensor in state)
        for _, tensor in state if is_met else ():
            self._bind_tensor(self._parameters[id(tensor)], tensor, is_ours=tensor.requires_grad)

    def _bind_tensor(self, name: str, tensor: torch.Tensor, is_ours: bool) -> None:
        place = self._ledger.place(tensor) if is_ours else self._ledger.known_place(tensor)
        if place is not None:
            self._ledger.see(tensor, place)
            self._ledger.bind(name, place, outer=True)

    def _name_parameter(self, tensor: torch.Tensor, place: Place) -> None:
        if id(tensor) not in self._parameters:
            for frame in reversed(tuple(main_frames(self._filename))):
                for name, value in tuple(frame.f_locals.items()):
                    for path, module in _modules(name, value):
                        self._learn_module(path, module)
        if (dotted := self._parameters.get(id(tensor))) is not None:
            self._ledger.bind(dotted, place, outer=True)

    def _learn_module(self, name: str, module: torch.nn.Module) -> None:
        if id(module) in self._modules:
            return
        self._modules[id(module)] = (name, module)  # holding the module keeps the ids below from being used again
        for dotted, tensor in _state(module):
            self._parameters.setdefault(id(tensor), f"{name}.{dotted}")


def _modules(name: str, value: Any) -> Iterator[tuple[str, torch.nn.Module]]:
    """The modules that a variable holds: itself, as an attribute (`self.model` of a trainer), or in a container."""
    if isinstance(value, torch.nn.Module):
        yield name, value
        return
    is_object = hasattr(value, "__dict__") and not isinstance(value, (type, ModuleType))
    attributes = ((f"{name}.{key}", part) for key, part in tuple(vars(value).items())) if is_object else ()
    for path, part in (*_parts(name, value), *attributes):
        if isinstance(part, torch.nn.Module):
            yield path, part


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What a list, a tuple or a dict holds, under the expressions that lead there."""
    if isinstance(value, (list, tuple)) and len(value) <= CONTAINER_LIMIT:
        yield from ((f"{name}[{i}]", part) for i, part in enumerate(value))
    elif isinstance(value, dict) and len(value) <= CONTAINER_LIMIT:
        yield from ((f"{name}[{key!r}]", part) for key, part in value.items() if isinstance(key, (str, int)))


def _state(module: torch.nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Parameters and buffers by dotted name; those that a lazy module has not made yet are left out."""
    state = [*module.named_parameters(), *module.named_buffers()]
    return [(name, tensor) for name, tensor in state if not torch.nn.parameter.is_lazy(tensor)]
