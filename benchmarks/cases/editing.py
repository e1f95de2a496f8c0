"""An edit of scenario 1 as the page's server meets it: read, run in the warm worker, draw; the size is not used."""

import itertools
import subprocess
import sys
from pathlib import Path

import graphviz_utils
from benchmarks.cases.answering import Step, answer

_PROGRAM = Path("scenarios/01_polynomial.py").read_text(encoding="utf-8")
_NUMBER = itertools.count(3)


def _edited() -> str:
    """The program with another number in it, so that nothing can be taken from a cache."""
    return _PROGRAM.replace("torch.tensor(2.0", f"torch.tensor({next(_NUMBER)}.0")


def edit(_: int) -> Step:
    """Everything between the edit and the SVG."""

    def step() -> graphviz_utils.Picture:
        outcome = graphviz_utils.run(graphviz_utils.read_scenario(_edited()))
        assert outcome.trace is not None, outcome.message
        return graphviz_utils.draw(outcome.trace)

    return step, 30


def run_only(_: int) -> Step:
    """The part of it that the worker takes."""
    return lambda: graphviz_utils.run(graphviz_utils.read_scenario(_edited())), 30


def draw_only(_: int) -> Step:
    """The part of it that the picture takes."""
    trace = graphviz_utils.run(graphviz_utils.read_scenario(_edited())).trace
    assert trace is not None
    return lambda: graphviz_utils.draw(trace), 30


def fresh(_: int) -> Step:
    """What a new process for every run would cost, without recording and drawing."""
    return lambda: subprocess.run([sys.executable, "-c", _edited()], check=True, capture_output=True), 3


if __name__ == "__main__":
    answer({"edit": edit, "run": run_only, "draw": draw_only, "fresh process": fresh})
