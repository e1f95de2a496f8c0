"""Layers that real networks are made of: their recorded numbers are PyTorch's own, and those of finite differences."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing import record

Outputs = dict[str, Tensor]


@dataclass(frozen=True)
class Network:
    """A module in its first state, what it is fed, and a program that names its outputs; `loss` is a scalar."""

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    program: Callable[[nn.Module, Tensor], Outputs]

    def fresh(self, dtype: torch.dtype) -> tuple[nn.Module, Tensor]:
        torch.manual_seed(0)
        return self.build().to(dtype), torch.randn(self.shape, dtype=dtype)


def through_time(net: nn.Module, x: Tensor) -> Outputs:
    out, (hidden, state) = net(x)
    loss = out.pow(2).mean() + hidden.sin().sum() + state.sum()
    return {"out": out, "hidden": hidden, "state": state, "loss": loss}


def self_attention(net: nn.Module, x: Tensor) -> Outputs:
    out, weights = net(x, x, x)
    loss = out.pow(2).sum() + weights[..., 0].sum()
    return {"out": out, "weights": weights, "loss": loss}


def plain(net: nn.Module, x: Tensor) -> Outputs:
    out = net(x)
    loss = out.pow(3).sum()
    return {"out": out, "loss": loss}


def encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, activation="gelu", batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


def convolution() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Tanh(), nn.Flatten(), nn.Linear(18, 3))


NETWORKS = {
    "LSTM": Network(lambda: nn.LSTM(2, 3, num_layers=2), (4, 2, 2), through_time),
    "MultiheadAttention": Network(lambda: nn.MultiheadAttention(4, 2, batch_first=True), (2, 3, 4), self_attention),
    "TransformerEncoder": Network(encoder, (2, 3, 4), plain),
    "convolution and batch norm": Network(convolution, (2, 1, 5, 5), plain),
}
each_network = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
each_dtype = pytest.mark.parametrize(("dtype", "rtol"), [(torch.float64, 1e-12), (torch.float32, 1e-4)])


def recorded(network: Network, dtype: torch.dtype) -> Trace:
    net, x = network.fresh(dtype)
    with record() as run:
        outputs = network.program(net, x)
        outputs["loss"].backward()
    return run.trace


def tensor(snapshot: Snapshot | None, dtype: torch.dtype) -> Tensor:
    assert snapshot is not None
    return torch.tensor(snapshot.data, dtype=dtype)


def contributions(trace: Trace, dtype: torch.dtype) -> dict[str, Tensor]:
    """What arrived at each parameter along its edges, added up."""
    sent = {(row.target, row.slot): row.tensor for row in trace.passes[0].edge_grads}
    sums: dict[str, Tensor] = {}
    for edge in trace.edges:
        source = trace.node(edge.source)
        if source.kind == "leaf":
            assert source.variable is not None
            part = tensor(sent[edge.target, edge.slot], dtype)
            sums[source.variable] = sums.get(source.variable, torch.zeros_like(part)) + part
    return sums


@each_dtype
@each_network
def test_named_outputs_hold_what_an_unrecorded_run_computes(network: Network, dtype: torch.dtype, rtol: float) -> None:
    trace = recorded(network, dtype)

    for name, output in network.program(*network.fresh(dtype)).items():
        binding = trace.names[f"outputs[{name!r}]"]
        shown = tensor(trace.value(binding.node, binding.output), dtype)
        torch.testing.assert_close(shown, output.detach(), rtol=rtol, atol=rtol)


@each_dtype
@each_network
def test_contributions_add_up_to_what_autograd_returns_unrecorded(
    network: Network, dtype: torch.dtype, rtol: float
) -> None:
    net, x = network.fresh(dtype)
    grads = torch.autograd.grad(network.program(net, x)["loss"], list(net.parameters()))
    expected = {f"net.{name}": grad for (name, _), grad in zip(net.named_parameters(), grads, strict=True)}

    torch.testing.assert_close(contributions(recorded(network, dtype), dtype), expected, rtol=rtol, atol=rtol)


@each_network
def test_contributions_add_up_to_central_differences_of_the_loss(network: Network) -> None:
    net, x = network.fresh(torch.float64)
    expected = {f"net.{name}": slopes(parameter, net, x, network) for name, parameter in net.named_parameters()}

    shown = contributions(recorded(network, torch.float64), torch.float64)
    torch.testing.assert_close(shown, expected, rtol=1e-6, atol=1e-7)


@torch.no_grad()
def slopes(parameter: Tensor, net: nn.Module, x: Tensor, network: Network, step: float = 1e-5) -> Tensor:
    """(loss(p + h) - loss(p - h)) / 2h for every element p of a parameter."""

    def losses(element: int) -> Iterator[float]:
        kept = parameter.view(-1)[element].item()
        for moved in (kept + step, kept - step, kept):
            parameter.view(-1)[element] = moved
            yield network.program(net, x)["loss"].item()

    found = [(after - before) / (2 * step) for after, before, _ in map(losses, range(parameter.numel()))]
    return torch.tensor(found, dtype=torch.float64).reshape(parameter.shape)
