"""Workers of one's own for tests, and what the system says of their processes."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from graphviz_utils.running import Job, Limits, Outcome, Worker
from tests.running.cells import scenario

__all__ = [
    "ENDLESS",
    "FOR_LONG",
    "endless",
    "eventually",
    "forking",
    "gradient",
    "open_descriptors",
    "power",
    "processes",
    "processes_of",
]

ENDLESS = Job(scenario("while True: pass"))
FOR_LONG = Limits(wall_seconds=300, cpu_seconds=300, queue_seconds=300)


@contextmanager
def endless(worker: Worker, limits: Limits = FOR_LONG, session: str = "") -> Iterator[Future[Outcome]]:
    """A program that runs until the block ends."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        try:
            yield threads.submit(worker.run, ENDLESS, limits, stop, session)
        finally:
            stop.set()


def gradient(outcome: Outcome) -> object:
    assert outcome.trace is not None, outcome
    grad = outcome.trace.leaf("x").grad
    assert grad is not None
    return grad.item()


def power(base: int) -> Job:
    """d(x³)/dx is 3x²."""
    return Job(scenario(f"import torch\nx = torch.tensor({base}.0, requires_grad=True)\n(x ** 3).backward()"))


@contextmanager
def forking() -> Iterator[tuple[Worker, int]]:
    """A worker of one's own, and the process id of its zygote."""
    worker, before = Worker("fork"), set(processes())
    worker.warm_up()
    [zygote] = set(processes()) - before
    try:
        yield worker, zygote
    finally:
        worker.close()


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def processes() -> dict[int, str]:
    """This process's children, and theirs, with the letter of their state."""
    return processes_of(os.getpid())


def processes_of(ancestor: int) -> dict[int, str]:
    found: dict[int, str] = {}
    parents = {ancestor}
    rows = [stat for path in Path("/proc").glob("[0-9]*") if (stat := _stat(path)) is not None]
    for _ in range(3):
        found |= {pid: state for pid, state, parent in rows if parent in parents}
        parents |= set(found)
    return found


def _stat(path: Path) -> tuple[int, str, int] | None:
    try:
        state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return int(path.name), state, int(parent)


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
