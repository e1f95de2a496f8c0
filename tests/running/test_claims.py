"""Closed forms and expectations are held against what PyTorch computed."""

import pytest

from graphviz_utils.model import Claim, Expectation, Scenario
from graphviz_utils.running import run
from tests.running.cells import POLYNOMIAL, scenario

SQUARE = "import torch\nx = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], requires_grad=True)\n"
SQUARE += "z = 2 * (3 * x + 2) ** 2\nz.backward(gradient=torch.ones_like(x))"


def claims(program: Scenario) -> tuple[Claim, ...]:
    trace = run(program).trace
    assert trace is not None
    assert trace.error is None
    return trace.claims


def verdicts(program: Scenario) -> list[bool | None]:
    return [claim.verdict for claim in claims(program)]


def test_right_formula_holds() -> None:
    [claim] = claims(POLYNOMIAL)

    assert (claim.kind, claim.name, claim.backward, claim.verdict, claim.note) == ("closed_form", "x", 0, True, "equal")
    assert claim.expected is not None
    assert claim.expected.item() == 93.0


def test_wrong_formula_names_the_first_element_that_differs() -> None:
    [claim] = claims(scenario(SQUARE, closed_forms={"x": "torch.tensor([[60., 96., 136.], [136., 96., 60.]])"}))

    assert claim.verdict is False
    assert claim.note == "PyTorch's is 132 and expected is 136 at [0][2], where the first difference is"


def test_formula_sees_the_values_of_its_own_pass_not_the_last_ones() -> None:
    """A gradient step from 3 to 2.4 to 1.92: the gradient of x² is 2x at each."""
    program = "import torch\nx = torch.tensor(3.0, requires_grad=True)\nfor _ in range(2):\n    (x * x).backward()\n"
    program += "    with torch.no_grad():\n        x -= 0.1 * x.grad\n    x.grad = None"

    rows = claims(scenario(program, closed_forms={"x": "2 * x"}))

    assert [(claim.backward, claim.verdict) for claim in rows] == [(0, True), (1, True)]
    assert [round(float(claim.expected.item().real), 4) for claim in rows if claim.expected] == [6.0, 4.8]


def test_formula_is_held_against_one_pass_not_the_accumulated_gradient() -> None:
    program = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n(x * x).backward()\nx.grad"

    assert verdicts(scenario(program, closed_forms={"x": "2 * x"})) == [True, True]


def test_formula_holds_for_what_autograd_grad_returns() -> None:
    program = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ntorch.autograd.grad(x ** 3, x)"

    assert verdicts(scenario(program, closed_forms={"x": "3 * x ** 2"})) == [True]


def test_formula_may_use_other_leaves_constants_numbers_and_torch() -> None:
    program = (
        "import torch, math\nn = 2\nw = torch.tensor([1.0, 2.0], requires_grad=True)\nx = torch.tensor([3.0, 4.0])\n"
    )
    program += "y = torch.exp(w * x / 10) * n\ny.sum().backward()"

    assert verdicts(scenario(program, closed_forms={"w": "n * x / 10 * exp(w * x / 10)"})) == [True]


def test_number_stands_for_all_elements() -> None:
    program = "import torch\nA = torch.ones(2, 3, requires_grad=True)\n(A * 3).sum().backward()"

    assert verdicts(scenario(program, closed_forms={"A": "3"})) == [True]


@pytest.mark.parametrize(
    ("formula", "verdict", "words"),
    [
        ("2 * nothing", False, "NameError"),
        ("2 *", False, "SyntaxError"),
        ("torch.ones(5, 5)", False, "shape"),
        ("while True: pass", False, "SyntaxError"),
    ],
)
def test_formula_that_cannot_be_computed_is_a_claim_that_fails(formula: str, verdict: bool, words: str) -> None:
    [claim] = claims(scenario(SQUARE, closed_forms={"x": formula}))

    assert claim.verdict is verdict
    assert words in claim.note


def test_formula_for_a_leaf_that_is_not_there_fails() -> None:
    [claim] = claims(scenario(SQUARE, closed_forms={"q": "1"}))

    assert (claim.verdict, claim.note) == (False, "the program has no tensor called q")


def test_formula_of_a_leaf_without_a_pass_is_undecided() -> None:
    [claim] = claims(scenario("import torch\nx = torch.ones(2, requires_grad=True)", closed_forms={"x": "1"}))

    assert (claim.verdict, claim.note) == (None, "x took part in no backward pass")


def test_formula_of_a_leaf_too_large_to_keep_is_undecided() -> None:
    program = "import torch\nx = torch.ones(100, 100, requires_grad=True)\n(x * x).sum().backward()"

    [claim] = claims(scenario(program, closed_forms={"x": "2 * x"}))

    assert claim.verdict is None
    assert "too large" in claim.note


@pytest.mark.parametrize(
    ("name", "value", "tolerance", "verdict"),
    [
        ("z", ((50, 128, 242), (242, 128, 50)), 0.0, True),
        ("x.grad", ((60, 96, 132), (132, 96, 60)), 0.0, True),
        ("x.grad[0, 2]", 132, 0.0, True),
        ("x.grad", ((60, 96, 136), (132, 96, 60)), 0.0, False),
        ("x.grad", ((60, 96, 136), (132, 96, 60)), 4.0, True),
        ("x.grad", (1, 2), 0.0, False),
        ("q", 1, 0.0, False),
        ("z.sum() / 7", 120.0, 0.0, True),
        ("torch.tensor(float('inf'))", float("inf"), 0.0, True),
    ],
)
def test_expectations_are_checked_at_the_end(name: str, value: object, tolerance: float, verdict: bool) -> None:
    program = scenario(SQUARE, expectations=(Expectation(name, value, tolerance),))

    [claim] = claims(program)

    assert claim.verdict is verdict, claim.note
    assert claim.kind == "expectation"


@pytest.mark.parametrize(("value", "note"), [(1.00005, "within 0.0001"), (1.0, "equal")])
def test_what_only_its_tolerance_makes_hold_is_not_called_equal(value: float, note: str) -> None:
    [claim] = claims(scenario("import torch\ns = torch.tensor(1.0)", expectations=(Expectation("s", value, 1e-4),)))

    assert (claim.verdict, claim.note) == (True, note)


def test_expectation_within_rounding_holds_and_says_so() -> None:
    program = scenario("import torch\ns = torch.tensor(0.1) + 0.7", expectations=(Expectation("s", 0.8000001),))

    [claim] = claims(program)

    assert claim.verdict is True
    assert "float32" in claim.note
