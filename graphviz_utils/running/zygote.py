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
from pathlib import Path
from typing import NoReturn

import msgspec

from graphviz_utils.running.child import answer_one, preload
from graphviz_utils.running.child.confinement import die_with_parent, keep_only
from graphviz_utils.running.wire import NO_ROOM, Ending

__all__ = ["main"]

_ANSWER = 3
"""The descriptor of the answer socket in a child, after `keep_only`."""

_Children = dict[int, tuple[int, socket.socket]]
"""pidfd → the child's process id, and where the page waits to hear how it ended."""


def main() -> None:
    """Serve the page at the other end of the descriptor given as the first argument, until it hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    preload()
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        sys.exit(f"{threads} threads run after the imports, and a process with more than one must not be forked")
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    _serve(control)


def _serve(control: socket.socket) -> None:
    children: _Children = {}
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor != control.fileno():
                poll.unregister(descriptor)
                _bury(children, descriptor)
            elif (child := _fork(control)) is None:
                for process in list(children):
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                    _bury(children, process)
                return
            elif child[0] >= 0:
                children[child[0]] = child[1:]
                poll.register(child[0], select.POLLIN)


def _fork(control: socket.socket) -> tuple[int, int, socket.socket] | None:
    """pidfd, process id and report socket of a new child; pidfd -1 if there is none; None when the page is gone."""
    message, descriptors, _, _ = socket.recv_fds(control, 16, 2)
    if not message:
        return None
    if len(descriptors) != 2:
        return -1, 0, control
    answer, report = (socket.socket(fileno=descriptor) for descriptor in descriptors)
    with answer:
        try:
            child = os.fork()
        except OSError:
            with report, suppress(OSError):
                report.send(NO_ROOM)
            return -1, 0, control
        if child == 0:
            _be_a_child(answer)
    process = os.pidfd_open(child)
    with suppress(OSError):
        socket.send_fds(report, [b"child"], [process])
    return process, child, report


def _be_a_child(answer: socket.socket) -> NoReturn:
    try:
        die_with_parent()
        os.setpgid(0, 0)
        keep_only(answer.fileno())
        answer_one(_ANSWER, _ANSWER)
    finally:
        os._exit(1)


def _bury(children: _Children, process: int) -> None:
    """Collect an ended child, end what it may have left running, and tell the page how it ended."""
    child, report = children.pop(process)
    os.waitid(os.P_PIDFD, process, os.WEXITED | os.WNOWAIT)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # its id is still taken, so this is its own group and nobody else's
    _, status, used = os.wait4(child, 0)
    os.close(process)
    with report, suppress(OSError):
        ending = Ending(os.waitstatus_to_exitcode(status), round(used.ru_utime + used.ru_stime, 3))
        report.send(msgspec.json.encode(ending))


if __name__ == "__main__":
    main()
