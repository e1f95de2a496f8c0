"""A recorded program computes, bit for bit, what it computes alone, and nothing of the recorder stays."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

from graphviz_utils.model import RecordingError, Trace
from graphviz_utils.tracing import record


def lstm() -> torch.Tensor:
    net = nn.LSTM(3, 4)
    out, _ = net(torch.randn(5, 2, 3))
    out.pow(2).mean().backward()
    return gradients(net)


def attention() -> torch.Tensor:
    net = nn.MultiheadAttention(8, 2, dropout=0.3)
    x = torch.randn(3, 2, 8)
    net(x, x, x)[0].sum().backward()
    return gradients(net)


def encoder() -> torch.Tensor:
    net = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
    net(torch.randn(3, 2, 8)).pow(2).sum().backward()
    return gradients(net)


def convolution() -> torch.Tensor:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(18, 3))
    net(torch.randn(2, 1, 5, 5)).logsumexp(1).mean().backward()
    return torch.cat([gradients(net), *(buffer.flatten().float() for buffer in net.buffers())])


def training() -> torch.Tensor:
    net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        net(torch.randn(6, 4)).square().mean().backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimizer.step()
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


def gradients(net: nn.Module) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])


PROGRAMS = [lstm, attention, encoder, convolution, training]


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("program", PROGRAMS)
def test_results_and_the_random_stream_are_bit_identical(program: Callable[[], torch.Tensor]) -> None:
    torch.manual_seed(0)
    alone, next_alone = program(), torch.rand(3)
    torch.manual_seed(0)
    with record() as run:
        recorded = program()
        next_recorded = torch.rand(3)

    assert torch.equal(alone, recorded)
    assert torch.equal(next_alone, next_recorded)
    assert run.trace.notes == ()


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_operator_of_a_network_has_its_value(program: Callable[[], torch.Tensor]) -> None:
    with record() as run:
        program()
    missing = [node.name for node in run.trace.nodes if node.kind == "op" and run.trace.value(node.id) is None]

    assert missing == []


def test_nothing_stays_after_a_program_that_raises() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x**2
    with pytest.raises(ZeroDivisionError), record() as run:  # noqa: PT012  # a program that raises after some work
        y.backward()
        raise ZeroDivisionError("on purpose")

    assert run.trace.error is not None
    assert (run.trace.error.type, run.trace.error.message) == ("ZeroDivisionError", "on purpose")
    assert _get_current_dispatch_mode_stack() == []
    assert torch._C._len_torch_function_stack() == 0
    assert not torch.nn.modules.module._global_forward_hooks
    assert not torch.nn.modules.module._global_forward_pre_hooks


def test_hooks_are_gone_after_the_pass() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x**2
    with record() as run:
        y.backward(retain_graph=True)
    y.backward()

    assert len(run.trace.passes) == 1
    assert x.grad is not None
    assert x.grad.item() == 8.0


def test_the_trace_is_asked_for_too_early() -> None:
    with record() as run, pytest.raises(RecordingError, match="after"):
        _ = run.trace


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's compiler warns of itself when it is loaded
def test_a_compiled_function_is_refused_in_words() -> None:
    double = torch.compile(lambda x: x * 2)
    with pytest.raises(RecordingError, match=r"torch\.compile"), record():
        double(torch.ones(2, requires_grad=True))


def test_modules_and_parameters_are_named_from_the_variable_that_holds_them() -> None:
    with record() as run:
        net = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
        net(torch.ones(1, 2)).sum().backward()
    leaves = [node.variable for node in run.trace.nodes if node.kind == "leaf"]
    modules = {node.name: node.module for node in run.trace.nodes if node.kind == "op"}

    assert leaves == ["net.0.weight", "net.0.bias"]
    assert (modules["AddmmBackward0"], modules["TanhBackward0"], modules["SumBackward0"]) == ("net.0", "net.1", None)


class Net(nn.Module):
    """A used layer and one that is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Linear(2, 1, bias=False)
        self.unused = nn.Linear(2, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.a(x)
        return y


class Trainer:
    """Two networks of one class, as attributes of something that is no module."""

    def __init__(self) -> None:
        self.gen, self.dis = Net(), Net()

    def step(self) -> Trace:
        with record() as run:
            (2 * self.gen(torch.ones(1, 2)) + self.dis(torch.ones(1, 2))).sum().backward()
        return run.trace


def test_networks_that_an_object_holds_are_told_apart() -> None:
    trace = Trainer().step()
    gen, dis = trace.leaf("self.gen.a.weight").grad, trace.leaf("self.dis.a.weight").grad

    assert gen is not None
    assert dis is not None
    assert (gen.data, dis.data) == (((2.0, 2.0),), ((1.0, 1.0),))


def test_parameters_that_were_never_used_are_leaves_without_a_gradient() -> None:
    trace = Trainer().step()

    assert trace.leaf("self.gen.unused.weight").grad is None


def test_a_result_is_named_inside_a_function_too() -> None:
    """The fused LSTM hands its result to an operator of its own before the program has a name for it."""

    def through_time(net: nn.LSTM, x: torch.Tensor) -> torch.Tensor:
        out, _ = net(x)
        loss: torch.Tensor = out.sum()
        return loss

    with record() as run:
        through_time(nn.LSTM(2, 3), torch.randn(4, 2, 2)).backward()

    assert "out" in run.trace.names
