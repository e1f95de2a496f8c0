"""Paths add up to the derivative: hand calculations, and what autograd sent."""

import math
from collections.abc import Callable

import pytest
import torch

from graphviz_utils.explanation import Chains, paths
from graphviz_utils.model import Moment, Path, Paths, Trace, TraceError
from graphviz_utils.tracing import record


def recorded(program: Callable[[], object], derivatives: int = 4000) -> Trace:
    with record(derivatives=derivatives) as run:
        program()
    return run.trace


def values(found: Paths) -> list[float]:
    return [path.value for path in found.paths]


def factors(path: Path) -> list[float]:
    return [factor.value for factor in path.factors]


def number(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def vector(*elements: float) -> torch.Tensor:
    return torch.tensor(elements, dtype=torch.float64, requires_grad=True)


def polynomial() -> None:
    x = number(2.0)
    y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
    y.backward()


def doubled(times: int) -> Trace:
    def program() -> None:
        x = number(1.0)
        y = x
        for _ in range(times):
            y = y + y
        y.backward()

    return recorded(program, derivatives=1000)


def test_the_polynomial_s_four_paths_are_its_four_terms() -> None:
    """d(2x⁴) = 2·32 = 64, d(x³) = 12, d(3x²) = 3·4 = 12 and d(5x) = 5 at x = 2, together 93."""
    found = paths(recorded(polynomial), "x")

    assert (values(found), found.count, found.rest) == ([64.0, 12.0, 12.0, 5.0], 4, 0.0)
    assert (found.total, found.grad, found.reason) == (93.0, 93.0, "")


def test_a_path_is_its_seed_and_the_local_derivatives_from_the_root_down() -> None:
    trace = recorded(polynomial)
    path = paths(trace, "x").paths[0]

    # Three sums on the way down from y, then 2 · (x⁴), then 4x³ = 32.
    assert (trace.node(path.root).variable, path.output, path.element, path.seed) == ("y", 0, 0, 1.0)
    assert factors(path) == [1.0, 1.0, 1.0, 1.0, 2.0, 32.0]
    assert [trace.node(factor.edge.target).label for factor in path.factors] == ["+ 1", "+", "+", "+", "2 ×", "x⁴"]


def test_a_square_has_a_path_for_each_of_its_factors() -> None:
    def program() -> None:
        x = number(3.0)
        (x * x).backward()

    found = paths(recorded(program), "x")

    assert values(found) == [3.0, 3.0]
    assert [path.factors[0].edge.slot for path in found.paths] == [0, 1]


def test_the_product_rule_has_a_path_for_each_side() -> None:
    """d(x² · x³) = 2x · x³ + x² · 3x² = 32 + 48 at x = 2."""

    def program() -> None:
        x = number(2.0)
        (x**2 * x**3).backward()

    assert values(paths(recorded(program), "x")) == [48.0, 32.0]


def test_the_quotient_rule_has_a_path_for_each_side() -> None:
    """d(6x / x²) = 6 / x² − 6x · 2x / x⁴ = 1.5 − 3 at x = 2."""

    def program() -> None:
        x = number(2.0)
        (6 * x / x**2).backward()

    assert values(paths(recorded(program), "x")) == [-3.0, 1.5]


def test_twelve_doublings_are_4096_paths_of_which_twelve_are_listed() -> None:
    found = paths(doubled(12), "x")

    assert (found.count, values(found), found.rest, found.total) == (4096, [1.0] * 12, 4084.0, 4096.0)


def test_300_doublings_are_counted_exactly() -> None:
    found = paths(doubled(300), "x")

    assert found.count == 2**300
    assert (found.total, found.rest, found.grad) == (2.0**300, 2.0**300, 2.0**300)
    assert len({tuple(id(factor) for factor in path.factors) for path in found.paths}) == 12


def test_as_many_paths_are_listed_as_are_asked_for() -> None:
    trace = recorded(polynomial)

    assert [len(paths(trace, "x", most=most).paths) for most in (0, 3, 9)] == [0, 3, 4]
    assert [paths(trace, "x", most=most).rest for most in (0, 1, 3)] == [93.0, 29.0, 5.0]


def test_an_element_of_a_matrix_product_has_a_path_for_each_place_it_is_used_at() -> None:
    """The sum of A @ B changes with A[0, 1] by B[1, 0] + B[1, 1] = 7 + 8."""

    def program() -> None:
        A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)  # noqa: N806
        (A @ torch.tensor([[5.0, 6.0], [7.0, 8.0]])).sum().backward()

    found = paths(recorded(program), "A", element=1)

    assert (values(found), found.total) == ([8.0, 7.0], 15.0)
    assert [factor.element for factor in found.paths[0].factors] == [1, 1]


