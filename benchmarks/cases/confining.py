"""A run of scenario 1 in the warm worker, walled in or not; the size is how many are asked for at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.cases.answering import Step, answer
from graphviz_utils import read_scenario
from graphviz_utils.running import Job, Limits, Outcome, Worker

_JOB = Job(read_scenario(Path("scenarios/01_polynomial.py").read_text(encoding="utf-8")))
_WORKER = Worker()


def _run(limits: Limits) -> Outcome:
    outcome = _WORKER.run(_JOB, limits)
    assert outcome.status == "ok", outcome.message
    return outcome


def confined(_: int) -> Step:
    """As everything runs: behind the kernel's walls."""
    return lambda: _run(Limits()), 60


def limited(_: int) -> Step:
    """With limits of time and memory only."""
    return lambda: _run(Limits(protection="limits only")), 60


def saturated(size: int) -> Step:
    """As many runs as `size`, asked for at once."""
    pool = ThreadPoolExecutor(size)
    return lambda: [*pool.map(_run, [Limits(queue_seconds=60)] * size)], 5


if __name__ == "__main__":
    answer({"confined": confined, "limits only": limited, "at once": saturated})
    _WORKER.close()
