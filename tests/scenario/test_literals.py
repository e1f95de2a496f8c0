"""Numbers that stand in a program are found, and replaced without touching anything else."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_utils.scenario import Literal, literals, with_literal

PROGRAM = """\
# ∂ is two bytes and more
x = torch.tensor(2.0, requires_grad=True)  # x = torch.tensor(9.0)
w = nn.Parameter(torch.tensor([[1, -2], [3, 4]], dtype=torch.float32))
é = torch.tensor(data=[0.5, 1e3]).requires_grad_()
n = torch.tensor(len(names))
x = torch.tensor(7.0)
flag = torch.tensor(True)
"""

DEEP: Any = 1.0
for _ in range(50_000):
    DEEP = [DEEP]


def test_the_first_literal_of_each_name_is_found_with_its_line() -> None:
    assert literals(PROGRAM) == (
        Literal("x", 2.0, 2),
        Literal("w", [[1, -2], [3, 4]], 3),
        Literal("é", [0.5, 1000.0], 4),
    )


@pytest.mark.parametrize(
    ("name", "value", "before", "after"),
    [
        ("x", 3.5, "tensor(2.0, req", "tensor(3.5, req"),
        ("x", 3, "tensor(2.0, req", "tensor(3.0, req"),
        ("w", [[1, 2], [3, 4]], "[[1, -2], [3, 4]]", "[[1, 2], [3, 4]]"),
        ("w", [[1.5, 2], [3, 4]], "[[1, -2], [3, 4]]", "[[1.5, 2], [3, 4]]"),
        ("é", [-1, 0.25], "[0.5, 1e3]", "[-1.0, 0.25]"),
    ],
)
def test_other_numbers_take_the_place_of_the_first(name: str, value: Any, before: str, after: str) -> None:
    assert with_literal(PROGRAM, name, value) == PROGRAM.replace(before, after, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 3),
        ("y", 3),
        ("x", [1.0]),
        ("w", [[1, 2]]),
        ("x", "os.system()"),
        ("x", float("nan")),
        ("x", None),
        ("x", True),
        ("x", 10**400),
        ("w", [[10**400, 2], [3, 4]]),
        ("w", DEEP),
        ("w", {"0": [1, 2]}),
        ("w", []),
    ],
)
def test_what_does_not_fit_changes_nothing(name: str, value: Any) -> None:
    assert with_literal(PROGRAM, name, value) == PROGRAM


@pytest.mark.parametrize("text", ["x = torch.tensor(", "(" * 10_000, "x = 'a\0b'", ""])
def test_a_text_that_is_no_program_has_no_literals(text: str) -> None:
    assert literals(text) == ()
    assert with_literal(text, "x", 1.0) == text


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "0x" + "f" * 9_000, "[1.0, " + "9" * 400 + "]", "[]"])
def test_a_number_that_no_tensor_takes_is_no_literal(number: str) -> None:
    text = f"z = torch.tensor({number})\nx = torch.tensor(2.0)\n"

    assert literals(text) == (Literal("x", 2.0, 2),)
    assert with_literal(text, "z", 1.0) == text


def test_a_whole_number_beyond_64_bits_is_written_so_that_a_tensor_takes_it() -> None:
    assert with_literal("n = torch.tensor(2)\n", "n", 1e30) == "n = torch.tensor(1e+30)\n"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back_as_it_was_put_in(number: float) -> None:
    changed = with_literal(PROGRAM, "x", number)

    assert literals(changed)[0] == Literal("x", number, 2)
    assert ast.dump(ast.parse(changed)).count("Call") == ast.dump(ast.parse(PROGRAM)).count("Call")
