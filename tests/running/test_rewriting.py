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
    numbers = [[7]] if "[[" in line else 7
    value = leaf(scenario("import torch", line, "z = x * 2"), {"x": numbers})

    assert (value.numel, [*value.elements()], value.dtype) == (1, [7.0], "float32")


MATRIX = scenario("import torch\nx = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)")


def test_numbers_of_the_leaf_s_shape_are_taken() -> None:
    assert leaf(MATRIX, {"x": [[6, 5, 4], [3, 2, 1]]}).data == ((6.0, 5.0, 4.0), (3.0, 2.0, 1.0))


@pytest.mark.parametrize(
    ("program", "value", "words"),
    [
        (MATRIX, 3, "x is to begin with a single number, but in the program it is numbers of shape 2x3"),
        (MATRIX, [1, 2, 3], "with numbers of shape 3, but in the program it is numbers of shape 2x3"),
        (MATRIX, [[1, 2], [3, 4], [5, 6]], "with numbers of shape 3x2, but"),
        (MATRIX, [[1, 2, 3], [4]], "with rows of unequal length, but"),
        (MATRIX, [], "with numbers of shape 0, but"),
        (POLYNOMIAL, [1, 2], "with numbers of shape 2, but in the program it is a single number"),
    ],
)
def test_numbers_of_another_shape_are_refused(program: Scenario, value: object, words: str) -> None:
    outcome = run(program, leaves={"x": value})

    assert (outcome.status, outcome.trace) == ("error", None)
    assert words in outcome.message


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
