"""Run a case in a child process of its own, again and again in turn with its rivals, and sum up the times."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

__all__ = ["Case", "Measured", "busy_cores", "measured", "timed"]

_LOOK = 0.5  # seconds to look at what others do, before each round


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
    others: tuple[float, ...] = ()
    """How many cores others kept busy before each round; empty where the system does not tell."""

    @property
    def is_usable(self) -> bool:
        """Whether there is a median, and not more spread than that."""
        return not self.failure and bool(self.seconds) and self.spread <= self.median

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
        others = busy_cores()
        for case in cases:
            if not found[case].failure:
                found[case] = replace(_joined(found[case], _child(case, deadline)), others=found[case].others + others)
    return found


def busy_cores() -> tuple[float, ...]:
    """How many cores are busy while this process does nothing, as one number or, where nothing tells, none."""
    before = _ticks()
    time.sleep(_LOOK)
    after = _ticks()
    if before is None or after is None or after[1] == before[1]:
        return ()
    busy, all_ = after[0] - before[0], after[1] - before[1]
    return (busy / all_ * (os.cpu_count() or 1),)


def _ticks() -> tuple[int, int] | None:
    """Linux's count of busy and of all ticks, over all cores."""
    try:
        numbers = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    return sum(numbers) - numbers[3] - numbers[4], sum(numbers)  # the fourth and fifth are idle and waiting for a disk


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