def test_a_broadcast_number_has_a_path_for_each_element_it_was_spread_to() -> None:
    """d(sum of b · (1, 2, 3)) by b is 1 + 2 + 3."""

    def program() -> None:
        b = number(10.0)
        (b * torch.tensor([1.0, 2.0, 3.0])).sum().backward()

    assert values(paths(recorded(program), "b")) == [3.0, 2.0, 1.0]


def test_a_closed_relu_is_a_path_worth_nothing() -> None:
    def program() -> None:
        x = vector(-1.0, 2.0)
        torch.relu(x).sum().backward()

    trace = recorded(program)
    closed, open_ = paths(trace, "x", 0), paths(trace, "x", 1)

    assert (closed.count, values(closed), factors(closed.paths[0])) == (1, [0.0], [1.0, 0.0])
    assert (open_.count, values(open_)) == (1, [1.0])


def test_a_closed_relu_is_a_path_worth_nothing_behind_a_broadcast_too() -> None:
    def program() -> None:
        b = number(0.0)
        (b * torch.tensor([0.0, 3.0])).sum().backward()

    assert values(paths(recorded(program), "b")) == [3.0, 0.0]


def test_a_mean_spreads_over_as_many_paths() -> None:
    def program() -> None:
        x = number(7.0)
        x.expand(4).mean().backward()

    assert values(paths(recorded(program), "x")) == [0.25] * 4


def test_what_is_detached_is_no_path() -> None:
    """Of x² + detached x³ only the square counts: 2x = 6."""

    def program() -> None:
        x = number(3.0)
        (x**2 + (x**3).detach()).backward()

    found = paths(recorded(program), "x")

    assert (values(found), found.grad) == ([6.0], 6.0)


def test_two_roots_with_seeds_are_two_beginnings() -> None:
    """10 · d(x²) + 100 · d(3x) = 40 + 300 at x = 2."""

    def program() -> None:
        x = number(2.0)
        torch.autograd.backward([x**2, 3 * x], [torch.tensor(10.0).double(), torch.tensor(100.0).double()])

    found = paths(recorded(program), "x")

    assert [(path.seed, path.value) for path in found.paths] == [(100.0, 300.0), (10.0, 40.0)]


def test_elements_seeded_with_zero_begin_no_path() -> None:
    def program() -> None:
        x = number(2.0)
        (x * torch.tensor([5.0, 7.0])).backward(torch.tensor([0.0, 1.0]).double())

    found = paths(recorded(program), "x")

    assert [(path.element, path.value) for path in found.paths] == [(1, 7.0)]


def test_a_root_on_the_way_to_another_begins_paths_of_its_own() -> None:
    """y = x² and z = 5y, both seeded with 1: 5 · 2x + 2x = 20 + 4 at x = 2."""

    def program() -> None:
        x = number(2.0)
        y = x**2
        torch.autograd.backward([5 * y, y])

    assert values(paths(recorded(program), "x")) == [20.0, 4.0]


def test_a_leaf_that_is_the_root_has_a_path_without_factors() -> None:
    def program() -> None:
        x = number(2.0)
        x.backward(torch.tensor(3.0).double())

    found = paths(recorded(program), "x")

    assert [(path.factors, path.value) for path in found.paths] == [((), 3.0)]


