"""Local derivatives: what a node received, times its Jacobian, is what it sent."""

import math
import warnings
from collections.abc import Callable
from itertools import islice

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from graphviz_utils.model import BackwardPass, Snapshot, Trace
from graphviz_utils.tracing import record
from tests.tracing.database import differentiable, tensors


def tensor(snapshot: Snapshot | None) -> torch.Tensor:
    assert snapshot is not None
    return torch.tensor(snapshot.data, dtype=torch.float64).reshape(snapshot.shape)


def recorded(program: Callable[[], object], derivatives: int = 4000) -> Trace:
    with record(derivatives=derivatives) as run:
        program()
    return run.trace


def locals_of(trace: Trace) -> dict[str, list[object]]:
    """The Jacobians of the last pass by the label of their node, in order of slots."""
    found: dict[str, list[object]] = {}
    for row in trace.passes[-1].jacobians:
        found.setdefault(trace.node(row.target).label, []).append(tensor(row.tensor).tolist())
    return found


def check_products(pass_: BackwardPass) -> int:
    """How many edges sent what was received times the Jacobian; AssertionError if one did not."""
    received = {(row.node, row.output): row.tensor for row in pass_.node_grads}
    sent = {(row.target, row.slot): row.tensor for row in pass_.edge_grads}
    for row in pass_.jacobians:
        matrix, upstream, downstream = (
            tensor(row.tensor),
            tensor(received[row.target, 0]),
            tensor(sent[row.target, row.slot]),
        )
        product = torch.tensordot(upstream, matrix, dims=upstream.dim())
        torch.testing.assert_close(product, downstream, equal_nan=True)
    return len(pass_.jacobians)


def test_the_polynomial_s_local_derivatives_are_those_of_its_formulas() -> None:
    def program() -> None:
        x = torch.tensor(2.0, requires_grad=True)
        (2 * x**4 + x**3).backward()

    # d(x⁴) = 4x³ = 32, d(x³) = 3x² = 12, a factor is its own derivative, a sum passes on.
    assert locals_of(recorded(program)) == {"+": [1.0, 1.0], "2 ×": [2.0], "x⁴": [32.0], "x³": [12.0]}


def test_a_matrix_product_s_jacobian_is_shaped_output_by_input() -> None:
    def program() -> None:
        a = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        (a @ torch.tensor([5.0, 6.0])).sum().backward()

    assert locals_of(recorded(program)) == {
        "sum": [[1.0, 1.0]],
        "@": [[[[5.0, 6.0], [0.0, 0.0]], [[0.0, 0.0], [5.0, 6.0]]]],
    }


def test_nobody_asks_unless_told_to() -> None:
    def program() -> None:
        x = torch.tensor(2.0, requires_grad=True)
        (x * x).backward()

    assert recorded(program, derivatives=0).passes[0].jacobians == ()


def test_questions_run_out() -> None:
    x = torch.ones(8, requires_grad=True)
    trace = recorded(lambda: x.exp().exp().exp().sum().backward(), derivatives=20)

    # One for the sum, eight for each of two exponentials; the third would take eight more.
    assert [trace.node(row.target).label for row in trace.passes[0].jacobians] == ["sum", "exp", "exp"]


@pytest.mark.parametrize(("width", "asked"), [(20, True), (100_000, False)])
def test_a_node_that_would_compute_large_weights_again_and_again_is_not_asked(width: int, asked: bool) -> None:
    layer = torch.nn.Linear(width, 8)
    trace = recorded(lambda: layer(torch.ones(1, width)).sum().backward())

    # Its bias is small, but each question to the node computes the gradients of all weights as well.
    assert any(trace.node(row.target).name == "AddmmBackward0" for row in trace.passes[0].jacobians) is asked


def test_a_jacobian_of_more_dimensions_than_a_record_holds_is_left_out() -> None:
    x = torch.ones([1] * 40, requires_grad=True)
    trace = recorded(lambda: (2 * x).sum().backward())

    assert [trace.node(row.target).label for row in trace.passes[0].jacobians] == ["sum"]
    assert Trace.from_json(trace.to_json()) == trace


def test_a_program_s_own_code_is_never_asked() -> None:
    calls = []

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
            return x * 2

        @staticmethod
        def backward(ctx: object, grad: torch.Tensor) -> torch.Tensor:
            calls.append("backward")
            return grad * 2

    def unpack(kept: torch.Tensor) -> torch.Tensor:
        calls.append("unpack")
        return kept

    def program() -> None:
        x = torch.tensor(3.0, requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(lambda kept: kept, unpack):
            y = Twice.apply(x).exp()
        y.backward()

    trace = recorded(program)

    assert calls == ["unpack", "backward"]
    assert trace.passes[0].jacobians == ()


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointed_programs_get_the_gradients_they_get_alone(reentrant: bool) -> None:
    def program() -> torch.Tensor:
        x = torch.tensor([0.3, 0.7], requires_grad=True)
        checkpoint(lambda y: y.sin().exp(), x * 2, use_reentrant=reentrant).sum().backward()
        assert x.grad is not None
        return x.grad

    alone, watched = program(), []
    recorded(lambda: watched.append(program()))

    assert torch.equal(alone, watched[0])


def test_random_numbers_stay_the_program_s_own() -> None:
    def program() -> torch.Tensor:
        torch.manual_seed(3)
        x = torch.ones(6, requires_grad=True)
        torch.nn.functional.dropout(x, 0.5).exp().sum().backward()
        return torch.rand(3)

    alone, watched = program(), []
    recorded(lambda: watched.append(program()))

    assert torch.equal(alone, watched[0])


@pytest.mark.slow
def test_over_pytorch_s_own_operators_received_times_jacobian_is_sent() -> None:
    held = 0
    for op, dtype in differentiable():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for sample in islice(op.sample_inputs("cpu", dtype, requires_grad=True), 1):
                with record(derivatives=4000) as run:
                    results = tensors(op(sample.input, *sample.args, **sample.kwargs))
                    outputs = [each for each in results if each.requires_grad and each.layout is torch.strided]
                    torch.autograd.backward(outputs, [torch.rand_like(each) for each in outputs])
                held += sum(check_products(pass_) for pass_ in run.trace.passes)

    assert held >= 850


def test_an_infinite_slope_of_one_element_says_nothing_of_the_others() -> None:
    """√x has the slope 1 / 2√x: inf at 0, 0.25 at 4, and none from one element to another."""

    def program() -> None:
        torch.tensor([0.0, 4.0], requires_grad=True).sqrt().sum().backward()

    assert locals_of(recorded(program))["√"] == [[[math.inf, 0.0], [0.0, 0.25]]]


def test_where_nobody_can_tell_whose_nan_it_is_nothing_is_told() -> None:
    """In A @ B a NaN of B is in the slopes of one column of A, and 0 · NaN in all rows of what comes back."""

    def program() -> None:
        a = torch.ones(2, 2, requires_grad=True)
        (a @ torch.tensor([[1.0, math.nan], [1.0, 1.0]])).sum().backward()

    assert "@" not in locals_of(recorded(program))
