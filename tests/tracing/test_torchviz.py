"""torchviz as the second opinion: the same nodes, and the same edges between them."""

import re
from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest
import torch
import torchviz
from torch import nn

from graphviz_utils.model import Trace
from graphviz_utils.tracing import record

NODE = re.compile(r'^\t"?(\d+)"? \[label="?(\w+)')
EDGE = re.compile(r'^\t"?(\d+)"? -> "?(\d+)"?')


def polynomial() -> torch.Tensor:
    x = torch.tensor(2.0, requires_grad=True)
    return 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1


def fan_out() -> torch.Tensor:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    return (y * y + x).sum()


def unbound() -> torch.Tensor:
    a, b, c = torch.ones(3, 2, requires_grad=True).unbind()
    return (a * c + b).mean()


def in_place() -> torch.Tensor:
    x = torch.ones(3, requires_grad=True)
    y = x.clone()
    y[1].mul_(3)
    return y.add_(x).sum()


def custom() -> torch.Tensor:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
            (x,) = ctx.saved_tensors
            result: torch.Tensor = 3 * x**2 * grad
            return result

    result: torch.Tensor = Cube.apply(torch.ones(2, requires_grad=True)).sum()
    return result


def network() -> torch.Tensor:
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.LayerNorm(8), nn.Linear(8, 2))
    loss: torch.Tensor = nn.functional.cross_entropy(net(torch.randn(5, 4)), torch.tensor([0, 1, 0, 1, 1]))
    return loss


def recurrent() -> torch.Tensor:
    cell = nn.LSTMCell(2, 3)
    h = c = torch.zeros(1, 3)
    for _ in range(3):
        h, c = cell(torch.randn(1, 2), (h, c))
    total: torch.Tensor = h.sum() + c.sum()
    return total


def encoder() -> torch.Tensor:
    out: torch.Tensor = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)(torch.randn(2, 3, 8))
    return out.pow(2).mean()


def second_derivative() -> torch.Tensor:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    length: torch.Tensor = slope.norm()
    return length


PROGRAMS = [polynomial, fan_out, unbound, in_place, custom, network, recurrent, encoder, second_derivative]


def drawn_by_torchviz(root: torch.Tensor) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    body = torchviz.make_dot(root).body
    for line in body:
        if match := NODE.match(line):
            graph.add_node(match[1], name=match[2])
    for line in body:
        if match := EDGE.match(line):
            graph.add_edge(match[1], match[2])
    return graph.subgraph([node for node, name in graph.nodes(data="name") if name]).copy()


def drawn_by_us(trace: Trace) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    for node in trace.nodes:
        if node.kind in ("op", "leaf"):
            graph.add_node(node.id, name=node.name)
    for edge in trace.edges:
        graph.add_edge(edge.source, edge.target)
    return graph.subgraph(nx.ancestors(graph, trace.names["root"].node) | {trace.names["root"].node}).copy()


@pytest.mark.filterwarnings("ignore:distutils")  # torchviz still asks distutils for PyTorch's version
@pytest.mark.parametrize("program", PROGRAMS)
def test_both_draw_the_same_graph(program: Callable[[], torch.Tensor]) -> None:
    with record() as run:
        root = program()
    theirs = drawn_by_torchviz(root)
    ours = drawn_by_us(run.trace)
    operators = [
        node for node, name in theirs.nodes(data="name") if name.endswith(("Grad", "Slices")) or "Backward" in name
    ]

    assert nx.is_isomorphic(ours, theirs.subgraph(operators), node_match=lambda a, b: a["name"] == b["name"])
