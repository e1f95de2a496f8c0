"""`prove()`: a run with its proofs, for every ready scenario and for programs that do not want to be proved."""

from pathlib import Path

import pytest

import graphviz_utils as gu
from graphviz_utils.model import Limits, Trace, TraceError
from graphviz_utils.running import prove, run
from tests.running.cells import POLYNOMIAL, scenario
from tests.running.differing import PATIENT

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.py"))

DIFFERING = {
    "30_nan_trap": {"x"},
    "38_custom_function": {"w"},
    "59_norm_at_zero": {"x"},
}
"""The scenarios that are about a wrong gradient, and the leaf that receives it."""


def by_differences(trace: Trace | None) -> dict[str, str]:
    assert trace is not None
    return {proof.name: row.verdict for proof in trace.proofs for row in proof.checks if row.way == "differences"}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_ready_scenario_differs_only_where_it_is_about_that(path: Path) -> None:
    verdicts = by_differences(prove(gu.load_scenario(path), limits=PATIENT).trace)

    assert {name for name, verdict in verdicts.items() if verdict == "differs"} == DIFFERING.get(path.stem, set())
    assert {name for name, verdict in verdicts.items() if verdict == "open"} == set()
    assert verdicts


@pytest.mark.parametrize("path", SCENARIOS[::6], ids=lambda path: path.stem)
def test_run_that_is_proved_is_recorded_as_any_other(path: Path) -> None:
    proved, recorded = prove(gu.load_scenario(path), limits=PATIENT).trace, run(gu.load_scenario(path)).trace

    assert proved is not None
    assert recorded is not None
    assert (proved.nodes, proved.passes, proved.values) == (recorded.nodes, recorded.passes, recorded.values)
    assert (proved.cells, proved.claims) == (recorded.cells, recorded.claims)


def test_proofs_come_through_the_trace_s_own_file(tmp_path: Path) -> None:
    trace = prove(POLYNOMIAL, limits=PATIENT).trace

    assert trace is not None
    trace.save(tmp_path / "proved.json")
    assert Trace.load(tmp_path / "proved.json").proofs == trace.proofs


def test_leaf_is_proved_in_two_ways_that_agree() -> None:
    trace = prove(POLYNOMIAL, limits=PATIENT).trace

    assert trace is not None
    [proof] = trace.proofs
    assert (proof.name, proof.autograd and proof.autograd.item()) == ("x", 93.0)
    assert {row.way: row.verdict for row in proof.checks} == {"derived": "equal", "differences": "equal"}


def test_pass_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TraceError, match=r"pass 7 was asked for, but this run has 1"):
        prove(POLYNOMIAL, backward=7)


def test_program_that_can_be_run_once_only_comes_back_unproved() -> None:
    """Run again, it finds that it has been here before, and never ends."""
    program = "import sys\nimport torch\nx = torch.tensor(3.0, requires_grad=True)\n"
    program += "while hasattr(sys, 'seen'):\n    pass\nsys.seen = True\n(x**2).backward()"

    outcome = prove(scenario(program), limits=Limits(wall_seconds=2))

    assert outcome.status == "ok"
    assert by_differences(outcome.trace) == {"x": "open"}


def test_program_that_fails_is_told_as_ever() -> None:
    outcome = prove(scenario("import torch\ntorch.ones(2) @ torch.ones(3)"))

    assert outcome.status == "error"
    assert outcome.trace is not None
    assert outcome.trace.proofs == ()


def test_forged_proofs_are_refused() -> None:
    """A program that writes an answer of its own: its proof is about a node that is not there."""
    program = 'import os\ntrace = b\'{"schema": 1, "title": "", "source": "", "cells": [], "nodes": [], \'\n'
    program += 'trace += b\'"edges": [], "values": [], "bindings": [], "passes": [], "error": null, \'\n'
    program += 'trace += b\'"proofs": [{"node": "n0", "name": "x", "backward": 0, "autograd": null}]}\'\n'
    program += 'body = b\'{"status": "ok", "trace": \' + trace + b\'}\'\n'
    program += (
        "for descriptor in (3, 4):\n    try:\n        os.write(descriptor, len(body).to_bytes(4, 'big') + body)\n"
    )
    program += "    except OSError:\n        pass\nos._exit(0)"

    assert prove(scenario(program)).status == "result refused"
