"""Paths through every ready scenario: they sum to what autograd sent, to every element of every leaf."""

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from graphviz_utils.explanation import Chains
from graphviz_utils.model import Paths, Trace
from graphviz_utils.running import run
from graphviz_utils.scenario import load_scenario
from tests.conftest import ROOT

FILES = sorted((ROOT / "scenarios").glob("*.py"))


def by_name(path: Path) -> str:
    return path.stem


@cache
def recorded(path: Path) -> Trace:
    """The file's run; one worker runs them all."""
    outcome = run(load_scenario(path))
    assert outcome.trace is not None, outcome.message
    return outcome.trace


def all_paths(trace: Trace) -> Iterator[Paths]:
    """Those to every element of every leaf, for every pass."""
    for backward in range(len(trace.passes)):
        chains = Chains(trace, backward)
        for leaf in trace.nodes:
            if leaf.kind == "leaf":
                for element in range(math.prod(leaf.outputs[0].shape)):
                    yield chains.paths(leaf.id, element)


def least_precise(trace: Trace) -> torch.finfo:
    """The type in which the run computed with the fewest digits."""
    types = {getattr(torch, meta.dtype) for node in trace.nodes for meta in node.outputs}
    return max((torch.finfo(each) for each in types if each.is_floating_point), key=lambda type_: type_.eps)


def is_sum(found: Paths, type_: torch.finfo) -> bool:
    """Whether the paths sum to what was sent, but for rounding."""
    if found.total is None or found.grad is None:
        return (found.total or 0.0) == (found.grad or 0.0)
    if math.isnan(found.grad):
        return math.isnan(found.total)
    size = sum(abs(path.value) for path in found.paths) + abs(found.rest)
    return abs(found.total - found.grad) <= 8 * type_.eps * size + type_.tiny


@pytest.mark.parametrize("path", [path for path in FILES if "complex" not in path.stem], ids=by_name)
def test_all_paths_of_a_scenario_sum_to_what_autograd_sent(path: Path) -> None:
    trace = recorded(path)
    found, type_ = list(all_paths(trace)), least_precise(trace)

    assert any(each.count for each in found)
    assert [each for each in found if not is_sum(each, type_)] == []


@pytest.mark.parametrize("path", [path for path in FILES if "complex" not in path.stem], ids=by_name)
def test_every_path_of_a_scenario_begins_at_a_root(path: Path) -> None:
    trace = recorded(path)
    for found in all_paths(trace):
        roots = {(root.node, root.output) for root in trace.passes[found.backward].roots}

        assert {(each.root, each.output) for each in found.paths} <= roots
        assert "cannot be followed" not in found.reason


def test_the_paths_of_a_complex_leaf_are_refused_in_words() -> None:
    (path,) = (path for path in FILES if "complex" in path.stem)
    reasons = {found.reason.partition(":")[0] for found in all_paths(recorded(path)) if found.total is None}

    assert reasons == {"Paths cannot be followed through conj (line 54) and × (line 54)"}
