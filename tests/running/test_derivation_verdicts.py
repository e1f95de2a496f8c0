"""What is said of autograd's number: equal, close, at a kink, different, or that nothing can be said."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from graphviz_utils.model import Check
from tests.running.derived import checks, leaf, recorded


def only(program: Callable[[], object], name: str = "x") -> Check:
    return checks(recorded(program))[name]


def test_a_hook_that_doubles_a_gradient_is_caught() -> None:
    def program() -> None:
        x = leaf(3.0)
        x.register_hook(lambda grad: 2 * grad)
        (x * x).backward()

    check = only(program)

    assert (check.verdict, check.note) == ("differs", "autograd's is 12 and the closed form's is 6")


def test_a_hook_in_the_middle_is_caught_too_and_the_first_element_is_named() -> None:
    """The hook changes what comes back from the second element only."""

    def program() -> None:
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        y = x * x
        y.register_hook(lambda grad: grad + torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=torch.float64))
        y.sum().backward()

    check = only(program)

    assert check.verdict == "differs"
    assert check.note == "autograd's is 8 and the closed form's is 4 at [0][1], where the first difference is"


def test_a_change_that_autograd_does_not_notice_is_caught() -> None:
    """x² was computed for x = 3 and is differentiated at x = 2: 4 + 3 · 2², where 6 + 3 · 2² is right."""

    def program() -> None:
        x = leaf(3.0)
        y = x**2
        x.data.sub_(1.0)
        (y + x**3).backward()

    check = only(program)

    assert (check.verdict, check.note) == ("differs", "autograd's is 16 and the closed form's is 18")


def test_nan_that_autograd_sends_back_through_a_branch_not_taken_is_caught() -> None:
    def program() -> None:
        x = leaf([0.0, 4.0])
        torch.where(x > 0, torch.sqrt(x), 0.0).sum().backward()

    check = only(program)

    assert check.verdict == "differs"
    assert check.note == "autograd's is nan and the closed form's is 0 at [0], where the first difference is"


class Forgetful(torch.autograd.Function):
    """x³, of which the backward forgets the 3."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.pow(x, 3)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        sent: torch.Tensor = grad * x**2
        return sent


def test_a_function_of_the_programs_own_leaves_it_open_and_is_named() -> None:
    def program() -> None:
        x, w = leaf(2.0), leaf(5.0)
        y = Forgetful.apply(x * 1) * w
        y.backward()

    found = checks(recorded(program))

    assert found["x"].verdict == "open"
    assert found["x"].note.startswith("no closed form here: ForgetfulBackward on line ")
    assert found["x"].note.endswith(" is computed by a function of the program's own")
    assert found["w"].verdict == "equal"


def test_single_precision_raises_no_alarm() -> None:
    """Twelve layers of tanh in float32: every step rounds."""

    def program() -> None:
        torch.manual_seed(0)
        x = torch.randn(3, requires_grad=True)
        w = torch.randn(3, 3, requires_grad=True)
        h = x
        for _ in range(12):
            h = torch.tanh(w @ h)
        h.sum().backward()

    assert {check.verdict for check in checks(recorded(program)).values()} <= {"equal", "close"}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_raises_no_alarm(dtype: torch.dtype) -> None:
    def program() -> None:
        x, w = leaf(0.3, dtype), leaf(1.7, dtype)
        (torch.tanh(w * x) * torch.exp(x)).backward()

    found = checks(recorded(program))

    assert {check.verdict for check in found.values()} <= {"equal", "close"}
    assert any(check.note.endswith(f"rounding of {str(dtype).removeprefix('torch.')}") for check in found.values())


def test_gradients_that_cancel_raise_no_alarm() -> None:
    """A softmax that is sure: its gradient is the difference of two numbers that are nearly equal."""

    def program() -> None:
        x = torch.tensor([12.0, -9.0, 0.5], requires_grad=True)
        torch.nn.functional.cross_entropy(x, torch.tensor(0)).backward()

    assert only(program).verdict in ("equal", "close")


def test_large_scores_that_would_overflow_in_the_formula_raise_no_alarm() -> None:
    def program() -> None:
        x = torch.tensor([1000.0, 998.0, -1000.0], requires_grad=True)
        torch.logsumexp(x, 0).backward()

    assert only(program).verdict in ("equal", "close")


def test_what_half_precision_lost_is_within_its_rounding() -> None:
    def program() -> None:
        x = leaf(1.0, torch.float32)
        ((x.half() * 1e-4) * 1e-4).backward()

    check = only(program)

    assert check.verdict == "close"
    assert check.note.endswith("within the rounding of float16")


