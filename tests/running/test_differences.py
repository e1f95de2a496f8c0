"""Gradients held against central differences: what comes back, for which leaves, and what cannot be done."""

import math

import pytest

from graphviz_utils.running import Limits
from tests.running.differing import check, differenced, numbers, verdicts


def test_slope_of_a_polynomial_is_that_of_its_derivative_by_hand() -> None:
    """8x³ + 3x² + 6x + 5 at 2 is 93."""
    found = check("x = torch.tensor(2.0, requires_grad=True)\n(2*x**4 + x**3 + 3*x**2 + 5*x + 1).backward()")

    assert found.verdict == "equal"
    assert numbers(found.expected) == [pytest.approx(93, abs=1e-9)]
    assert found.error is not None
    assert found.error < 1e-9


def test_expected_has_the_shape_of_the_leaf_and_all_digits_of_double_precision() -> None:
    """The derivative of Σ e^(3x) is 3e^(3x)."""
    found = check("x = torch.tensor([[0.0, 0.5], [1.0, -1.0]], requires_grad=True)\ntorch.exp(3*x).sum().backward()")

    assert found.expected is not None
    assert (found.expected.shape, found.expected.dtype) == ((2, 2), "float64")
    assert numbers(found.expected) == [pytest.approx(3 * math.exp(3 * x), rel=1e-9) for x in (0, 0.5, 1, -1)]


def test_note_says_how_far_float32_itself_is_off() -> None:
    """e^(1/3) · 1/3 rounded to 24 bits is off by some 10⁻⁸."""
    found = check("x = torch.tensor(1.0, requires_grad=True)\ntorch.exp(x/3).backward()")

    assert found.verdict == "equal"
    assert "float32 itself is off by" in found.note


def test_every_leaf_of_the_pass_has_a_row_and_no_other() -> None:
    program = "x, y, z = (torch.tensor(float(n), requires_grad=True) for n in (2, 3, 4))\n(x * y).backward()\nz * 2"

    assert verdicts(program) == {"x": "equal", "y": "equal"}


def test_last_pass_is_held_against_differences_unless_another_is_asked_for() -> None:
    program = "x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()\n(x**3).backward()"

    assert numbers(check(program).expected) == [pytest.approx(27, abs=1e-9)]
    assert numbers(check(program, backward=0).expected) == [pytest.approx(6, abs=1e-9)]
    assert differenced(program, backward=0).proofs[0].backward == 0


def test_numbers_of_the_reader_take_the_place_of_those_in_the_text() -> None:
    found = check("x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()", leaves={"x": 10.0})

    assert (found.verdict, numbers(found.expected)) == ("equal", [pytest.approx(20, abs=1e-9)])


def test_both_parts_of_a_complex_number_are_moved() -> None:
    """|z|² is a² + b²: its slopes are 2a and 2b, which PyTorch writes as 2a + 2bi."""
    found = check("z = torch.tensor([3+4j, 1-2j], requires_grad=True)\n(z * z.conj()).real.sum().backward()")

    assert found.verdict == "equal"
    assert found.expected is not None
    assert found.expected.dtype == "complex128"
    assert numbers(found.expected) == [pytest.approx(6 + 8j), pytest.approx(2 - 4j)]


def test_flat_bottom_is_flat() -> None:
    """x² at 0, where both the slope and the function are nothing but what rounding left."""
    program = "x = torch.tensor(8.0, requires_grad=True)\nfor _ in range(3):\n    x.grad = None\n"
    program += "    (x**2).backward()\n    with torch.no_grad():\n        x -= 0.5 * x.grad"

    assert check(program).verdict == "equal"


@pytest.mark.parametrize(
    "program",
    [
        "x = torch.FloatTensor([2.1, 3.3]).requires_grad_()",
        "x = torch.tensor([2.1, 3.3], dtype=torch.float32, requires_grad=True)",
        "x = torch.full((2,), 2.1).to(torch.float32).requires_grad_()",
        "torch.set_default_dtype(torch.float32)\nx = torch.full((2,), 2.1, requires_grad=True)",
    ],
)
def test_double_precision_is_had_whatever_type_the_program_asks_for(program: str) -> None:
    found = check(f"{program}\n(x**3).sum().backward()")

    assert found.verdict == "equal"
    assert found.error is not None
    assert found.error < 1e-9


