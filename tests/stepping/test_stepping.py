"""The steps of a picture are those of the run: in its order, over what is drawn."""

import torch

from graphviz_utils.graph import folded, leaves_per_use, scoped
from graphviz_utils.model import Trace
from graphviz_utils.stepping import Steps, steps_of
from graphviz_utils.tracing import record


def polynomial() -> Trace:
    with record() as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
        y.backward()
    return run.trace


def labels(steps: Steps, trace: Trace) -> list[str]:
    """Each step by the label of its node, a backward one with ∂ before it."""
    names = {node.id: node.label or node.variable or "" for node in trace.nodes}
    return [("" if step.backward is None else "∂ ") + names[step.nodes[0]] for step in steps.rows]


def test_forward_steps_come_as_python_evaluates_and_backward_steps_as_the_engine_fires() -> None:
    trace = polynomial()

    # The engine takes, of the nodes that are ready, the one made last.
    assert labels(steps_of(scoped(trace, "backward"), trace), trace) == [
        *("x⁴", "2 ×", "x³", "+", "x²", "3 ×", "+", "5 ×", "+", "+ 1"),
        *("∂ + 1", "∂ +", "∂ 5 ×", "∂ +", "∂ 3 ×", "∂ x²", "∂ +", "∂ x³", "∂ 2 ×", "∂ x⁴", "∂ x"),
    ]


def test_a_leaf_is_seen_when_it_is_first_taken_and_its_gradient_when_it_is_complete() -> None:
    trace = polynomial()
    steps = steps_of(scoped(trace, "backward"), trace)

    assert steps.value_steps["n0"] == 1
    assert steps.grad_steps[0]["n0"] == len(steps.rows) == 21


def test_every_copy_of_a_shared_leaf_gets_its_gradient_in_the_same_step() -> None:
    trace = polynomial()
    steps = steps_of(leaves_per_use(scoped(trace, "backward")), trace)

    assert steps.rows[-1].nodes == ("n0@n1.0", "n0@n3.0", "n0@n5.0", "n0@n8.0")
    assert [steps.value_steps[copy] for copy in steps.rows[-1].nodes] == [1, 3, 5, 8]


def test_a_folded_box_makes_one_step_each_way() -> None:
    with record() as run:
        x = torch.tensor(0.5, requires_grad=True)
        y = x
        for _ in range(50):
            y = torch.sin(y)
        y.backward()
    graph = folded(scoped(run.trace, "backward"), 10)
    steps = steps_of(graph, run.trace)

    drawn_operators = [id_ for id_ in graph if id_ != "n0"]
    assert len(steps.rows) == 2 * len(drawn_operators) + 1
    assert sorted(steps.value_steps[id_] for id_ in drawn_operators) == list(range(1, len(drawn_operators) + 1))


def test_a_box_that_holds_copies_of_a_leaf_makes_one_step_each_way() -> None:
    with record() as run:
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(150):
            y = y * 1.01 + x
        y.backward()
    graph = folded(leaves_per_use(scoped(run.trace, "backward")), 60)
    steps = steps_of(graph, run.trace)

    boxes = [id_ for id_, fold in graph.nodes(data="fold") if fold is not None]
    assert boxes
    assert all([id_ in step.nodes for step in steps.rows].count(True) >= 2 for id_ in boxes)


def test_two_passes_through_one_graph_follow_each_other() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x
        y.backward(retain_graph=True)
        y.backward()
    steps = steps_of(scoped(run.trace, "backward"), run.trace)

    assert steps.passes == (0, 1)
    assert [step.backward for step in steps.rows] == [None, 0, 0, 1, 1]


def test_a_pass_through_another_graph_is_not_stepped_through() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
        (x + x).backward()
    steps = steps_of(scoped(run.trace, "backward"), run.trace)

    assert steps.passes == (1,)
    assert labels(steps, run.trace) == ["+", "∂ +", "∂ x"]


def test_a_program_that_went_nowhere_has_no_steps() -> None:
    with record() as run:
        torch.tensor(3.0, requires_grad=True)

    assert steps_of(scoped(run.trace, "backward"), run.trace).rows == ()


def test_chapters_begin_where_the_passes_begin() -> None:
    trace = polynomial()

    chapters = steps_of(scoped(trace, "backward"), trace).chapters
    assert [(chapter.title, chapter.step, chapter.backward) for chapter in chapters] == [
        ("Forward", 0, None),
        ("backward", 10, 0),
    ]


def test_a_large_graph_is_stepped_through_by_fewer_passes() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        y = x
        for _ in range(1_500):
            y = -y
        for _ in range(4):
            y.backward(retain_graph=True)

    # Each pass has a picture of its own, of all 1,501 nodes.
    assert steps_of(scoped(run.trace, "backward"), run.trace).passes == (2, 3)
