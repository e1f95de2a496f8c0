"""torchviz as the second opinion: the same nodes, and the same edges between them."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch
import torchviz
from torch import nn

from graphviz_utils.model import Trace
from graphviz_utils.tracing import record
from tests.tracing.database import differentiable, tensors

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "scenarios").glob("*.py"), *(ROOT / "tests/running/programs").glob("*.py.txt")])
NO_TENSOR_LEFT = {
    "func_api.py.txt": "function transforms keep no graph",
    "functional_jacobian.py.txt": "its graphs live inside of torch.autograd.functional",
    "grad_accumulation_clip.py.txt": "its root has no name and dies in the line that makes it",
    "main_guard.py.txt": "its root dies with the function that made it",
    "numpy_bridge.py.txt": "its root has no name and dies in the line that makes it",
    "shape_error.py.txt": "nothing in it requires a gradient",
    "str_format.py.txt": "it has a leaf and no operator",
}
OPERATORS = [*differentiable()][::9]
GIVES_ITS_INPUT_BACK = {
    "atleast_3d": "its first sample has three dimensions",
    "nn.functional.feature_alpha_dropout.with_train": "its first sample drops with probability 0",
    "real": "its first sample is real",
    "resolve_neg": "its first sample is no negative view",
}
pytestmark = pytest.mark.filterwarnings("ignore")  # torchviz and the programs use what is deprecated
NODE = re.compile(r'^\t"?(\d+)"? \[label="?(\w+)')
OPERATOR = re.compile(r"Backward|Grad$|Slices$")
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
    """Operators and leaves of torchviz's graph, as far as the root depends on them."""
    last = root.grad_fn  # held, so that torchviz meets it under the same id
    body = torchviz.make_dot(root).body
    graph = nx.MultiDiGraph()
    for line in body:
        if (match := NODE.match(line)) and OPERATOR.search(match[2]):
            graph.add_node(match[1], name=match[2])
    for line in body:
        if (match := EDGE.match(line)) and match[1] in graph and match[2] in graph:
            graph.add_edge(match[1], match[2])
    return with_ancestors(graph, str(id(last)))


def drawn_by_us(trace: Trace, root: str) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    for node in trace.nodes:
        if node.kind in ("op", "leaf"):
            graph.add_node(node.id, name=node.name)
    for edge in trace.edges:
        graph.add_edge(edge.source, edge.target)
    return with_ancestors(graph, trace.names[root].node)


def with_ancestors(graph: nx.MultiDiGraph, root: str) -> nx.MultiDiGraph:
    return graph.subgraph(nx.ancestors(graph, root) | {root}).copy()


def assert_same_graphs(trace: Trace, roots: Sequence[torch.Tensor]) -> None:
    for i, root in enumerate(roots):
        ours, theirs = drawn_by_us(trace, f"roots[{i}]"), drawn_by_torchviz(root)
        assert nx.is_isomorphic(ours, theirs, node_match=lambda a, b: a["name"] == b["name"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_draw_the_same_graph(program: Callable[[], torch.Tensor]) -> None:
    with record() as run:
        roots = [program()]

    assert_same_graphs(run.trace, roots)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_draw_the_same_graph_of_every_tensor_that_a_program_leaves(file: Path) -> None:
    """torchviz asks an autograd.Function for what its backward would have freed: the graph is retained."""
    source = file.read_text(encoding="utf-8").replace(".backward()", ".backward(retain_graph=True)")
    namespace = {"__name__": "__main__"}
    with record() as run:
        try:
            exec(compile(source, file.name, "exec"), namespace)
        except RuntimeError:
            assert "# expect: error:RuntimeError" in source
        roots = [each for each in tensors(namespace) if each.grad_fn is not None]

    assert (not roots) == (file.name in NO_TENSOR_LEFT)
    if not roots:
        pytest.skip(f"not comparable: {NO_TENSOR_LEFT[file.name]}")
    assert_same_graphs(run.trace, roots)


@pytest.mark.parametrize(("op", "dtype"), OPERATORS, ids=[op.full_name for op, _ in OPERATORS])
def test_both_draw_the_same_graph_of_an_operator(op: Any, dtype: torch.dtype) -> None:
    sample = next(iter(op.sample_inputs("cpu", dtype, requires_grad=True)))
    with record() as run:
        outputs = op(sample.input, *sample.args, **sample.kwargs)
        roots = [each for each in tensors(outputs) if each.grad_fn is not None]

    assert (not roots) == (op.full_name in GIVES_ITS_INPUT_BACK)
    if not roots:
        pytest.skip(f"not comparable, it gives its input back: {GIVES_ITS_INPUT_BACK[op.full_name]}")
    assert_same_graphs(run.trace, roots)
