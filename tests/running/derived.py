"""Runs recorded for tests of derivations, and what was derived of them, as SymPy has it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sympy
import torch

import graphviz_utils as gu
from graphviz_utils.model import Check, Limits, Proof, Trace
from graphviz_utils.running import run
from graphviz_utils.running.child.derivation import with_closed_forms
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.deriving import PassDerivation
from graphviz_utils.running.child.derivation.flow import Flow, edges_by_target
from graphviz_utils.running.obligations import unproved

__all__ = ["PATIENT", "SCENARIOS", "checks", "closed_forms", "derivation", "leaf", "proofs", "recorded", "scenario_run"]

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.py"))
PATIENT = Limits(derivation_seconds=60)


def recorded(program: Callable[[], object]) -> Trace:
    """The run of `program`, whose own variables are called as in it."""
    with gu.record(filename=program.__code__.co_filename) as run:
        program()
    return run.trace


@cache
def scenario_run(path: Path) -> Trace:
    """The run of a ready scenario, as a page has it: through JSON."""
    trace = run(gu.load_scenario(path)).trace
    assert trace is not None
    return trace


def leaf(data: Any, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(data, dtype=dtype, requires_grad=True)


def proofs(trace: Trace, backward: int | None = None) -> tuple[Proof, ...]:
    """What was derived, without haste."""
    return with_closed_forms(trace, backward, PATIENT).proofs


def checks(trace: Trace, backward: int | None = None) -> dict[str, Check]:
    """By leaf, what was derived for it in the last pass that it took part in."""
    return {row.name: check for row in proofs(trace, backward) for check in row.checks}


def derivation(trace: Trace, backward: int = -1) -> PassDerivation:
    """The derivation of a pass, to be looked into."""
    return PassDerivation(Flow(trace, trace.passes[backward], edges_by_target(trace)), Budget(60))


def closed_forms(trace: Trace, name: str, backward: int = -1) -> Any:
    """The closed forms for all elements of a leaf, in an array, with symbols called as in LaTeX."""
    derived = derivation(trace, backward)
    (row,) = [row for row in unproved(trace, backward % len(trace.passes)) if row.name == name]
    _, slopes = derived.slopes(row.node)
    letters = {letter: sympy.Symbol(latex, real=True) for letter, latex in derived.alphabet.latex.items()}
    renamed = np.empty(slopes.shape, dtype=object)
    for index in np.ndindex(*slopes.shape):
        renamed[index] = slopes[index].xreplace(letters)
    return renamed
