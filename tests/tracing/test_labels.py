"""What a lecturer would write on a gate, for operators as PyTorch really records them."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional

from graphviz_utils.tracing import record, trace_of
from graphviz_utils.tracing.entries import ArgumentEntry, NodeEntry
from graphviz_utils.tracing.labels import label_of

INFINITY = float("inf")


def label_after(program: Callable[[torch.Tensor], Any], x: torch.Tensor) -> str:
    """The label of the last operator of a program on a leaf that its variable calls `x`."""
    with record() as run:
        result = program(x.requires_grad_())
        del result
    return [node.label for node in run.trace.nodes if node.kind == "op"][-1]


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: x + 1, "+ 1"),
        (lambda x: x - 0.5, "− 0.5"),
        (lambda x: 1 - x, "1 −"),
        (lambda x: 2 * x, "2 ×"),
        (lambda x: x / 2, "÷ 2"),
        (lambda x: x * 1e-7, "1×10⁻⁷ ×"),
        (lambda x: x % 2, "% 2"),
        (lambda x: x + x, "+"),
        (lambda x: torch.add(x, x, alpha=3), "+ 3 ×"),
        (lambda x: x**2, "x²"),
        (lambda x: x**-1, "x⁻¹"),
        (lambda x: x**0.5, "√x"),
        (lambda x: 2**x, "2 ^"),
        (lambda x: x**x, "^"),
        (lambda x: -x, "−x"),
        (lambda x: x.abs(), "|x|"),
        (lambda x: x.sqrt(), "√x"),
        (lambda x: x.reciprocal(), "1/x"),
        (lambda x: x.rsqrt(), "1/√x"),
        (lambda x: x.exp(), "exp"),
        (lambda x: x.log1p(), "log1p"),
        (lambda x: x.relu(), "relu"),
        (lambda x: functional.leaky_relu(x, 0.2), "leaky relu"),
        (lambda x: x.clamp(min=0.1), "clamp ≥ 0.1"),
        (lambda x: x.clamp_min(0.5), "clamp ≥ 0.5"),
        (lambda x: x.clamp(max=-1), "clamp ≤ −1"),
        (lambda x: x.clamp(0, 1), "clamp 0…1"),
        (lambda x: x.masked_fill(x > 0, -INFINITY), "masked fill"),
        (lambda x: torch.where(x > 0, x, 0), "where"),
        (lambda x: torch.maximum(x, torch.ones(2, 3)), "max"),
        (lambda x: x.double(), "to float64"),
    ],
)
def test_elementwise_operators_are_written_as_in_a_formula(program: Callable[[Any], Any], label: str) -> None:
    assert label_after(program, torch.rand(2, 3)) == label


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: (x + 1) ** 2, "(·)²"),
        (lambda x: (x + 1) ** 0.5, "√"),
        (lambda x: -(x + 1), "neg"),
        (lambda x: (x + 1).abs(), "|·|"),
        (lambda x: (x + 1).reciprocal(), "1 ÷"),
    ],
)
def test_what_has_no_name_of_its_own_gets_none(program: Callable[[Any], Any], label: str) -> None:
    assert label_after(program, torch.rand(2, 3)) == label


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: x.sum(), "sum"),
        (lambda x: x.mean(0), "mean dim=0"),
        (lambda x: x.sum((0, 1)), "sum dim=0,1"),
        (lambda x: x.sum(-1, keepdim=True), "sum dim=−1"),
        (lambda x: x.max(), "max"),
        (lambda x: x.max(1).values, "max dim=1"),
        (lambda x: x.amin(0), "min dim=0"),
        (lambda x: x.norm(), "norm"),
        (lambda x: x.softmax(1), "softmax dim=1"),
        (lambda x: functional.log_softmax(x, -1), "log softmax dim=−1"),
        (lambda x: torch.cat([x, x], 1), "cat dim=1"),
        (lambda x: torch.stack([x, x]), "stack"),
    ],
)
def test_what_works_along_a_dimension_says_which(program: Callable[[Any], Any], label: str) -> None:
    assert label_after(program, torch.rand(2, 3)) == label


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: x[0], "[0]"),
        (lambda x: x[:, -1], "[:, −1]"),
        (lambda x: x[1:3], "[1:3]"),
        (lambda x: x[:, 1:], "[:, 1:]"),
        (lambda x: x[:1], "[:1]"),
        (lambda x: x[::2], "[::2]"),
        (lambda x: x.select(-1, 0), "[…, 0]"),
        (lambda x: x.index_select(0, torch.tensor([1])), "index select"),
        (lambda x: x[torch.tensor([1])], "index"),
        (lambda x: x.view(6), "reshape"),
        (lambda x: x.t().reshape(6), "reshape"),
        (lambda x: x.expand(4, 2, 3), "expand"),
        (lambda x: x[None], "unsqueeze"),
        (lambda x: x.squeeze(0), "squeeze"),
        (lambda x: x.permute(1, 0), "permute"),
        (lambda x: x.t(), "transpose"),
        (lambda x: x.split(2), "split"),
        (lambda x: x.unsafe_split(2), "split"),
        (lambda x: x.split([1, 1]), "split"),
    ],
)
def test_views_are_written_as_in_python(program: Callable[[Any], Any], label: str) -> None:
    assert label_after(program, torch.rand(2, 3)) == label


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: x @ torch.ones(3, 3), "@"),
        (lambda x: functional.linear(x, torch.ones(3, 3), torch.ones(3)), "linear"),
        (lambda x: torch.native_dropout(x, 0.5, True), "dropout"),
        (lambda x: functional.layer_norm(x, (3,)), "layer norm"),
        (lambda x: functional.group_norm(x, 3), "group norm"),
        (lambda x: functional.batch_norm(x, None, None, training=True), "batch norm"),
        (lambda x: functional.conv2d(x.view(1, 1, 2, 3), torch.ones(1, 1, 2, 2)), "conv"),
        (lambda x: functional.max_pool2d(x.view(1, 2, 3), 2), "max pool"),
        (lambda x: functional.adaptive_avg_pool2d(x.view(1, 2, 3), (1, 2)), "avg pool"),
        (
            lambda x: functional.scaled_dot_product_attention(x.view(1, 1, 2, 3), *torch.ones(2, 1, 1, 2, 3)),
            "attention",
        ),
        (lambda x: functional.binary_cross_entropy_with_logits(x, torch.ones(2, 3)), "BCE with logits"),
        (lambda x: functional.nll_loss(x, torch.tensor([0, 2])), "NLL loss"),
        (lambda x: functional.mse_loss(x, torch.ones(2, 3)), "MSE loss"),
        (lambda x: functional.embedding(torch.tensor([1]), x), "embedding"),
        (lambda x: torch.linalg.inv(x @ x.t()), "inv"),
    ],
)
def test_layers_and_losses_go_by_the_names_of_textbooks(program: Callable[[Any], Any], label: str) -> None:
    assert label_after(program, torch.rand(2, 3)) == label


@pytest.mark.parametrize(("mode", "label"), [(1, "RNN"), (2, "LSTM"), (3, "GRU")])
def test_what_a_fused_recurrent_layer_computes_is_told_by_its_mode(mode: int, label: str) -> None:
    """Not every processor has the kernel, so its node is built here."""
    told = (ArgumentEntry("mode", None, mode),)
    layer = NodeEntry("op", "MkldnnRnnLayerBackward0", 0, (), operator="aten.mkldnn_rnn_layer.default", arguments=told)

    assert label_of(layer) == label


def test_the_operator_of_a_derivative_is_marked_with_a_prime() -> None:
    with record() as run:
        x = torch.tensor(0.5, requires_grad=True)
        torch.autograd.grad(x.sigmoid(), x, create_graph=True)

    labels = [node.label for node in run.trace.nodes if node.name == "SigmoidBackwardBackward0"]
    assert labels == ["sigmoid′"]


def test_a_function_of_the_users_goes_by_its_class() -> None:
    class StraightThrough(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return x.round()

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            return grads[0]

    assert label_after(StraightThrough.apply, torch.rand(2)) == "StraightThrough"


@pytest.mark.parametrize(
    ("program", "label"),
    [
        (lambda x: x + 1, "+"),
        (lambda x: x**2, "^"),
        (lambda x: x.exp(), "exp"),
        (lambda x: x.sum(1), "sum"),
        (lambda x: x[0], "select"),
        (lambda x: x[:1], "slice"),
        (lambda x: x.unsafe_split(1)[0], "split"),
        (lambda x: functional.linear(x, torch.ones(3, 3), torch.ones(3)), "linear"),
        (lambda x: functional.nll_loss(x, torch.tensor([0, 2])), "NLL loss"),
        (lambda x: functional.max_pool2d(x.view(1, 2, 3), 2), "max pool"),
    ],
)
def test_what_was_not_recorded_is_labelled_after_its_autograd_name(program: Callable[[Any], Any], label: str) -> None:
    result = program(torch.rand(2, 3, requires_grad=True))

    assert [node.label for node in trace_of(result).nodes if node.kind == "op"][-1] == label
