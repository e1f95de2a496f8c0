"""Explaining and proving a scenario: its rules, its paths, its proofs; the size is the number in its file's name."""

from pathlib import Path

import graphviz_utils
from benchmarks.cases.answering import Step, answer
from graphviz_utils.explanation import Chains, Explainer
from graphviz_utils.model import Moment, Trace


def _scenario(number: int) -> graphviz_utils.Scenario:
    (path,) = Path("scenarios").glob(f"{number:02}_*.py")
    return graphviz_utils.load_scenario(path)


def _trace(number: int) -> Trace:
    trace = graphviz_utils.run(_scenario(number)).trace
    assert trace is not None
    return trace


def explain(number: int) -> Step:
    """Every node, one after the other, by one explainer."""
    trace = _trace(number)

    def step() -> None:
        explainer = Explainer.of(trace)
        for node in trace.nodes:
            explainer.explain(node.id)

    return step, 30


def explain_one(number: int) -> Step:
    """The last node alone, nothing prepared: what one call of the face costs."""
    trace = _trace(number)
    return lambda: graphviz_utils.explain(trace, trace.nodes[-1].id), 30


def paths(number: int) -> Step:
    """The paths to the first element of every leaf of the last pass."""
    trace = _trace(number)
    index = trace.moment(Moment())[1]
    assert index is not None
    leaves = [node.id for node in trace.nodes if node.kind == "leaf"]

    def step() -> None:
        chains = Chains(trace, index)
        for leaf in leaves:
            chains.paths(leaf)

    return step, 30


def prove(number: int) -> Step:
    """The run, its differences and its closed forms."""
    scenario = _scenario(number)
    return lambda: graphviz_utils.prove(scenario), 10


def run_only(number: int) -> Step:
    """The run of it alone."""
    scenario = _scenario(number)
    return lambda: graphviz_utils.run(scenario), 10


if __name__ == "__main__":
    ways = {"explain": explain, "explain one": explain_one, "paths": paths, "prove": prove, "run": run_only}
    answer(ways)
