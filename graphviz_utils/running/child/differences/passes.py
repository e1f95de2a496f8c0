"""The backward passes of a run that is made again: counted, left as they were, and the wanted one looked into."""

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any, Protocol

import torch
from torch.overrides import TorchFunctionMode

from graphviz_utils.running.child.differences.ending import Ended, Reached
from graphviz_utils.tracing.calls import Call, call_of, is_call
from graphviz_utils.tracing.schemas import flat

__all__ = ["Passes", "Visitor"]

_COPYING = frozenset((torch.Tensor.tolist, torch.Tensor.new_tensor, torch.tensor))
_COLLECTING = frozenset((torch.as_tensor, torch.asarray))
"""What makes numbers of a list of tensors; a tensor alone stays what it is."""


class Visitor(Protocol):
    """What is done at the passes of a run."""

    def read(self, tensors: Sequence[torch.Tensor], read: Callable[[], Any]) -> Any:
        """What the program gets where it reads the numbers of `tensors` by `read`, and autograd does not follow."""
        ...

    def engine(self, run: Callable[[], Any], *, creates_graph: bool) -> Any:
        """Run a pass before the wanted one, and give back what it returns."""
        ...

    def reach(self, call: Call, run: Callable[[], Any]) -> None:
        """Look into the wanted pass, which `run` would run."""
        ...


class Passes(TorchFunctionMode):
    """Ends the run at the outermost pass number `wanted`, after its visitor was there.

    `has_come` says whether it came; `fault` is what went wrong there.
    """

    def __init__(self, wanted: int, visitor: Visitor) -> None:
        super().__init__()
        self.has_come = False
        self.fault: Exception | None = None
        self._wanted = wanted
        self._count = 0
        self._visitor = visitor

    def __torch_function__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or {})
        if self.has_come:
            return func(*args, **given)
        if tensors := _read_by(func, args, given):
            return self._visitor.read(tensors, lambda: func(*args, **given))
        if not is_call(func) or (call := call_of(func, args, given)) is None:
            return func(*args, **given)
        if self._count < self._wanted:
            self._count += 1
            creates = _creates_graph(func, args, given)
            return self._visitor.engine(lambda: func(*args, **given), creates_graph=creates)
        self.has_come = True
        try:
            self._visitor.reach(call, lambda: func(*args, **given))
        except Ended:
            raise
        except Exception as fault:  # noqa: BLE001 - the program must not catch it
            self.fault = fault
        raise Reached


def _read_by(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[torch.Tensor, ...]:
    """The tensors whose numbers a function reads without an operator that anybody could see."""
    is_alone = bool(args) and isinstance(args[0], torch.Tensor)
    if func not in _COPYING and (func not in _COLLECTING or is_alone):
        return ()
    return tuple(flat((*args, *kwargs.values())))


def _creates_graph(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a call of the engine leaves gradients that can be differentiated again."""
    return bool(signature(func).bind(*args, **kwargs).arguments.get("create_graph", False))