def test_steps_are_small_where_a_number_turns_fast() -> None:
    """The slope of sin(10⁹x) is 10⁹·cos(10⁹x), and what is lost in 10⁹x shows."""
    found = check("x = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)\ntorch.sin(1e9 * x).backward()")

    assert found.verdict == "close"
    assert numbers(found.expected) == [pytest.approx(1e9 * math.cos(1e9 * 0.3), rel=1e-3)]


# -- what cannot be done


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time\n(x * (time.time() % 1)).backward()", "they depend on chance, on the time"),
        (
            "import math\nk = getattr(math, 'k', 1.0)\nmath.k = 2.0\n(x * k).backward()",
            "what the first run left behind",
        ),
        ("import numpy\n(x * numpy.random.default_rng().normal()).backward()", "they depend on chance"),
        ("torch.distributions.Gamma(x, 1.0).rsample().backward()", "draws random numbers that change"),
        ("torch.func.hessian(lambda a: a**4)(x).mul(x).backward()", "where torch.func's transforms are nested"),
        ("(x / 0).backward()", "this pass begins from inf, which has no slope"),
        (
            "y = x * 2\ntorch.autograd.grad([torch.autograd.graph.get_gradient_edge(y)], [x], [torch.ones(())])",
            "an edge of the graph",
        ),
    ],
    ids=["time", "left behind", "unseeded", "gamma", "nested", "infinite", "edge"],
)
def test_what_cannot_be_held_against_differences_stays_open_with_the_reason(program: str, reason: str) -> None:
    found = check(f"x = torch.tensor(3.0, requires_grad=True)\n{program}")

    assert found.verdict == "open"
    assert reason in found.note


def test_slow_program_stays_open() -> None:
    program = "import time\nx = torch.tensor(3.0, requires_grad=True)\ntime.sleep(0.4)\n(x**2).backward()"

    found = check(program, limits=Limits(difference_seconds=0.1))

    assert found.verdict == "open"
    assert found.note == "the program takes too long to be run again many times within 0.1 seconds"


def test_when_time_runs_out_it_is_said_how_much_was_tried() -> None:
    program = "torch.manual_seed(0)\nw = (torch.randn(30, 30) / 6).requires_grad_()\nx = torch.randn(8, 30)\n"
    program += "for _ in range(40):\n    x = torch.tanh(x @ w)\n(x**2).sum().backward()"

    found = check(program, limits=Limits(difference_seconds=0.5, wall_seconds=60, cpu_seconds=60))

    assert found.verdict in ("equal", "close")
    assert " of 900 numbers were tried, and all of them at once along one direction" in found.note
    assert found.expected is None


def test_large_leaf_is_tried_in_part_and_all_at_once() -> None:
    found = check("x = torch.ones(10, 50, requires_grad=True)\n(x**2).sum().backward()")

    assert (found.verdict, found.expected) == ("equal", None)
    assert "64 of 500 numbers were tried, and all of them at once along one direction" in found.note


def test_chaos_raises_no_alarm() -> None:
    """Forty layers of a random network that is far too wide: a slope of millions, of a number near a hundred."""
    program = "torch.manual_seed(0)\nw = torch.randn(10, 10, requires_grad=True)\nx = torch.randn(8, 10)\n"
    program += "for _ in range(30):\n    x = torch.tanh(x @ w)\n(x**2).sum().backward()"

    assert check(program).verdict != "differs"


def test_run_without_a_pass_has_no_proofs() -> None:
    assert differenced("x = torch.tensor(3.0, requires_grad=True)\nx * 2").proofs == ()


def test_pass_of_a_program_that_fails_later_is_proved() -> None:
    trace = differenced("x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()\nraise ValueError")

    assert trace.error is not None
    assert [row.verdict for proof in trace.proofs for row in proof.checks] == ["equal"]


@pytest.mark.parametrize(
    "program",
    [
        "try:\n    (x**2).backward()\nexcept BaseException:\n    pass",
        "done = 0\nwhile not done:\n    try:\n        (x**2).backward()\n        done = 1\n    except:\n        pass",
    ],
)
def test_program_that_catches_everything_is_proved_all_the_same(program: str) -> None:
    assert check(f"x = torch.tensor(3.0, requires_grad=True)\n{program}").verdict == "equal"


def test_cells_show_what_the_first_run_printed_and_that_once() -> None:
    program = "x = torch.tensor(3.0, requires_grad=True)\nprint('once')\n(x**2).backward()\nx.grad"

    [cell] = differenced(program).cells

    assert (cell.stdout, cell.display) == ("once\n", "tensor(6.)")