def test_a_second_pass_is_explained_without_what_the_first_left() -> None:
    def program() -> None:
        x = number(3.0)
        (x * x).backward()
        (5 * x).backward()
        assert x.grad is not None
        assert x.grad.item() == 11.0

    trace = recorded(program)

    assert [paths(trace, "x", moment=Moment(backward=pass_)).total for pass_ in (0, 1)] == [6.0, 5.0]
    assert paths(trace, "x").grad == 5.0


def test_a_gradient_that_is_returned_is_explained() -> None:
    def program() -> None:
        x = number(3.0)
        torch.autograd.grad(x**3, x)

    found = paths(recorded(program), "x")

    assert (values(found), found.grad) == ([27.0], 27.0)


def test_paths_lead_to_a_node_that_is_no_leaf_too() -> None:
    """z = y² + 3y with y = 2x = 4: 2y + 3."""

    def program() -> None:
        x = number(2.0)
        y = 2 * x
        (y**2 + 3 * y).backward()

    trace = recorded(program)
    found = paths(trace, next(node.id for node in trace.nodes if node.variable == "y"))

    assert (values(found), found.total, found.grad) == ([8.0, 3.0], 11.0, 11.0)


def test_paths_through_the_parts_of_a_tensor_are_followed() -> None:
    """a · b of unbound (2, 3) and the second half (4, 5) of a split: each element's partner."""

    def program() -> None:
        x = vector(2.0, 3.0, 4.0, 5.0)
        a, b, *_ = x.unbind()
        _, second = x.split(2)
        (a * b + second[0] * second[1]).backward()

    trace = recorded(program)
    found = [paths(trace, "x", element) for element in range(4)]

    assert [values(each) for each in found] == [[3.0], [2.0], [5.0], [4.0]]
    assert [each.reason for each in found] == [""] * 4


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_paths_through_the_parts_of_a_matrix_are_followed(dim: int) -> None:
    def program() -> None:
        x = torch.arange(12.0).reshape(3, 4).requires_grad_()
        parts = [*x.split(2, dim), *x.unbind(dim)]
        weights = [torch.arange(part.numel()).reshape(part.shape) + 10.0 * i for i, part in enumerate(parts)]
        sum((part * weight).sum() for part, weight in zip(parts, weights, strict=True)).backward()

    trace = recorded(program)
    sent = trace.leaf("x").grad

    assert sent is not None
    assert [paths(trace, "x", element).total for element in range(12)] == list(sent.elements())


def test_an_infinite_slope_behind_a_closed_gate_makes_a_path_worth_nan() -> None:
    """where(x > 0, √x, 0) at 0: 0 · ∞."""

    def program() -> None:
        x = vector(0.0, 4.0)
        torch.where(x > 0, x.sqrt(), torch.zeros(2).double()).sum().backward()

    trace = recorded(program)
    trapped, spared = paths(trace, "x", 0), paths(trace, "x", 1)

    assert factors(trapped.paths[0]) == [1.0, 0.0, math.inf]
    assert all(math.isnan(found) for found in (*values(trapped), trapped.total or 0, trapped.grad or 0))
    assert (values(spared), trapped.reason) == ([0.25], "")


def test_nan_that_no_path_brings_is_told() -> None:
    """√x[0] is not used at all, but 0 · ∞ is NaN."""

    def program() -> None:
        x = vector(0.0, 4.0)
        s = x.sqrt()
        s[1].backward()

    found = paths(recorded(program), "x", 0)

    assert (found.count, math.isnan(found.total or 0), math.isnan(found.grad or 0)) == (0, True, True)
    assert "s received 0 where its slope is infinite" in found.reason


def test_where_an_infinite_gradient_was_cut_off_there_is_no_path() -> None:
    """√relu(x) at −1: the slope of √ is infinite, and relu sends 0 instead of 0 · ∞."""

    def program() -> None:
        x = number(-1.0)
        torch.relu(x).sqrt().backward()

    found = paths(recorded(program), "x")

    assert (found.count, found.total, found.grad) == (0, 0.0, 0.0)


