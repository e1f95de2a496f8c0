"""Run one way of a case as a program: `python -m benchmarks.cases.MODULE WAY SIZE` prints its times as JSON."""

import json
import sys
from collections.abc import Callable, Mapping

from benchmarks.measuring import timed

__all__ = ["Step", "answer"]

Step = tuple[Callable[[], object], int]
"""What is timed, and how often."""


def answer(ways: Mapping[str, Callable[[int], Step]], facts: Callable[[], Mapping[str, float]] = dict) -> None:
    """Print the times of the way that the command line names, and `facts` gathered after it ran."""
    way, size = sys.argv[1], int(sys.argv[2])
    step, repetitions = ways[way](size)
    seconds = timed(step, repetitions)
    print(json.dumps({"seconds": seconds, "facts": dict(facts())}))
