"""What a hostile program finds around it, and whether it did any harm there."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TOKEN", "Surroundings", "eventually", "open_descriptors", "surroundings", "zygotes"]

TOKEN = secrets.token_hex(8)
"""Stands in files and in this process's environment, and must never come out of a run."""

_PRECIOUS = ("precious.txt", "secret.txt")
_SHARED_MEMORY = Path("/dev/shm")
_TEMPORARY = Path("/tmp")
_PATIENCE = 10.0  # far from the 30 s and more that what a program left behind would sleep


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A folder of files, listeners, and a process to kill."""

    folder: Path
    port: int
    listeners: tuple[socket.socket, ...]
    victim: subprocess.Popen[bytes]
    files: dict[str, tuple[bytes, int, int]]
    elsewhere: frozenset[str]

    def localized(self, source: str) -> str:
        """`source`, which names a fixed folder and port, with these ones."""
        return source.replace("/tmp/sbx_canary", str(self.folder)).replace("18099", str(self.port))

    def harm(self) -> list[str]:
        """All that is not as it was, in words."""
        found = [f"{name} was changed" for name in _PRECIOUS if _state(self.folder / name) != self.files[name]]
        found += [f"{path} is new" for path in self.folder.iterdir() if path.name not in (*_PRECIOUS, "sock")]
        found += [f"{name} is new" for name in sorted(_elsewhere() - self.elsewhere)]
        found += [f"somebody came to {listener}" for listener in self.listeners if _was_visited(listener)]
        if self.victim.poll() is not None or _letter(self.victim.pid) == "T":
            found.append("the victim was signalled")
        return found + [f"process {pid} was left" for pid in _left()]


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """Set everything up in the empty `folder`, whose path is short enough for a socket."""
    for name in _PRECIOUS:
        (folder / name).write_text(f"SECRET-CANARY {TOKEN}\n")
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = tcp.getsockname()[1]
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", port))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "sock"))
        unix.listen()
        for listener in (tcp, udp, unix):
            listener.setblocking(False)
        victim = stack.enter_context(subprocess.Popen(["sleep", "600"]))
        stack.callback(victim.kill)
        files = {name: _state(folder / name) for name in _PRECIOUS}
        yield Surroundings(folder, port, (tcp, udp, unix), victim, files, _elsewhere())


def zygotes() -> list[int]:
    """The warm processes that this one has started."""
    return [pid for pid, parent, _ in _processes() if parent == os.getpid() and b"running.zygote" in _command(pid)]


def open_descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether `holds` within a moment: a zygote lets go of an ended child a little later than the page."""
    until = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def _left() -> list[int]:
    """What still runs of the zygotes' sessions besides the zygotes, after a moment's grace; it is killed."""
    own = zygotes()
    until = time.monotonic() + _PATIENCE
    while True:
        left = [pid for pid, _, session in _processes() if session in own and pid not in own]
        if not left or time.monotonic() > until:
            break
        time.sleep(0.01)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left


def _processes() -> list[tuple[int, int, int]]:
    """Process id, parent and session of everything that runs; what has ended already is no process."""
    rows = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                state, parent, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if state != "Z":
                    rows.append((int(entry.name), int(parent), int(session)))
    return rows


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _letter(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _state(path: Path) -> tuple[bytes, int, int]:
    """Content, mode and time; those of no file if there is none."""
    with suppress(OSError):
        about = path.stat()
        return path.read_bytes(), about.st_mode, about.st_mtime_ns
    return b"", 0, 0


def _elsewhere() -> frozenset[str]:
    """Names under which PyTorch and Python leave shared memory and temporary files; other programs use other names."""
    names = (*_SHARED_MEMORY.glob("torch_*"), *_SHARED_MEMORY.glob("sem.*"), *_SHARED_MEMORY.glob("psm_*"))
    return frozenset(map(str, (*names, *_TEMPORARY.glob("torch*"), *_TEMPORARY.glob("pymp-*"))))


def _was_visited(listener: socket.socket) -> bool:
    with suppress(BlockingIOError):
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(1)
        else:
            listener.accept()[0].close()
        return True
    return False