def test_nan_is_listed_before_anything_else_and_zero_last() -> None:
    def program() -> None:
        x = number(0.0)
        (1e30 * x + 0 * x.sqrt() + 0 * x).backward()

    found = paths(recorded(program), "x")

    assert math.isnan(values(found)[0])
    assert values(found)[1:] == [1e30, 0.0]


def test_5000_operators_in_a_row_are_followed() -> None:
    def program() -> None:
        x = number(1.0)
        y = x
        for _ in range(5000):
            y = y * 1.0
        y.backward()

    found = paths(recorded(program, derivatives=5000), "x")

    assert (found.count, found.total, len(found.paths[0].factors)) == (1, 1.0, 5000)


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]
        sent: torch.Tensor = 3 * x**2 * grad
        return sent


def test_a_program_s_own_function_of_one_number_is_followed_by_what_it_made_of_its_gradient() -> None:
    """2 · 3x² with x = 2, then 5."""

    def program() -> None:
        x = number(2.0)
        (2 * Cube.apply(5 * x)).backward()

    found = paths(recorded(program), "x")

    assert [factors(path) for path in found.paths] == [[2.0, 300.0, 5.0]]
    assert found.reason == ""


def test_a_program_s_own_function_of_a_vector_ends_the_paths_and_is_named() -> None:
    """They begin with what it sent, 3 (5x)² = 300 at x = 2."""

    def program() -> None:
        x = vector(2.0, 1.0)
        cube = Cube.apply(5 * x)
        cube.sum().backward()

    found = paths(recorded(program), "x")

    assert [(path.seed, factors(path)) for path in found.paths] == [(300.0, [5.0])]
    assert (found.total, found.grad) == (1500.0, 1500.0)
    assert found.reason == (
        "Paths cannot be followed through cube: its local derivative was not recorded because a program's own "
        "code is not asked for one. They begin at what it sent."
    )


def test_tensors_too_large_for_a_jacobian_end_the_paths_and_are_named() -> None:
    def program() -> None:
        x = number(2.0)
        (3 * x.expand(65)).sum().backward()

    found = paths(recorded(program), "x")

    assert "through expand" in found.reason
    assert "more than 64 elements" in found.reason
    assert (found.total, found.grad) == (195.0, 195.0)


def test_a_run_without_derivatives_says_how_to_get_them() -> None:
    def program() -> None:
        x = vector(1.0, 2.0)
        x.exp().sum().backward()

    found = paths(recorded(program, derivatives=0), "x")

    assert "nobody asked for any (`record(derivatives=2000)` does)" in found.reason
    assert found.total == found.grad == math.e


def test_complex_numbers_end_the_paths() -> None:
    def program() -> None:
        x = number(3.0)
        z = torch.complex(x, 2 * x)
        (z * z.conj()).real.backward()

    found = paths(recorded(program), "x")

    # |x + 2xi|² = 5x²: along the real part 2x = 6, along the imaginary one 2 · 4x = 24.
    assert ([(path.seed, path.value) for path in found.paths], found.grad) == ([(12.0, 24.0), (6.0, 6.0)], 30.0)
    assert "complex" in found.reason


def test_a_complex_leaf_has_no_paths() -> None:
    def program() -> None:
        z = torch.tensor(1 + 2j, requires_grad=True)
        (z * z.conj()).real.backward()

    found = paths(recorded(program), "z")

    assert (found.paths, found.count, found.total, found.grad) == ((), 0, None, None)
    assert found.reason.endswith("What some paths begin with was not seen, or is no real number.")


def test_a_hook_in_the_middle_begins_paths_anew() -> None:
    """y = x² received 3, a hook made 100 of it, and 100 · 2x = 400."""

    def program() -> None:
        x = number(2.0)
        y = x**2
        y.register_hook(lambda grad: torch.full_like(grad, 100.0))
        (3 * y).backward()

    found = paths(recorded(program), "x")

    assert [(path.seed, path.value) for path in found.paths] == [(100.0, 400.0)]
    assert found.reason == "A hook changed the gradient of y: paths begin anew at what it made of that."


