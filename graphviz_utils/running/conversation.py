"""One request out and one answer in, over a socket, for as long as the limits and the Stop button allow."""

import socket
import time
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

    def ending(self, seconds: float) -> Ending:
        """How it ended; unknown after `seconds`."""
        ...

    def close(self) -> None:
        """Kill it and let go of all that belongs to it."""
        ...


class Patience:
    """How long there is to wait still, in glances short enough to notice a Stop button."""

    def __init__(self, seconds: float, stop: Stop | None) -> None:
        self._until = time.monotonic() + seconds
        self._stop = stop

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._until

    def glance(self) -> float:
        """Seconds to wait before looking again; `Over` when Stop was pressed."""
        if self._stop is not None and self._stop.is_set():
            raise endings.stopped()
        left = max(self._until - time.monotonic(), 0.001)
        return left if self._stop is None else min(left, _GLANCE_SECONDS)


def answer_to(request: bytes, child: Child, limits: Limits, stop: Stop | None) -> bytes:
    """The JSON that `child` answers to the frame `request`; `Over` says why there is none."""
    patience = Patience(limits.wall_seconds, stop)
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
