"""Fan-out, several outputs, views and in-place operators: the graph is PyTorch's, whatever its shape."""

import torch

from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing import record


def only(trace: Trace, name: str) -> str:
    """The id of the only node with this autograd name."""
    (id_,) = [node.id for node in trace.nodes if node.name == name]
    return id_


def data(snapshot: Snapshot | None) -> object:
    assert snapshot is not None
    return snapshot.data


def test_gradients_of_a_leaf_used_twice_add_up() -> None:
    """d(x*x)/dx is 2x, not x."""
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()

    assert data(run.trace.leaf("x").grad) == 6.0


def test_x_times_x_has_two_edges() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x  # noqa: F841  # named so that the trace can tell

    assert [(edge.source, edge.target, edge.slot) for edge in run.trace.edges] == [("n0", "n1", 0), ("n0", "n1", 1)]


def test_outputs_of_one_node_are_told_apart_by_number() -> None:
    with record() as run:
        a, b = torch.tensor([2.0, 5.0], requires_grad=True).unbind()
        (a * b * b).backward()
    unbind = only(run.trace, "UnbindBackward0")
    sources = [(edge.source_output, edge.slot) for edge in run.trace.edges if edge.source == unbind]

    assert [data(run.trace.value(unbind, output)) for output in (0, 1)] == [2.0, 5.0]
    assert sources == [(0, 0), (1, 1), (1, 1)]


def test_an_in_place_operator_keeps_the_value_before_it() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 3
        y.add_(1)
    trace = run.trace

    assert data(trace.value(only(trace, "MulBackward0"))) == (3.0, 6.0)
    assert data(trace.value(only(trace, "AddBackward0"))) == (4.0, 7.0)


def test_writing_into_a_view_gives_its_base_a_new_value() -> None:
    with record() as run:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.clone()
        y[0].mul_(5)
        y.sum().backward()
    trace = run.trace

    assert data(trace.value(only(trace, "CopySlices"))) == (5.0, 2.0)
    assert data(trace.leaf("x").grad) == (5.0, 1.0)


def test_conjugation_leaves_no_copy_behind() -> None:
    """d(z z*)/dz* is 2z by PyTorch's convention for real-valued losses."""
    with record() as run:
        z = torch.tensor(1 + 2j, requires_grad=True)
        (z * z.conj()).real.backward()

    assert [node.name for node in run.trace.nodes if node.kind == "detached"] == []
    assert data(run.trace.leaf("z").grad) == 2 + 4j


def test_what_needs_no_gradient_is_a_constant_with_the_slot_it_would_have() -> None:
    with record() as run:
        w = torch.tensor(2.0, requires_grad=True)
        c = torch.tensor(7.0)
        y = c * w  # noqa: F841
    constant = run.trace.names["c"].node
    first, _ = run.trace.node(only(run.trace, "MulBackward0")).arguments

    assert run.trace.node(constant).kind == "constant"
    assert (first.node, first.slot) == (constant, 0)


def test_indices_have_no_slot() -> None:
    with record() as run:
        table = torch.ones(3, 2, requires_grad=True)
        picked = torch.nn.functional.embedding(torch.tensor([2, 0]), table)  # noqa: F841
    slots = {each.name: each.slot for each in run.trace.node(only(run.trace, "EmbeddingBackward0")).arguments}

    assert (slots["weight"], slots["indices"]) == (0, None)


def test_outputs_without_a_graph_are_detached() -> None:
    with record() as run:
        x = torch.tensor([1.0, 3.0], requires_grad=True)
        frozen = x.detach()
        best = x.argmax()
        with torch.no_grad():
            silent = x * 2
        with torch.inference_mode():
            inferred = x + 1
    kinds = {name: run.trace.node(run.trace.names[name].node).kind for name in ("frozen", "best", "silent", "inferred")}
    del frozen, best, silent, inferred

    assert set(kinds.values()) == {"detached"}


def test_a_gradient_that_is_computed_with_is_named_after_its_leaf() -> None:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        (x**2).backward()
        (x.grad * x).sum()  # type: ignore[operator]  # backward has run

    assert [node.variable for node in run.trace.nodes if node.kind == "constant"] == ["x.grad"]


def test_a_second_run_knows_nothing_of_the_first() -> None:
    with record():
        old = torch.tensor(2.0, requires_grad=True) ** 2
    with record() as run:
        new = torch.tensor(3.0, requires_grad=True) * 2  # noqa: F841

    assert old.requires_grad
    assert set(run.trace.names) == {"new"}


def test_a_graph_begun_before_the_recording_is_walked_to_its_leaves() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x.exp()
    with record() as run:
        z = y * 3  # noqa: F841

    assert [node.name for node in run.trace.nodes] == ["AccumulateGrad", "ExpBackward0", "MulBackward0"]


def test_twelve_doublings_are_thirteen_nodes() -> None:
    """A walk without memory would visit 4,095."""
    with record() as run:
        x = torch.tensor(1.0, requires_grad=True)
        for _ in range(12):
            x = x + x

    assert len(run.trace.nodes) == 13
    assert len(run.trace.edges) == 24
