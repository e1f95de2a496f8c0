"""Other numbers and another floating type, put into a program without touching its text."""

from typing import Any

import pytest

from graphviz_utils.model import Scenario, Snapshot
from graphviz_utils.running import Dtype, Outcome, run
from tests.running.cells import POLYNOMIAL, scenario


def leaf(program: Scenario, leaves: dict[str, Any] | None = None, dtype: Dtype | None = None) -> Snapshot:
    trace = run(program, leaves=leaves, dtype=dtype).trace
    assert trace is not None
    value = trace.leaf("x").value
    assert value is not None
    return value


def refused(leaves: dict[str, Any]) -> Outcome:
    outcome = run(POLYNOMIAL, leaves=leaves)
    assert (outcome.status, outcome.trace) == ("error", None)
    return outcome


def test_other_number_gives_the_gradient_there() -> None:
    """8 + 3 + 6 + 5 at 1."""
    trace = run(POLYNOMIAL, leaves={"x": 1}).trace

    assert trace is not None
    grad = trace.leaf("x").grad
    assert grad is not None
    assert grad.item() == 22.0
    assert trace.source == POLYNOMIAL.source
    assert trace.notes == ("This run began with other numbers than the text: x.",)
    assert [claim.verdict for claim in trace.claims] == [True]


@pytest.mark.parametrize(
    "line",
    [
        "x = torch.tensor(2.0, requires_grad=True)",
        "x = torch.tensor(data=2.0, requires_grad=True)",
        "x = torch.tensor([[-2.0]], requires_grad=True)",
        "x: torch.Tensor = torch.tensor(2., requires_grad=True)",
        "x = torch.nn.Parameter(torch.tensor(2.0))",
        "x = torch.tensor(2.0).requires_grad_()",
        "if True:\n    x = torch.tensor(2.0, requires_grad=True)",
        "x = y = torch.tensor(2.0, requires_grad=True)",
    ],
)
def test_every_way_to_write_a_leaf_takes_other_numbers(line: str) -> None:
    value = leaf(scenario("import torch", line, "z = x * 2"), {"x": [7, -8.5]})

    assert (value.shape, value.data, value.dtype) == ((2,), (7.0, -8.5), "float32")


def test_numbers_that_strict_json_has_no_word_for_arrive() -> None:
    assert leaf(POLYNOMIAL, {"x": float("-inf")}).data == float("-inf")


def test_only_the_first_line_of_that_name_is_changed() -> None:
    program = scenario(
        "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfirst = x.item()\nx = torch.tensor(5.0)", "first, x"
    )
    trace = run(program, leaves={"x": 3}).trace

    assert trace is not None
    assert trace.cells[-1].display == "(3.0, tensor(5.))"


def test_name_without_a_literal_is_refused_and_the_others_are_named() -> None:
    assert refused({"w": 1}).message == (
        "RunError: no line  w = torch.tensor(<numbers>, …)  stands in the program; names that can be set: x"
    )


def test_program_that_cannot_be_read_says_so_rather_than_that_a_name_is_missing() -> None:
    outcome = run(scenario("x = torch.tensor("), leaves={"x": 1})

    assert outcome.message == "SyntaxError on line 1: '(' was never closed"


@pytest.mark.parametrize("value", ["2", None, [1, "a"], True])
def test_what_is_no_number_is_refused(value: object) -> None:
    assert "numbers or nested lists of them" in refused({"x": value}).message


def test_dtype_becomes_the_default_and_replaces_what_is_written() -> None:
    program = scenario("import torch\nx = torch.tensor([2.0], requires_grad=True, dtype=torch.float32)\ny = x * 0.5")

    assert leaf(POLYNOMIAL, dtype="float64").dtype == "float64"
    assert leaf(program, dtype="float64").dtype == "float64"
    assert leaf(program).dtype == "float32"


def test_dtype_is_told_in_the_notes() -> None:
    trace = run(POLYNOMIAL, dtype="float64").trace

    assert trace is not None
    assert trace.notes == ("This run's default floating type was float64.",)
