"""One request out and one answer in, over a socket, for as long as the limits and the Stop button allow."""

import math
import socket
import time
from collections.abc import Callable
from typing import Protocol

from graphviz_utils.model import MEGABYTE, Limits
from graphviz_utils.running import endings
from graphviz_utils.running.wire import HEADER, Ending

__all__ = ["Child", "Patience", "Stop", "answer_to"]

_CHUNK = 65536
_GLANCE_SECONDS = 0.05
_REPORT_SECONDS = 2.0


class Stop(Protocol):
    """What a Stop button sets: a `threading.Event`, for example."""

    def is_set(self) -> bool:
        """Whether the run is to end now."""
        ...


class Child(Protocol):
    """A process that reads one request from `answer` and writes its answer there."""

    answer: socket.socket

    def kill(self) -> None:
        """End it, whatever it is doing."""
        ...

    def give_way(self) -> None:
        """Let it compute only when nothing else wants the processor."""
        ...

    def cpu_seconds(self) -> float | None:
        """Processor time it has used, as the system counts; `None` where nobody knows."""
        ...

    def ending(self, seconds: float) -> Ending:
        """How it ended; unknown after `seconds`."""
        ...

    def close(self) -> None:
        """Kill it and let go of all that belongs to it."""
        ...


class Patience:
    """How long there is to wait still, in glances short enough to notice a Stop button.

    `give_way` is called when the run is a brief one no longer.
    """

    def __init__(self, limits: Limits, stop: Stop | None, give_way: Callable[[], None]) -> None:
        begun = time.monotonic()
        self._until = begun + limits.wall_seconds
        self._brief_until = begun + limits.brief_seconds
        self._stop = stop
        self._give_way = give_way

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._until

    def glance(self) -> float:
        """Seconds to wait before looking again; `Over` when Stop was pressed."""
        if self._stop is not None and self._stop.is_set():
            raise endings.stopped()
        now = time.monotonic()
        if now >= self._brief_until:
            self._brief_until = math.inf
            self._give_way()
        left = max(min(self._until, self._brief_until) - now, 0.001)
        return left if self._stop is None else min(left, _GLANCE_SECONDS)


def answer_to(request: bytes, child: Child, limits: Limits, patience: Patience) -> bytes:
    """The JSON that `child` answers to the frame `request`; `Over` says why there is none."""
    _send(child, request, limits, patience)
    (length,) = HEADER.unpack(_received(child, HEADER.size, limits, patience))
    if length > limits.result_mb * MEGABYTE:
        raise endings.too_large(length, limits)
    return _received(child, length, limits, patience)


def _send(child: Child, request: bytes, limits: Limits, patience: Patience) -> None:
    unsent = memoryview(request)
    while unsent:
        child.answer.settimeout(patience.glance())
        try:
            unsent = unsent[child.answer.send(unsent[:_CHUNK]) :]
        except TimeoutError:
            _check_time(limits, patience)
        except OSError:
            return  # it has ended already, and reading its answer says how


def _received(child: Child, length: int, limits: Limits, patience: Patience) -> bytes:
    received = bytearray()
    while len(received) < length:
        child.answer.settimeout(patience.glance())
        try:
            chunk = child.answer.recv(min(length - len(received), MEGABYTE))
        except TimeoutError:
            _check_time(limits, patience)
            continue
        except OSError:
            chunk = b""
        if not chunk:
            raise endings.ended(child.ending(_REPORT_SECONDS), limits)
        _check_time(limits, patience)
        received += chunk
    return bytes(received)


def _check_time(limits: Limits, patience: Patience) -> None:
    if patience.is_over:
        raise endings.time_limit(limits)
