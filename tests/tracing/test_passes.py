"""Backward calls of every kind, held against hand calculation and torch.autograd.grad."""

from typing import Any

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing import record


def data(snapshot: Snapshot | None) -> object:
    assert snapshot is not None
    return snapshot.data


def sums(trace: Trace, backward: int = 0) -> dict[tuple[str, int], tuple[object, object]]:
    return {(row.node, row.output): (data(row.sum), data(row.tensor)) for row in trace.passes[backward].node_grads}


class Square(torch.autograd.Function):
    """x², whose backward asks the engine for the derivative instead of knowing it."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return (x + 0) * x

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            inner = x.detach().requires_grad_()
            (local,) = torch.autograd.grad((inner * inner).sum(), inner)
        result: torch.Tensor = grad * local
        return result


def test_two_calls_accumulate() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = x * x
        y.backward(retain_graph=True)
        y.backward()
    rows = [(row.before and row.before.item(), data(row.after)) for pass_ in run.trace.passes for row in pass_.leaves]

    assert rows == [(None, 4.0), (4.0, 8.0)]


def test_second_derivatives_have_their_own_pass_and_nodes() -> None:
    """(x³)'' = 6x."""
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        (slope,) = torch.autograd.grad(x**3, x, create_graph=True)
        torch.autograd.grad(slope, x)
    returned = [data(row.tensor) for pass_ in run.trace.passes for row in pass_.returned]

    assert returned == [12.0, 12.0]
    assert [root.node for root in run.trace.passes[1].roots] == [run.trace.names["slope"].node]


def test_an_engine_call_inside_a_custom_backward_is_a_pass_within_the_pass() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        Square.apply(x).sum().backward()
    trace = run.trace

    assert [(pass_.call, pass_.parent) for pass_ in trace.passes] == [("backward", None), ("autograd.grad", 0)]
    assert data(trace.leaf("x").grad) == (2.0, 4.0)
    assert data(trace.value(next(node.id for node in trace.nodes if node.name == "SquareBackward"))) == (1.0, 4.0)


def test_the_inside_of_a_custom_forward_makes_no_nodes() -> None:
    with record() as run:
        x = torch.tensor(1.0, requires_grad=True)
        Square.apply(x)

    assert [node.name for node in run.trace.nodes] == ["AccumulateGrad", "SquareBackward"]


@pytest.mark.parametrize("is_reentrant", [True, False])
def test_checkpoint(is_reentrant: bool) -> None:
    """d sin(w x) = x cos(w x) dw."""
    with record() as run:
        w = torch.tensor(2.0, requires_grad=True)
        x = torch.tensor(3.0, requires_grad=True)
        checkpoint(lambda a: torch.sin(a * w), x, use_reentrant=is_reentrant).backward()
    grad = data(run.trace.leaf("w").grad)

    assert grad == pytest.approx(3 * torch.cos(torch.tensor(6.0)).item())
    assert [pass_.parent for pass_ in run.trace.passes] == ([None, 0] if is_reentrant else [None])


def test_a_hook_that_changes_a_gradient_is_seen_as_a_difference() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 2
        y.register_hook(lambda grad: grad * 10)
        (y * 3 + y).sum().backward()

    assert sums(run.trace)["n1", 0] == ((4.0, 4.0), (40.0, 40.0))
    assert data(run.trace.leaf("x").grad) == (80.0, 80.0)


def test_a_hook_that_writes_into_a_gradient_is_seen_too() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 2
        y.register_hook(lambda grad: grad.mul_(10))
        (y * 3).sum().backward()

    assert sums(run.trace)["n1", 0] == ((3.0, 3.0), (30.0, 30.0))


@pytest.mark.parametrize("size", [3, 5000])
@pytest.mark.parametrize("is_laid_before", [True, False])
def test_a_sum_is_never_taken_from_what_a_hook_made_of_it(size: int, is_laid_before: bool) -> None:
    """1 from `+ y` and 3 from `y * 3` arrive: their sum is 4, whatever the node used; unseen where it is too large."""
    x = torch.arange(1.0, size + 1, requires_grad=True)
    y = x * 2
    if is_laid_before:
        y.register_hook(lambda grad: grad * 10)
    with record() as run:
        if not is_laid_before:
            y.register_hook(lambda grad: grad * 10)
        (y * 3 + y).sum().backward()
    (row,) = [row for row in run.trace.passes[0].node_grads if run.trace.node(row.node).variable == "y"]

    assert row.tensor is not None
    assert row.tensor.stats.max == 40.0
    assert (row.sum is None) if (is_laid_before and size > 1024) else (row.sum is not None and row.sum.stats.max == 4.0)


def test_a_large_sum_that_nobody_changed_is_what_the_node_used() -> None:
    with record() as run:
        x = torch.arange(5000.0, requires_grad=True)
        (x * 3 + x).sum().backward()
    (row,) = [row for row in run.trace.passes[0].node_grads if row.node == "n0"]

    assert row.sum == row.tensor is not None


def test_an_undefined_gradient_is_a_row_with_none() -> None:
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return a + b

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, None]:
            return grad, None

    with record() as run:
        a = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        Half.apply(a, b).backward()
    rows = {row.slot: row.tensor and row.tensor.item() for row in run.trace.passes[0].edge_grads}

    assert rows == {0: 1.0, 1: None}


def test_a_seed_gradient_is_where_a_pass_begins() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 3
        y.backward(gradient=torch.tensor([10.0, 100.0]))
    (root,) = run.trace.passes[0].roots

    assert data(root.seed) == (10.0, 100.0)
    assert data(run.trace.leaf("x").grad) == (30.0, 300.0)


def test_a_pass_that_begins_at_a_leaf_gives_it_the_seed() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        x.backward()

    assert data(run.trace.leaf("x").grad) == 1.0
    assert run.trace.passes[0].order == ("n0",)


def test_backward_with_inputs_leaves_the_others_alone() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        w = torch.tensor(3.0, requires_grad=True)
        (x * w).backward(inputs=[x])

    assert data(run.trace.leaf("x").grad) == 3.0
    assert run.trace.leaf("w").grad is None


def test_grad_with_unused_inputs_returns_none() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        stray = torch.tensor(1.0, requires_grad=True)
        torch.autograd.grad(x * 3, [x, stray], allow_unused=True)
    returned = {run.trace.node(row.node).variable: row.tensor for row in run.trace.passes[0].returned}

    assert data(returned["x"]) == 3.0
    assert returned["stray"] is None


def test_a_pass_over_several_roots_adds_their_seeds() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = x * x
        torch.autograd.backward([y, y])

    assert sums(run.trace)["n1", 0] == (2.0, 2.0)
    assert data(run.trace.leaf("x").grad) == 8.0


def test_a_training_loop_is_one_leaf_with_many_values() -> None:
    """w ← w − 0.1 · 2w, three times."""
    with record() as run:
        w = torch.tensor([1.0], requires_grad=True, dtype=torch.float64)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            loss = (w**2).sum()
            loss.backward()
            optimizer.step()
    values = [value.tensor.data[0] for value in run.trace.values if value.node == "n0" and value.tensor is not None]

    assert values == pytest.approx([1.0, 0.8, 0.64, 0.512])
    assert [binding.node for binding in run.trace.bindings if binding.name == "loss"] == ["n2", "n4", "n6"]
    assert len(run.trace.passes) == 3


def test_a_leaf_changed_through_data_shows_its_new_value() -> None:
    with record() as run:
        w = torch.tensor(1.0, requires_grad=True)
        (w * 2).backward()
        w.data -= 0.5
        (w * 2).backward()
    values = [value.tensor.item() for value in run.trace.values if value.node == "n0" and value.tensor is not None]

    assert values == [1.0, 0.5]


def test_a_rebound_name_means_its_last_tensor() -> None:
    with record() as run:
        x = torch.tensor(1.0, requires_grad=True)
        x = x * 2
        x = x * 3

    assert [(b.name, b.node) for b in run.trace.bindings] == [("x", "n0"), ("x", "n1"), ("x", "n2")]
    assert run.trace.names["x"].node == "n2"


def test_a_failing_backward_keeps_what_was_seen() -> None:
    run = record()
    with pytest.raises(RuntimeError, match="inplace"), run:  # noqa: PT012  # the whole program is what raises
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.add_(1)
        y.sum().backward()
    trace = run.trace

    assert trace.error is not None
    assert trace.error.type == "RuntimeError"
    assert [trace.node(id_).name for id_ in trace.passes[0].order] == ["SumBackward0", "AddBackward0"]


def test_vectorised_jacobians_pass_unharmed() -> None:
    with record() as run:
        jacobian = torch.autograd.functional.jacobian(torch.square, torch.tensor([1.0, 2.0]), vectorize=True)
        per_row = torch.func.vmap(torch.func.grad(lambda row: (row**2).sum()))(torch.ones(2, 2))

    assert jacobian.tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert per_row.tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert run.trace.error is None
