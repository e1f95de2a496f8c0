"""The page's side of the zygote: a warm process that forks one child per run (Linux)."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from typing import IO

import msgspec

from graphviz_utils.model import RunError
from graphviz_utils.running import endings
from graphviz_utils.running.environment import WORKING_DIRECTORY, clean_environment
from graphviz_utils.running.wire import NO_ROOM, Ending

__all__ = ["ForkedChild", "Zygote"]

_START_SECONDS = 60.0
_FORK_SECONDS = 5.0


class ForkedChild:
    """One child of the zygote. `answer` is the socket it reads its request from and writes its answer to."""

    def __init__(self, answer: socket.socket, report: socket.socket, process: int) -> None:
        self.answer = answer
        self._report = report
        self._process = process

    def kill(self) -> None:
        """End exactly this child, whatever it is doing; nothing happens to one that has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def ending(self, seconds: float) -> Ending:
        """How it ended, as soon as the zygote says so; unknown after `seconds`."""
        self._report.settimeout(seconds)
        try:
            return msgspec.json.decode(self._report.recv(4096), type=Ending)
        except (OSError, msgspec.DecodeError):
            return Ending(None)

    def close(self) -> None:
        """Kill it and let go of its sockets."""
        self.kill()
        os.close(self._process)
        self.answer.close()
        self._report.close()


class Zygote:
    """Starts the zygote when it is first needed, and again whenever it is found dead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

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
            raise endings.busy() from None
        on_failure.callback(report.close)
        with child_end, zygote_end:
            socket.send_fds(control, [b"fork"], [child_end.fileno(), zygote_end.fileno()])
        report.settimeout(_FORK_SECONDS)
        message, descriptors, _, _ = socket.recv_fds(report, 16, 1)
        if message == NO_ROOM:
            raise endings.busy()
        if len(descriptors) != 1:
            raise ConnectionError("the zygote is gone")
        on_failure.pop_all()
    return ForkedChild(answer, report, descriptors[0])
