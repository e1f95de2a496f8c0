"""Wrong gradients are found wrong, and points without a single slope are told as such."""

import math

import pytest

from tests.running.differing import check, checks, numbers


def test_hook_that_doubles_a_gradient_is_caught_and_named() -> None:
    program = "x = torch.tensor(3.0, requires_grad=True)\nh = x**2\nh.register_hook(lambda g: 2*g)\n(h + 1).backward()"

    found = check(program)

    assert found.verdict == "differs"
    assert found.note.startswith("at x autograd sent 12, and differences give 6 ±")
    assert found.note.endswith("a hook changed the gradient of h")


def test_hook_on_the_leaf_itself_is_caught() -> None:
    program = "x = torch.tensor([3.0, 0.1], requires_grad=True)\nx.register_hook(lambda g: g.clamp(max=1))\n"

    found = check(f"{program}(x**2).sum().backward()")

    assert found.verdict == "differs"
    assert found.note.startswith("at [0] autograd sent 1, and differences give 6 ±")
    assert "a hook changed the gradient of x" in found.note


def test_hook_of_a_module_is_caught() -> None:
    program = "m = torch.nn.Linear(2, 1)\nm.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))\n"
    program += "x = torch.ones(1, 2, requires_grad=True)\nm(x).sum().backward()"

    found = checks(program)

    assert {name: row.verdict for name, row in found.items()} == {
        "m.weight": "equal",
        "m.bias": "equal",
        "x": "differs",
    }
    assert "a hook changed the gradient of a module" in found["x"].note


FUNCTION = """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3
    @staticmethod
    def backward(ctx, grad):
        return grad * FACTOR * ctx.saved_tensors[0]**2
x = torch.tensor([2.0, 1.0], requires_grad=True)
(2 * Cube.apply(x)).sum().backward()
"""


def test_wrong_backward_of_the_program_s_own_is_caught_and_named() -> None:
    """d(2x³) at 2 is 24; the backward says 2·2·2² = 16."""
    found = check(FUNCTION.replace("FACTOR", "2"))

    assert found.verdict == "differs"
    assert found.note.startswith("at [0] autograd sent 16, and differences give 24 ±")
    assert found.note.endswith("the program wrote the backward of Cube itself")
    assert numbers(found.expected) == [pytest.approx(24), pytest.approx(6)]


def test_right_backward_of_the_program_s_own_is_found_right() -> None:
    assert check(FUNCTION.replace("FACTOR", "3")).verdict == "equal"


def test_straight_through_estimator_written_as_a_function_differs() -> None:
    """The slope of rounding is 0 almost everywhere, and the backward says 1."""
    program = "class R(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x): return x.round()\n"
    program += "    @staticmethod\n    def backward(ctx, g): return g\n"
    program += "x = torch.tensor(1.3, requires_grad=True)\nR.apply(x).backward()"

    found = check(program)

    assert (found.verdict, numbers(found.expected)) == ("differs", [pytest.approx(0, abs=1e-9)])


def test_write_behind_autograd_s_back_is_caught() -> None:
    """h is halved where autograd does not see it: 3·x/2, of which it says 3."""
    program = "x = torch.tensor(2.0, requires_grad=True)\nh = x * 1\nh.data.mul_(0.5)\n(h * 3).backward()"

    found = check(program)

    assert (found.verdict, numbers(found.expected)) == ("differs", [pytest.approx(1.5)])


def test_small_fault_in_one_of_many_elements_is_caught() -> None:
    """One part in ten thousand, in one element of a hundred."""
    program = "x = torch.ones(100, requires_grad=True)\nfactor = torch.ones(100)\nfactor[37] = 1.0001\n"
    program += "h = x * 2\nh.register_hook(lambda g: g * factor)\n(h**2).sum().backward()"

    assert check(program).verdict == "differs"


def test_nan_is_caught_where_there_is_a_slope_and_the_trap_is_named() -> None:
    program = "x = torch.tensor([0.0, 4.0], requires_grad=True)\ntorch.where(x > 0, x.sqrt(), 0.0).sum().backward()"

    found = check(program)

    assert found.verdict == "differs"
    assert found.note.startswith("at [0] autograd sent nan, and differences give 0 ±")
    assert "`where`" in found.note


def test_what_float32_cannot_hold_differs_from_double_precision() -> None:
    """σ(20) rounds to 1, and log(1 − 1) sends back 0·∞; in double precision the slope is −σ(20)."""
    found = check("x = torch.tensor(20.0, requires_grad=True)\ntorch.log(1 - torch.sigmoid(x)).backward()")

    assert found.verdict == "differs"
    assert found.note.startswith("at x float32 gives nan, and double precision -1;")
    assert numbers(found.expected) == [pytest.approx(-1, abs=1e-4)]


def test_branch_that_is_taken_at_one_point_only_has_another_slope_than_the_function() -> None:
    """The function is x everywhere: also at 0, where 5x is 0."""
    found = check("x = torch.tensor(0.0, requires_grad=True)\ntorch.where(x == 0, 5*x, x).backward()")

    assert found.verdict == "differs"
    assert found.note == "at x autograd sent 5, and differences give 1 ± 0, a comparison changing exactly there"


# -- points without a single slope


