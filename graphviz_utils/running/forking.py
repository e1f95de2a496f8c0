"""The page's side of the zygote: a warm process that forks one child per run (Linux)."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from typing import IO

import msgspec

from graphviz_utils.model import RunError
from graphviz_utils.running import endings
from graphviz_utils.running.environment import WORKING_DIRECTORY, clean_environment
from graphviz_utils.running.wire import GIVE_WAY, NO_ROOM, Ending

__all__ = ["ForkedChild", "Zygote"]

_START_SECONDS = 60.0
_FORK_SECONDS = 15.0
_END_SECONDS = 1.0
_REPORT_SECONDS = 2.0
_PROCESS_CLOCK = 2
"""With it the system makes a clock of a process id: see clock_getcpuclockid(3)."""


class ForkedChild:
    """One child of the zygote. `answer` is the socket it reads its request from and writes its answer to.

    `process` is a pidfd, `pid` says nothing any more once that has ended.
    """

    def __init__(self, answer: socket.socket, report: socket.socket, process: int, pid: int) -> None:
        self.answer = answer
        self._report = report
        self._process = process
        self._pid = pid
        self._ending = Ending(None)

    def kill(self) -> None:
        """End exactly this child, whatever it is doing; nothing happens to one that has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def give_way(self) -> None:
        """Let it compute only when nothing else wants the processor."""
        with suppress(OSError):
            self._report.send(GIVE_WAY)

    def ending(self, seconds: float) -> Ending:
        """How it ended, as soon as the zygote says so; unknown after `seconds`."""
        if self._ending.code is None:
            self._report.settimeout(seconds)
            with suppress(OSError, msgspec.DecodeError):
                self._ending = msgspec.json.decode(self._report.recv(4096), type=Ending)
        return self._ending

    def cpu_seconds(self) -> float | None:
        """Processor time it has used, as the system counts it; `None` where nobody knows."""
        try:
            used = time.clock_gettime(~self._pid << 3 | _PROCESS_CLOCK)
        except OSError:
            used = None
        if not self._has_ended:
            return used  # and it was this child's
        ending = self.ending(_REPORT_SECONDS)
        return None if ending.code is None else ending.cpu_seconds

    def close(self) -> None:
        """Kill it and let go of its sockets."""
        self.kill()
        os.close(self._process)
        self.answer.close()
        self._report.close()

    @property
    def _has_ended(self) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(0))


class Zygote:
    """Starts the zygote when it is first needed, and again whenever it is found dead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def is_warm(self) -> bool:
        """Whether it has been started."""
        return self._control is not None

    def warm_up(self) -> None:
        """Return once a child can be forked; RunError if the zygote does not start."""
        with self._lock:
            self._living()

    def child(self) -> ForkedChild:
        """A fresh child, waiting for its request; RunError if none can be had, `Over` if there is no room for one."""
        for _ in range(2):
            with self._lock:
                control = self._living()
                with suppress(OSError):
                    return _forked(control)
                self._end()
        raise RunError("the worker process does not answer although it was started again; restart the page")

    def close(self) -> None:
        """End the zygote, and with it every child it has."""
        with self._lock:
            self._end()

    def _living(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._end()
        self._process, self._control = _started()
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)  # it has heard that the page hung up, and buries its children
            self._process.kill()
            self._process.wait()
            self._process = None


def _started() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A zygote that has said it is ready."""
    with ExitStack() as on_failure:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        on_failure.callback(ours.close)
        with theirs, tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(
                [sys.executable, "-m", "graphviz_utils.running.zygote", str(theirs.fileno())],
                cwd=WORKING_DIRECTORY,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
            on_failure.callback(process.wait)
            on_failure.callback(process.kill)
            _await_ready(ours, complaints)
        on_failure.pop_all()
    return process, ours


def _await_ready(control: socket.socket, complaints: IO[bytes]) -> None:
    control.settimeout(_START_SECONDS)
    try:
        ready = control.recv(16) == b"ready"
    except OSError:
        ready = False
    control.settimeout(_FORK_SECONDS)
    if not ready:
        complaints.seek(0)
        words = complaints.read().decode(errors="replace").strip().splitlines()
        raise RunError(f"the worker process does not start: {words[-1] if words else 'it gave no reason'}")


def _forked(control: socket.socket) -> ForkedChild:
    """A child of the zygote at the other end of `control`.

    Raises:
        OSError: the zygote is gone or silent.
        Over: there is no room for another process or socket.
    """
    with ExitStack() as on_failure:
        try:
            answer, child_end = socket.socketpair()
            on_failure.callback(answer.close)
            on_failure.callback(child_end.close)
            report, zygote_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError:
            raise endings.no_room() from None
        on_failure.callback(report.close)
        with child_end, zygote_end:
            socket.send_fds(control, [b"fork"], [child_end.fileno(), zygote_end.fileno()])
        report.settimeout(_FORK_SECONDS)
        message, descriptors, _, _ = socket.recv_fds(report, 16, 1)
        if message == NO_ROOM:
            raise endings.no_room()
        if len(descriptors) != 1:
            raise ConnectionError("the zygote is gone")
        on_failure.pop_all()
    return ForkedChild(answer, report, descriptors[0], int(message))
