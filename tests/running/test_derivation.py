"""Closed forms derived from a recorded graph: found, held against autograd, or left open in words."""

from collections.abc import Callable
from typing import Any

import torch

import graphviz_utils as gu
from graphviz_utils.model import Check, Limits, Trace
from graphviz_utils.running.child.derivation import with_closed_forms


def recorded(program: Callable[[], object]) -> Trace:
    """The run of `program`, whose own variables are called as in it."""
    with gu.record() as run:
        program()
    return run.trace


def checks(trace: Trace, backward: int | None = None) -> dict[str, Check]:
    """By leaf, what was derived for it in the last pass that it took part in."""
    derived = with_closed_forms(trace, backward, Limits(derivation_seconds=60))
    return {row.name: check for row in derived.proofs for check in row.checks}


def leaf(data: Any, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(data, dtype=dtype, requires_grad=True)


def test_the_first_scenario_has_the_closed_form_that_school_gives() -> None:
    def program() -> None:
        x = leaf(2.0)
        y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
        y.backward()

    check = checks(recorded(program))["x"]

    assert check.verdict == "equal"
    assert check.latex == r"\frac{\partial y}{\partial x} = 8 x^{3} + 3 x^{2} + 6 x + 5"
    assert check.expected is not None
    assert check.expected.item() == 93.0


def test_a_derivation_goes_rule_by_rule_from_the_program_to_the_number() -> None:
    def program() -> None:
        x = leaf(2.0)
        y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
        y.backward()

    slope, by = r"\frac{\partial y}{\partial x}", r"\frac{\partial}{\partial x}"
    lines = [(line.rule, line.latex) for line in checks(recorded(program))["x"].deductions]

    assert lines == [
        ("what was computed", r"y = 2 x^{4} + x^{3} + 3 x^{2} + 5 x + 1"),
        ("sum rule", rf"{slope} = {by} 2 x^{{4}} + {by} x^{{3}} + {by} 3 x^{{2}} + {by} 5 x"),
        ("constant factor, power rule", rf"{by} 2 x^{{4}} = 8 x^{{3}}"),
        ("power rule", rf"{by} x^{{3}} = 3 x^{{2}}"),
        ("constant factor, power rule", rf"{by} 3 x^{{2}} = 6 x"),
        ("constant factor", rf"{by} 5 x = 5"),
        ("put together", rf"{slope} = 8 x^{{3}} + 3 x^{{2}} + 6 x + 5"),
        ("put in the numbers", rf"{slope} = 8 \cdot 2^{{3}} + 3 \cdot 2^{{2}} + 6 \cdot 2 + 5 = 93"),
    ]
