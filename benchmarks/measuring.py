"""Run a case in a child process of its own, again and again in turn with its rivals, and sum up the times."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Case", "Measured", "measured", "timed"]


@dataclass(frozen=True, slots=True)
class Case:
    """One way to do one thing: a function `way` of a module in `benchmarks.cases`, and the size it is given."""

    module: str
    way: str
    size: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The seconds of every repetition, facts the case told besides, or in words why there are none."""

    seconds: tuple[float, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""

    @property
    def median(self) -> float:
        """The median in seconds; NaN without a measurement."""
        return statistics.median(self.seconds) if self.seconds else float("nan")

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, in seconds."""
        if len(self.seconds) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2


def timed(step: Callable[[], object], repetitions: int, warm_ups: int = 1) -> tuple[float, ...]:
    """How long each call of `step` took, after `warm_ups` that do not count; results are dropped between the calls."""
    seconds = []
    for repetition in range(warm_ups + repetitions):
        begin = time.perf_counter()
        result = step()
        end = time.perf_counter()
        del result
        if repetition >= warm_ups:
            seconds.append(end - begin)
    return tuple(seconds)


def measured(cases: Sequence[Case], rounds: int = 3, deadline: float = 120.0) -> dict[Case, Measured]:
    """Every case `rounds` times, in turn, each time in a fresh process; a case that failed once is not tried again."""
    found = dict.fromkeys(cases, Measured())
    for _ in range(rounds):
        for case in cases:
            if not found[case].failure:
                found[case] = _joined(found[case], _child(case, deadline))
    return found


def _joined(first: Measured, second: Measured) -> Measured:
    return Measured(first.seconds + second.seconds, second.facts or first.facts, second.failure)


def _child(case: Case, deadline: float) -> Measured:
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.cases.{case.module}", case.way, str(case.size)]
    # A session of its own, so that a Graphviz which a peer started dies with it.
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=deadline)
    except subprocess.TimeoutExpired:
        return Measured(failure=f"not done after {deadline:.0f} s")
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    if child.returncode != 0:
        last = err.strip().splitlines()[-1:] or [f"exit code {child.returncode}"]
        return Measured(failure=last[0].split(":")[0].strip() if "Error" in last[0] else last[0])
    answer = json.loads(out.splitlines()[-1])
    return Measured(tuple(answer["seconds"]), answer["facts"])