@pytest.mark.parametrize(
    ("program", "below", "above"),
    [
        ("x = torch.tensor([0.0, 1.0], requires_grad=True)\ntorch.relu(x).sum().backward()", [0, 1], [1, 1]),
        ("x = torch.tensor([0.0, 1.0], requires_grad=True)\nx.abs().sum().backward()", [-1, 1], [1, 1]),
        ("x = torch.tensor([1.0, 1.0, 0.0], requires_grad=True)\nx.max().backward()", [0, 0, 0], [1, 1, 0]),
        ("x = torch.tensor([1.0, 1.0, 0.0], requires_grad=True)\nx.max(0).values.backward()", [0, 0, 0], [1, 1, 0]),
        ("x = torch.tensor([1.0, 1.0, 0.0], requires_grad=True)\nx[x.argmax()].backward()", [0, 0, 0], [1, 1, 0]),
        ("x = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)\nx.clamp(0, 1).sum().backward()", [0, 1, 1], [1, 1, 0]),
        (
            "x = torch.tensor([0.0, 1.0], requires_grad=True)\ntorch.where(x > 0, 2*x, 3*x).sum().backward()",
            [3, 2],
            [2, 2],
        ),
        ("x = torch.tensor(0.0, requires_grad=True)\ny = 2*x if x > 0 else 3*x\ny.backward()", [3], [2]),
        ("x = torch.tensor(0.0, requires_grad=True)\ny = (2*x).sin() if x > 0 else 3*x\ny.backward()", [3], [2]),
        ("x = torch.tensor([0.0, 0.0], requires_grad=True)\nx.norm().backward()", [-1, -1], [1, 1]),
    ],
    ids=["relu", "abs", "max", "max along", "argmax", "clamp", "where", "if", "if with other operators", "norm"],
)
def test_kink_is_told_with_the_slopes_of_both_sides(program: str, below: list[float], above: list[float]) -> None:
    found = check(program)

    assert found.verdict == "kink"
    assert numbers(found.below) == pytest.approx(below, abs=1e-6)
    assert numbers(found.above) == pytest.approx(above, abs=1e-6)


def test_kink_is_told_in_a_sentence() -> None:
    found = check("x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)\n(torch.relu(x) + x.abs()).sum().backward()")

    assert found.note == "at [1] the slope is -1 below and 2 above, and autograd chose 0; equal elsewhere"


def test_choice_outside_of_both_slopes_is_none() -> None:
    program = "x = torch.tensor(0.0, requires_grad=True)\nx.register_hook(lambda g: g + 7)\nx.abs().backward()"

    found = check(program)

    assert found.verdict == "differs"
    assert found.note.startswith("at x autograd sent 7, but the slope is -1 below and 1 above")


def test_jump_is_told() -> None:
    found = check("x = torch.tensor(0.5, requires_grad=True)\n(torch.round(x) + x).backward()")

    assert found.verdict == "kink"
    assert (
        found.note == "at x the function jumps, and beside that the slope is 1 below and 1 above, and autograd chose 1"
    )


def test_infinite_slope_is_found_equal() -> None:
    found = check("x = torch.tensor(0.0, requires_grad=True)\nx.sqrt().backward()")

    assert (found.verdict, numbers(found.expected)) == ("equal", [math.inf])
    assert found.note == "the slope grows without bound as the step shrinks"


def test_edge_beyond_which_the_program_fails_has_the_slope_of_its_one_side() -> None:
    """−log x has the slope −1 at 1, and beyond 1 the loss is refused. There PyTorch's own shortcut sends 0."""
    program = "x = torch.tensor([1.0, 0.5], requires_grad=True)\n"
    program += "torch.nn.functional.binary_cross_entropy(x, torch.ones(2), reduction='sum').backward()"

    found = check(program)

    assert found.verdict == "differs"
    assert numbers(found.expected) == pytest.approx([-1, -2], abs=1e-5)
    assert found.note.startswith("at [0] autograd sent 0, and differences give -1 ±")


def test_cure_of_the_nan_trap_stands_on_a_kink() -> None:
    program = "x = torch.tensor([0.0, 4.0], requires_grad=True)\nsafe = torch.where(x > 0, x, 1.0)\n"

    found = check(f"{program}torch.where(x > 0, safe.sqrt(), 0.0).sum().backward()")

    assert found.verdict == "kink"
    assert found.note.startswith("at [0] the slope is 0 below and inf above, and autograd chose 0; equal elsewhere")


def test_number_that_single_precision_turns_into_zero_raises_no_alarm() -> None:
    """σ(−100) has the slope 3.7e-44, which float32 takes for 0."""
    program = "x = torch.tensor([-100.0, 0.0], requires_grad=True)\ntorch.sigmoid(x).sum().backward()"

    assert check(program).verdict in ("equal", "close")


def test_tiny_number_is_moved_by_parts_of_itself() -> None:
    """d(10²⁰ x²)/dx is 2 · 10²⁰ x: 2e-10 at 1e-30."""
    found = check("x = torch.tensor(1e-30, requires_grad=True)\n(x * x * 1e20).backward()")

    assert found.verdict in ("equal", "close")
    assert numbers(found.expected) == pytest.approx([2e-10], rel=1e-3)


def test_tiny_number_beside_which_another_rules_raises_no_alarm() -> None:
    program = "x = torch.tensor([1e-30, 1e-20], requires_grad=True)\n(x * x * 1e20).sum().backward()"

    assert check(program).verdict in ("equal", "close", "open")
