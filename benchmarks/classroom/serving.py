"""The page as a server of its own, and what it takes of the machine while a class uses it (Linux)."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Server", "served"]

_ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_STARTING = 60.0  # seconds


class Server:
    """The served page: where it is, and what it and its children use."""

    def __init__(self, address: str, process: int) -> None:
        self.address = address
        self._process = process

    def cpu_seconds(self) -> Mapping[str, float]:
        """Processor time so far: of the page's process, of its drawings, and of the worker with its runs."""
        own, ended = _cpu(self._process)
        below = [_cpu(process) for process in _below(self._process)]
        return {"page": own, "drawings": ended, "runs": sum(own + ended for own, ended in below)}

    def size(self) -> Mapping[str, float]:
        """What it is made of now: threads of the page, its children, and the megabytes of each and of all."""
        below = _below(self._process)
        page, others = _megabytes(self._process), sum(map(_megabytes, below))
        return {"threads": _threads(self._process), "children": len(below), "page MB": page, "all MB": page + others}


@contextmanager
def served(log: Path) -> Iterator[Server]:
    """The page on a free port of this machine, until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command.append(f"--server.port={address.rpartition(':')[2]}")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _await(address, process, log)
        yield Server(address, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _STARTING
    while time.monotonic() < end and process.poll() is None:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"http://{address}/_stcore/health"):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the page did not start: {log.read_text(encoding='utf-8', errors='replace')[-500:]}")


def _below(process: int) -> list[int]:
    """All processes that descend from this one."""
    found, rest = [], [process]
    while rest:
        parent = rest.pop()
        with suppress(OSError):
            for listing in Path(f"/proc/{parent}/task").glob("*/children"):
                children = [int(word) for word in listing.read_text(encoding="ascii").split()]
                found += children
                rest += children
    return found


def _cpu(process: int) -> tuple[float, float]:
    """Seconds of a process, and of its children that have ended and were waited for."""
    words = "".join(_read(f"/proc/{process}/stat")).rpartition(")")[2].split()
    ticks = [int(word) for word in words[11:15]] or [0, 0, 0, 0]
    return (ticks[0] + ticks[1]) / _TICKS, (ticks[2] + ticks[3]) / _TICKS


def _threads(process: int) -> int:
    return next((int(line.split()[1]) for line in _read(f"/proc/{process}/status") if line.startswith("Threads")), 0)


def _megabytes(process: int) -> float:
    """Its memory, where what is shared counts in part for each that shares it."""
    lines = _read(f"/proc/{process}/smaps_rollup")
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _read(name: str) -> list[str]:
    """The lines of a file of /proc; none of a process that has gone."""
    try:
        return Path(name).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
