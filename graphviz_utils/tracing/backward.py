"""Every call of the autograd engine: hooks lie on all nodes while it runs, and only then."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from graphviz_utils.tracing.calls import Call, call_of, is_call
from graphviz_utils.tracing.entries import GradFn, Place
from graphviz_utils.tracing.jacobians import Differentiator
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.operators import OperatorMode
from graphviz_utils.tracing.passes import PassEntry, PassWriter
from graphviz_utils.tracing.stage import Stage
from graphviz_utils.tracing.walking import reachable

__all__ = ["BackwardMode"]


_EXPOSING = frozenset(
    (
        torch.Tensor.data.__get__,  # type: ignore[attr-defined]  # a getset descriptor of C
        torch.Tensor.data.__set__,  # type: ignore[attr-defined]
        torch.Tensor.numpy,
        torch.Tensor.__array__,
        torch.from_numpy,
        torch.as_tensor,
        torch.frombuffer,
    )
)
"""What lets a program write into a tensor's memory without its version counter."""


class BackwardMode(TorchFunctionMode):
    """Sees `Tensor.backward`, `torch.autograd.backward` and `torch.autograd.grad`, nested ones too."""

    def __init__(self, ledger: Ledger, stage: Stage, operators: OperatorMode, derivatives: int = 0) -> None:
        super().__init__()
        self.passes: list[PassEntry] = []
        self._ledger = ledger
        self._stage = stage
        self._operators = operators
        self._differentiator = Differentiator(derivatives, ledger.camera)
        self._running: list[PassWriter] = []
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
            if is_call(func):
                return self._run(func, args, kwargs)
            if func is torch.Tensor.register_hook:
                self._note_hook(args[0])
            if func in _EXPOSING:
                return self._exposed(func, args, kwargs)
        return func(*args, **kwargs)

    def _exposed(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Give a tensor's memory away by another name, and remember that it can change unnoticed from now on."""
        result = func(*args, **kwargs)
        with self._stage.guarded("a tensor's other name"), torch._C.DisableTorchFunction():
            for tensor in (*args, result):
                if isinstance(tensor, torch.Tensor):
                    self._ledger.note_exposed(tensor)
        return result

    def _note_hook(self, tensor: Any) -> None:
        with self._stage.guarded("a hook"), torch._C.DisableTorchFunction():
            self._operators.settle()
            place = self._ledger.place(tensor)
            if place is not None:
                self._hooked.add(place)

    def _run(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the engine with a hook on every node it may fire."""
        call = call_of(func, args, kwargs)
        writer: PassWriter | None = None
        result: Any = None
        with ExitStack() as hooks:
            with self._stage.guarded("a backward pass"), torch._C.DisableTorchFunction():
                if call is not None:
                    writer = self._begun(call, hooks)
            if call is None or writer is None:
                return func(*args, **kwargs)
            self._running.append(writer)
            self._stage.engine_depth += 1
            try:
                result = func(*args, **kwargs)
                return result
            finally:
                hooks.close()
                self._stage.engine_depth -= 1
                self._running.pop()
                with self._stage.guarded("the end of a backward pass"), torch._C.DisableTorchFunction():
                    self._end(call, writer, result)

    def _begun(self, call: Call, hooks: ExitStack) -> PassWriter:
        """The writer of a pass about to start, with a hook on every node it may fire."""
        self._operators.settle()
        ledger = self._ledger
        roots = [(place, root, seed) for root, seed in call.roots if (place := self._place(root)) is not None]
        for place, root, _ in roots:
            if place[0].kind == "leaf" and place[0].fn is None:  # nothing was computed from it: its node is made now
                ledger.entry(torch.autograd.graph.get_gradient_edge(root).node)
        fns = reachable([place[0].fn for place, _, _ in roots if place[0].fn is not None])
        for fn in fns:
            ledger.entry(fn)
        parent = self.passes.index(self._running[-1].entry) if self._running else None
        entry = PassEntry(call.name, self._stage.locate().line, ledger.tick(), parent)
        writer = PassWriter(entry, ledger, self._hooked, self._differentiator)
        writer.begin(roots, fns)
        for fn in fns:
            for handle in self._hooks(fn, writer):
                hooks.callback(handle.remove)
        self.passes.append(entry)
        return writer

    def _end(self, call: Call, writer: PassWriter, result: Any) -> None:
        self._operators.settle()
        writer.entry.ended = self._ledger.tick()
        writer.end(call, result, [self._place(wanted) for wanted in call.inputs])
        if writer.entry.parent is None:
            self._ledger.epoch += 1

    def _place(self, end: Any) -> Place | None:
        """Where a root or an input stands: a tensor, or a GradientEdge."""
        if isinstance(end, torch.autograd.graph.GradientEdge):
            return self._ledger.entry(end.node), end.output_nr
        if not isinstance(end, torch.Tensor) or not end.requires_grad:
            return None
        place = self._ledger.place(end)
        if place is not None and place[0].kind == "op":
            self._ledger.see(end, place)
        return place

    def _hooks(self, fn: GradFn, writer: PassWriter) -> Iterator[Any]:
        def fired(grad_inputs: Sequence[Any], grad_outputs: Sequence[Any]) -> None:
            if self._stage.is_open and self._running and self._running[-1] is writer:
                with self._stage.guarded("the gradients of a node"), torch._C.DisableTorchFunction():
                    self._operators.settle()
                    writer.fire(self._ledger.entry(fn), grad_inputs, grad_outputs)

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
