"""The warm process: imports PyTorch once, then forks one child for every pair of sockets that the page sends it.

Holds no program and no data of anybody, and ends when the page does: `python -m graphviz_utils.running.zygote FD`.
"""

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from graphviz_utils.running.child import answer_one, preload
from graphviz_utils.running.child.confinement import die_with_parent, keep_only
from graphviz_utils.running.priority import give_way
from graphviz_utils.running.wire import GIVE_WAY, NO_ROOM, Ending

__all__ = ["main"]

_ANSWER = 3
"""The descriptor of the answer socket in a child, after `keep_only`."""

_FIRST_TO_GO = "1000"


def main() -> None:
    """Serve the page at the other end of the descriptor given as the first argument, until it hangs up; then end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    preload()
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        sys.exit(f"{threads} threads run after the imports, and a process with more than one must not be forked")
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    _Nursery(control).serve()
    os._exit(0)


@dataclass(frozen=True, slots=True)
class _Child:
    """`process` is its pidfd; at `report` the page asks for something, and waits to hear how the child ended."""

    pid: int
    process: int
    report: socket.socket


class _Nursery:
    """The children that run, each watched at its pidfd and at its report socket."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, _Child] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> None:
        """Fork and bury until the page hangs up, then end all that still run."""
        while True:
            descriptor = self._poll.poll()[-1][0]  # one at a time: what is done about it may close another
            child = self._children.get(descriptor)
            if child is None:
                if not self._fork():
                    break
            elif descriptor == child.process:
                self._bury(child)
            else:
                self._heed(child)
        for child in {child.process: child for child in self._children.values()}.values():
            signal.pidfd_send_signal(child.process, signal.SIGKILL)
            self._bury(child)

    def _fork(self) -> bool:
        """Make the child that the page asks for, if there is room for one; whether the page is still there."""
        message, descriptors, _, _ = socket.recv_fds(self._control, 16, 2)
        if len(descriptors) != 2:
            return bool(message)
        answer, report = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        with answer:
            try:
                pid = os.fork()
            except OSError:
                with report, suppress(OSError):
                    report.send(NO_ROOM)
                return True
            if pid == 0:
                _be_a_child(answer)
        child = _Child(pid, os.pidfd_open(pid), report)
        with suppress(OSError):
            os.setpgid(pid, pid)
        for descriptor in (child.process, report.fileno()):
            self._children[descriptor] = child
            self._poll.register(descriptor, select.POLLIN)
        with suppress(OSError):
            socket.send_fds(report, [str(pid).encode()], [child.process])
        return True

    def _heed(self, child: _Child) -> None:
        """Do what the page asks for; a child for whose end nobody waits any more is ended."""
        message = b""
        with suppress(OSError):
            message = child.report.recv(16)
        if message == GIVE_WAY:
            give_way(child.pid)
        else:
            self._overlook(child.report.fileno())
            signal.pidfd_send_signal(child.process, signal.SIGKILL)

    def _bury(self, child: _Child) -> None:
        """Collect an ended child, end what it may have left running, and tell the page how it ended."""
        os.waitid(os.P_PIDFD, child.process, os.WEXITED | os.WNOWAIT)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # its id is still taken, so this is its own group and nobody else's
        _, status, used = os.wait4(child.pid, 0)
        for descriptor in (child.process, child.report.fileno()):
            self._overlook(descriptor)
        os.close(child.process)
        with child.report, suppress(OSError):
            ending = Ending(os.waitstatus_to_exitcode(status), round(used.ru_utime + used.ru_stime, 3))
            child.report.send(msgspec.json.encode(ending))

    def _overlook(self, descriptor: int) -> None:
        if self._children.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)


def _be_a_child(answer: socket.socket) -> NoReturn:
    try:
        die_with_parent()
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)  # when the machine runs out of memory
        keep_only(answer.fileno())
        answer_one(_ANSWER, _ANSWER)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
