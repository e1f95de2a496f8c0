"""`y = 2x⁴ + x³ + 3x² + 5x + 1` at 2, worked out by hand: y = 63, dy/dx = 8x³ + 3x² + 6x + 5 = 93."""

import pytest
import torch

from graphviz_utils.model import Trace
from graphviz_utils.tracing import record


@pytest.fixture(scope="module")
def trace() -> Trace:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
        y.backward()
    return run.trace


def test_nodes_come_in_order_of_creation(trace: Trace) -> None:
    names = [(node.id, node.name, node.label, node.variable) for node in trace.nodes]

    assert names == [
        ("n0", "AccumulateGrad", "x", "x"),
        ("n1", "PowBackward0", "x⁴", None),
        ("n2", "MulBackward0", "2 ×", None),
        ("n3", "PowBackward0", "x³", None),
        ("n4", "AddBackward0", "+", None),
        ("n5", "PowBackward0", "x²", None),
        ("n6", "MulBackward0", "3 ×", None),
        ("n7", "AddBackward0", "+", None),
        ("n8", "MulBackward0", "5 ×", None),
        ("n9", "AddBackward0", "+", None),
        ("n10", "AddBackward0", "+ 1", "y"),
    ]


def test_every_node_has_its_forward_value(trace: Trace) -> None:
    values = [trace.value(node.id) for node in trace.nodes]

    assert [value and value.item() for value in values] == [2, 16, 32, 8, 40, 4, 12, 52, 10, 62, 63]


def test_four_contributions_arrive_at_the_leaf(trace: Trace) -> None:
    sent = {row.target: row.tensor for row in trace.passes[0].edge_grads}
    into_x = [sent[edge.target] for edge in trace.edges if edge.source == "n0"]

    assert [tensor and tensor.item() for tensor in into_x] == [64, 12, 12, 5]


def test_the_leaf_ends_with_their_sum(trace: Trace) -> None:
    grad = trace.leaf("x").grad

    assert grad is not None
    assert grad.item() == 93


def test_the_order_is_the_engine_s(trace: Trace) -> None:
    assert trace.passes[0].order == ("n10", "n9", "n8", "n7", "n6", "n5", "n4", "n3", "n2", "n1", "n0")


def test_an_argument_without_a_slot_is_a_literal(trace: Trace) -> None:
    base, exponent = trace.node("n1").arguments

    assert (base.name, base.slot, base.node) == ("self", 0, "n0")
    assert (exponent.name, exponent.slot, exponent.literal) == ("exponent", None, 4)


def test_a_node_tells_what_it_saved(trace: Trace) -> None:
    (saved,) = trace.node("n1").saved

    assert (saved.name, saved.tensor and saved.tensor.item(), saved.version) == ("self", 2.0, 0)


def test_the_json_form_gives_the_run_back(trace: Trace) -> None:
    assert Trace.from_json(trace.to_json()) == trace


def test_two_runs_give_the_same_text() -> None:
    def text() -> str:
        with record() as run:
            x = torch.tensor(2.0, requires_grad=True)
            (x * x).backward()
        return run.trace.to_json()

    first, second = text(), text()

    assert first == second
