"""`record()`: watch a program run, in anybody's own process, and leave nothing behind."""

import linecache
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import CodeType, FrameType, TracebackType
from typing import Any, Self

import torch
from torch.nn.modules import module as torch_module

from graphviz_utils.model import Failure, RecordingError, Shown, Subject, Trace
from graphviz_utils.tracing.backward import BackwardMode
from graphviz_utils.tracing.entries import GradFn
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.naming import Namer
from graphviz_utils.tracing.operators import OperatorMode
from graphviz_utils.tracing.snapshots import DEFAULT_FILM, Camera, unseen
from graphviz_utils.tracing.stage import Stage
from graphviz_utils.tracing.writing import Text, written

__all__ = ["Recording", "let_go", "record"]

_KEPT_ALIVE: list[list[GradFn]] = []
"""Nodes of graphs too deep to be freed: see `Ledger.release`."""


class Recording(Shown):
    """A run being recorded; `trace` is its record as soon as the `with` block is over."""

    def __init__(self, title: str, source: str | None, filename: str | None, film: int, derivatives: int) -> None:
        self._title = title
        self._source = source
        self._filename = filename
        self._film = film
        self._derivatives = derivatives
        self._frame: FrameType | None = None
        self._trace: Trace | None = None
        self._is_used = False
        self._stack = ExitStack()

    @property
    def trace(self) -> Trace:
        """The record of the run; RecordingError while it is still going on."""
        if self._trace is None:
            raise RecordingError("the trace is ready when the `with` block is over; read .trace after it")
        return self._trace

    def __repr__(self) -> str:
        return f"<Recording {self._title!r}, not over>" if self._trace is None else f"<Recording of {self._trace!r}>"

    def _to_show(self) -> Subject | None:
        return None if self._trace is None else Subject(self._trace)

    def __enter__(self) -> Self:
        if self._is_used:
            raise RecordingError("a recording records one `with` block; call record() again for another")
        self._is_used = True
        frame = sys._getframe(1)
        if self._filename is None:
            self._frame, self._filename = frame, frame.f_code.co_filename
        if self._source is None:
            self._source = "".join(linecache.getlines(self._filename, frame.f_globals))
        self._start(self._filename, None if self._frame is None else self._frame.f_code)
        return self

    def _start(self, filename: str, outermost: CodeType | None) -> None:
        self._stage = Stage(filename)
        self._ledger = Ledger(Camera(self._film), torch._C._autograd._get_sequence_nr())
        self._namer = Namer(self._ledger, filename, outermost)
        self._operators = OperatorMode(self._ledger, self._namer, self._stage)
        self._backward = BackwardMode(self._ledger, self._stage, self._operators, self._derivatives)
        with ExitStack() as stack:
            before = torch_module.register_module_forward_pre_hook(self._stage.enter_module)
            stack.callback(before.remove)
            after = torch_module.register_module_forward_hook(self._stage.leave_module, always_call=True)
            stack.callback(after.remove)
            stack.enter_context(self._backward)
            stack.enter_context(self._operators)
            self._stack = stack.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._operators.settle()
        self._stage.paused += 1
        self._stack.close()
        with self._stage.guarded("a name"), unseen():
            if self._frame is not None:
                self._namer.bind(self._frame.f_locals, is_ours=False)
        self._frame = None
        self._ledger.tick()
        failure = None if error is None else Failure(type(error).__name__, _message(error), self._line_of(traceback))
        text = Text(self._title, self._source or "", failure)
        self._trace = written(text, self._ledger, self._namer, self._stage, self._backward.passes)
        let_go(self._ledger)

    def tick(self) -> int:
        """The next moment of the run's clock."""
        self._operators.settle()
        return self._ledger.tick()

    def bind(self, namespace: Mapping[str, Any]) -> None:
        """Write down what the names in `namespace` mean now. A `with record()` block does so by itself at its end."""
        with self.paused(), self._stage.guarded("a name"), unseen():
            self._namer.bind(namespace, is_ours=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing that happens inside is recorded."""
        self._operators.settle()
        self._stage.paused += 1
        try:
            yield
        finally:
            self._stage.paused -= 1

    def _line_of(self, traceback: TracebackType | None) -> int | None:
        line = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self._filename:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        return line


def record(
    title: str = "",
    *,
    source: str | None = None,
    filename: str | None = None,
    film: int = DEFAULT_FILM,
    derivatives: int = 0,
) -> Recording:
    """Record what PyTorch does inside a `with` block: `with record() as run: …`, then `run.trace`.

    The program's results stay what they are without it, bit for bit: outputs, gradients, random numbers. An exception
    passes through and is written into the trace. Operators run by other threads are not seen. Of a graph deeper than
    5,000 nodes the nodes (not the tensors) stay in memory until the process ends: PyTorch frees a chain that Python
    has touched by recursion, which would end the process.

    Args:
        title: what the picture and the page call the run.
        source: the program's text, in which lines are counted; by default the file of the `with` block.
        filename: the code that counts as the program; by default the file of the `with` block.
        film: how many tensors to take snapshots of; a longer run goes on with its structure alone, and the trace's
            notes say so.
        derivatives: how many times to ask nodes for a row of their Jacobian, which costs some 10 µs each; those of
            tensors with more than 64 elements are not asked for, and where large weights go with them it counts as
            many times.
    """
    return Recording(title, source, filename, film, derivatives)


def let_go(ledger: Ledger) -> None:
    """Let go of PyTorch's nodes, but for those of a graph too deep to be freed without ending the process."""
    if kept := ledger.release():
        _KEPT_ALIVE.append(kept)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # a program's own exception class may fail at anything
        return "the error has no readable message"