@pytest.mark.parametrize(
    ("function", "below", "above", "taken"),
    [
        (torch.relu, 0, 1, 0),
        (torch.abs, -1, 1, 0),
        (lambda x: x.clamp(min=0), 0, 1, 1),
        (lambda x: torch.maximum(x, torch.zeros_like(x)), 0, 1, 0.5),
        (lambda x: -torch.relu(x), 0, -1, 0),
        (lambda x: torch.relu(-x), -1, 0, 0),
        (lambda x: torch.nn.functional.leaky_relu(x, 0.25), 0.25, 1, 0.25),
        (lambda x: torch.relu(x) + 3 * torch.relu(-2 * x), -6, 1, 0),
    ],
)
def test_at_a_kink_both_slopes_are_told(function: Any, below: float, above: float, taken: float) -> None:
    def program() -> None:
        x = leaf([0.0, 2.0])
        function(x).sum().backward()

    check = only(program)

    assert check.verdict == "kink"
    assert check.note == f"a kink at [0]: the slope is {below} below and {above} above, and autograd took {taken}"
    assert check.below is not None
    assert check.above is not None
    assert (check.below.data[0], check.above.data[0]) == (below, above)
    assert check.below.data[1] == check.above.data[1]


def test_a_kink_within_a_kink_is_followed_to_its_own_side() -> None:
    """relu(x - relu(x)) is 0 for x ≥ 0, and 0 for x < 0 as well: relu(x) is 0 there, and relu(x) is 0 again."""

    def program() -> None:
        x = leaf([0.0, 1.0])
        torch.relu(torch.relu(x) - 2 * x).sum().backward()

    check = only(program)

    assert check.verdict == "kink"
    assert check.below is not None
    assert check.above is not None
    assert (check.below.data, check.above.data) == ((-2.0, 0.0), (0.0, 0.0))


def test_a_slope_that_both_sides_agree_on_is_the_derivative() -> None:
    """relu(x) - relu(-x) is x, whose slope is 1 everywhere; PyTorch takes 0 for each of the two at 0."""

    def program() -> None:
        x = leaf(0.0)
        (torch.relu(x) - torch.relu(-x)).backward()

    check = only(program)

    assert check.verdict == "differs"
    assert check.note == (
        "the slope is 1 on both sides, and autograd's is 0: where pieces meet, each operator took a slope of its own"
    )


def test_a_slope_beyond_both_sides_is_no_alarm_where_the_choices_of_operators_explain_it() -> None:
    """2 relu(x) + 3 relu(-x) - 4 relu(-x): slopes 1 and 2, and PyTorch takes 0 for each of the three."""

    def program() -> None:
        x = leaf(0.0)
        (2 * torch.relu(x) + 3 * torch.relu(-x) - 4 * torch.relu(-x)).backward()

    check = only(program)

    assert check.verdict == "kink"
    assert check.note == (
        "a kink: the slope is 1 below and 2 above, and autograd took 0, for each operator took a slope of its own"
    )


def test_a_large_gradient_beside_a_small_one_hides_nothing() -> None:
    """3 x² at 1000 and at 0.001: the second, made half as large again, is off by far less than the first rounds."""

    def program() -> None:
        x = torch.tensor([1000.0, 0.001], requires_grad=True)
        z = x**3
        z.register_hook(lambda grad: grad * torch.tensor([1.0, 1.5]))
        z.sum().backward()

    check = only(program)

    assert check.verdict == "differs"
    assert check.note == "autograd's is 4.5e-06 and the closed form's is 3e-06 at [1], where the first difference is"


def test_slopes_that_no_choice_at_a_kink_explains_are_caught() -> None:
    def program() -> None:
        x = leaf(0.0)
        x.register_hook(lambda grad: grad + 5)
        torch.relu(x).backward()

    check = only(program)

    assert (check.verdict, check.note) == ("differs", "autograd's is 5, and all slopes that meet lie between 0 and 1")


def test_a_tie_that_leaves_no_kink_is_equal() -> None:
    """log-sum-exp with the largest taken off: whichever of two equal ones is taken, the result is smooth."""

    def program() -> None:
        x = leaf([2.0, 2.0, 0.0])
        m = x.max()
        (m + torch.log(torch.exp(x - m).sum())).backward()

    assert only(program).verdict in ("equal", "close")


