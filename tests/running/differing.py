"""Programs for tests of differences, and what becomes of their leaves."""

from typing import Any

from graphviz_utils.model import Check, Limits, Proof, Snapshot, Trace
from graphviz_utils.running import Job
from graphviz_utils.running.worker import DEFAULT
from tests.running.cells import scenario

__all__ = ["PATIENT", "check", "checks", "differenced", "numbers", "verdicts"]

PATIENT = Limits(difference_seconds=20, wall_seconds=120, cpu_seconds=100)
"""On a crowded machine a program must have time to be run again as often as in a class."""


def differenced(program: str, **asked: Any) -> Trace:
    """The run of a program (torch is imported), with its gradients held against differences."""
    limits = asked.pop("limits", PATIENT)
    job = Job(scenario(f"import torch\n{program}"), wants=frozenset({"trace", "differences"}), **asked)
    outcome = DEFAULT.run(job, limits)
    assert outcome.trace is not None, outcome.message
    return outcome.trace


def checks(program: str, **asked: Any) -> dict[str, Check]:
    """The check of each leaf, by its name."""
    return {proof.name: _check(proof) for proof in differenced(program, **asked).proofs}


def check(program: str, **asked: Any) -> Check:
    """The check of the only leaf."""
    [proof] = differenced(program, **asked).proofs
    return _check(proof)


def verdicts(program: str, **asked: Any) -> dict[str, str]:
    """The verdict on each leaf, by its name."""
    return {name: row.verdict for name, row in checks(program, **asked).items()}


def numbers(snapshot: Snapshot | None) -> list[object]:
    """All elements of a snapshot that must be there."""
    assert snapshot is not None
    return list(snapshot.elements())


def _check(proof: Proof) -> Check:
    [row] = proof.checks
    assert row.way == "differences"
    return row
