"""`trace_of`: graphs of tensors that nobody recorded."""

import pytest
import torch

from graphviz_utils.model import RecordingError
from graphviz_utils.tracing import trace_of


def test_names_come_from_the_nest_and_the_module() -> None:
    net = torch.nn.Linear(2, 1)
    out = net(torch.ones(3, 2))
    trace = trace_of({"loss": out.mean(), "outs": [out]}, net)
    names = {node.variable for node in trace.nodes if node.variable}

    assert names == {"weight", "bias", "loss", "outs[0]"}


def test_gradients_on_request_leave_grad_alone() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    trace = trace_of((x**2).sum(), {"x": x}, backward=True)
    (returned,) = trace.passes[0].returned

    assert returned.tensor is not None
    assert returned.tensor.data == (2.0, 4.0)
    assert x.grad is None


def test_the_graph_can_still_be_used_afterwards() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x.exp()
    trace_of(y, backward=True)
    y.backward()

    assert x.grad is not None
    assert torch.equal(x.grad, y.detach())


def test_values_come_from_what_nodes_saved() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    trace = trace_of(x.exp() * x, {"x": x})
    values = {node.name: trace.value(node.id) for node in trace.nodes}

    assert values["ExpBackward0"] is not None
    assert values["ExpBackward0"].item() == pytest.approx(7.389056)
    assert values["AccumulateGrad"] is not None
    assert values["AccumulateGrad"].item() == 2.0


def test_it_can_be_drawn_after_backward() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x.exp() * x
    y.backward()

    assert [node.name for node in trace_of(y).nodes] == ["AccumulateGrad", "ExpBackward0", "MulBackward0"]


def test_a_detached_result_is_refused_in_words() -> None:
    with pytest.raises(RecordingError, match="requires_grad=True"):
        trace_of(torch.ones(2).sum())


def test_something_else_than_tensors_is_refused_in_words() -> None:
    with pytest.raises(RecordingError, match="a str was given"):
        trace_of({"a": "b"})