def test_a_choice_among_equals_is_left_open() -> None:
    """Which of two equal numbers is sorted first is PyTorch's secret."""

    def program() -> None:
        x = leaf([2.0, 1.0, 2.0])
        (x.sort().values * torch.tensor([1.0, 2.0, 3.0])).sum().backward()

    check = only(program)

    assert check.verdict == "open"
    assert check.note == "no closed form here: two elements are equal, and which of them comes first is a choice"


def test_of_many_elements_those_are_shown_that_are_not_zero() -> None:
    def program() -> None:
        x = leaf([[1.0, 2.0, 0.5, 1.5], [3.0, 1.0, 1.0, 4.0], [0.0, -2.0, 5.0, 1.0]])
        y = x.amax(0).prod()
        y.backward()

    check = only(program)

    assert check.note == "the first 3 that are not 0 of 12 elements are shown"
    assert check.latex is not None
    assert check.latex.startswith(r"\frac{\partial y}{\partial x_{01}} = x_{10} x_{13} x_{22},")


def test_random_operators_raise_no_alarm() -> None:
    def program() -> None:
        torch.manual_seed(0)
        x = leaf([1.0, 2.0, 3.0, 4.0])
        noisy = torch.nn.functional.dropout(x * x, 0.5) + torch.bernoulli(torch.full_like(x, 0.5)) * x
        (noisy + torch.randn(4)).sum().backward()

    assert only(program).verdict == "equal"


def test_changes_in_place_raise_no_alarm() -> None:
    """y₀ is overwritten by w², the others are multiplied by w: Σ y² is w⁴ + (x₁² + x₂²) w²."""

    def program() -> None:
        x, w = leaf([1.0, 2.0, 3.0]), leaf(2.0)
        y = x * 1
        y[0] = w * w
        y[1:].mul_(w)
        (y * y).sum().backward()

    found = checks(recorded(program))

    assert (found["x"].verdict, found["w"].verdict) == ("equal", "equal")
    assert found["w"].latex == (r"\frac{\partial L}{\partial w} = 2 w \left(x_{1}^{2} + x_{2}^{2} + 2 w^{2}\right)")


def test_each_step_of_a_training_loop_is_proved_with_its_own_numbers() -> None:
    """d(w²) is 2 w; w goes 4, 2, 1."""

    def program() -> None:
        w = leaf(4.0)
        optimizer = torch.optim.SGD([w], lr=0.25)
        for _ in range(3):
            optimizer.zero_grad()
            loss = w**2
            loss.backward()
            optimizer.step()

    trace = recorded(program)
    found = [checks(trace, index)["w"] for index in range(3)]

    assert [check.verdict for check in found] == ["equal"] * 3
    assert [check.expected and check.expected.item() for check in found] == [8.0, 4.0, 2.0]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (lambda: leaf(1.0 + 2.0j, torch.complex64).abs().backward(), "is complex, and formulas are written out for"),
        (lambda: leaf([1.0] * 100).square().sum().backward(), "has 100 elements, and up to 64 of a tensor are written"),
        (lambda: _long_chain(400).backward(), "nodes took part, and up to 300 are written out"),
    ],
    ids=["complex", "elements", "nodes"],
)
def test_what_is_not_written_out_is_left_open_in_words(program: Callable[[], object], reason: str) -> None:
    (check,) = checks(recorded(program)).values()

    assert check.verdict == "open"
    assert check.note.startswith("no closed form here: ")
    assert reason in check.note
    assert check.expected is None


def _long_chain(length: int) -> torch.Tensor:
    y = leaf(1.0)
    for _ in range(length):
        y = torch.sin(y)
    return y


def test_a_deep_chain_is_derived_and_not_a_recursion_without_end() -> None:
    (check,) = checks(recorded(lambda: _long_chain(250).backward())).values()

    assert check.verdict in ("equal", "close")


def test_a_point_where_the_derivative_does_not_exist_is_left_open() -> None:
    """The norm at the origin: x / ‖x‖ is 0 / 0."""

    def program() -> None:
        x = leaf([0.0, 0.0])
        torch.sqrt((x * x).sum()).backward()

    check = only(program)

    assert (check.verdict, check.note) == ("open", "the closed form has no value at [0]")


def test_gradients_that_are_no_derivatives_on_purpose_raise_no_alarm() -> None:
    def program() -> None:
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        torch.nn.functional.embedding(torch.tensor([0, 1, 1]), x, padding_idx=0).sum().backward()

    check = only(program)

    assert check.verdict == "open"
    assert check.note.endswith("sends back what is no derivative, and that on purpose: padding_idx")