def test_a_hook_at_the_leaf_comes_after_the_paths() -> None:
    def program() -> None:
        x = number(2.0)
        x.register_hook(lambda grad: 10 * grad)
        (x**2).backward()

    found = paths(recorded(program), "x")

    assert (found.total, found.grad) == (4.0, 4.0)
    assert found.reason == "A hook then changed what had arrived at x."


def test_a_change_that_nobody_saw_is_told() -> None:
    def program() -> None:
        x = number(2.0)
        y = x**2
        assert y.grad_fn is not None
        y.grad_fn.register_hook(lambda sent, received: (7 * sent[0],))
        y.backward()

    found = paths(recorded(program), "x")

    assert (found.total, found.grad) == (4.0, 28.0)
    assert found.reason.startswith("The paths sum to 4, but autograd sent 28")


def test_a_leaf_that_a_pass_did_not_reach_has_no_paths() -> None:
    def program() -> None:
        x, w = number(2.0), number(3.0)
        (x * w).backward(inputs=[w])

    found = paths(recorded(program), "x")

    assert (found.paths, found.total, found.grad) == ((), 0.0, None)
    assert found.reason == "This backward pass sent nothing to x."


def test_an_element_that_was_overwritten_has_a_path_worth_nothing_or_none() -> None:
    def program() -> None:
        x = vector(1.0, 2.0)
        y = 2 * x
        y[0] = 5.0
        y.sum().backward()

    trace = recorded(program)

    assert [paths(trace, "x", element).total for element in (0, 1)] == [0.0, 2.0]


def test_an_element_that_nothing_takes_has_no_path() -> None:
    def program() -> None:
        x = vector(1.0, 2.0)
        x[1].backward()

    found = paths(recorded(program), "x", 0)

    assert (found.count, found.grad, found.reason) == (0, 0.0, "No path without a 0 on it leads to this element of x.")


def test_a_name_means_the_leaf_that_the_pass_reached() -> None:
    def program() -> None:
        x = number(2.0)
        (x**2).backward()
        x = number(5.0)
        (x**2).backward()

    trace = recorded(program)

    assert [paths(trace, "x", moment=Moment(backward=pass_)).total for pass_ in (0, 1)] == [4.0, 10.0]


@pytest.mark.parametrize(
    ("leaf", "element", "moment", "told"),
    [
        ("q", 0, Moment(), "no leaf is called 'q'"),
        ("n99", 0, Moment(), "no leaf is called 'n99'"),
        ("x", 1, Moment(), "element 1 of 'x' was asked for, but it has 1 (counted from 0)"),
        ("x", -1, Moment(), "element -1 of 'x' was asked for"),
        ("x", 0, Moment(backward=7), "pass 7 was asked for"),
        ("x", 0, Moment(at=0), "no backward pass had begun by then"),
    ],
)
def test_what_there_is_not_is_refused_in_words(leaf: str, element: int, moment: Moment, told: str) -> None:
    trace = recorded(polynomial)

    with pytest.raises(TraceError) as refused:
        paths(trace, leaf, element, moment)
    assert told in str(refused.value)


def test_several_leaves_of_one_name_are_refused() -> None:
    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor(2.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.w * x

    def program() -> None:
        for _ in range(2):
            net = Net()
            net(torch.tensor(3.0)).backward()
        loss = Net()(Net()(torch.tensor(1.0)))
        loss.backward()

    trace = recorded(program)
    name = next(node.variable for node in reversed(trace.nodes) if node.kind == "leaf")

    assert name is not None
    with pytest.raises(TraceError, match="leaves are called"):
        paths(trace, name)


def test_what_was_found_of_a_pass_serves_all_its_leaves_and_elements() -> None:
    def program() -> None:
        w = vector(1.0, 2.0, 3.0)
        x = vector(4.0, 5.0, 6.0)
        (w * x).sum().backward()

    chains = Chains(recorded(program), 0)

    assert [chains.paths("w", element).total for element in range(3)] == [4.0, 5.0, 6.0]
    assert [chains.paths("x", element).total for element in range(3)] == [1.0, 2.0, 3.0]
    assert chains.paths("w", 1).paths[0].factors[0] is chains.paths("x", 1).paths[0].factors[0]
