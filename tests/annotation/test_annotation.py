from collections.abc import Sequence
from dataclasses import replace

from graphviz_utils.annotation import annotate
from graphviz_utils.graph import build_graph, focused, folded, leaves_per_use
from graphviz_utils.model import Moment, Number, Reading, Returned, Snapshot
from tests.building import Run, from_node, scenario_1_trace, snapshot


def _numbers(tensors: Sequence[Snapshot | None]) -> list[Number | None]:
    return [None if tensor is None else tensor.item() for tensor in tensors]


def test_the_polynomial_shows_the_gradients_worked_out_by_hand() -> None:
    """y = 2x⁴ + x³ + 3x² + 5x + 1 at 2: dy/dx = 8·8 + 3·4 + 6·2 + 5 = 93."""
    trace = scenario_1_trace()
    graph = annotate(build_graph(trace), trace)
    (reading,) = graph.nodes["n0"]["readings"]

    assert _numbers([reading.value, reading.grad]) == [2.0, 93.0]
    assert _numbers(graph.nodes["n0"]["contributions"]) == [5.0, 12.0, 12.0, 64.0]
    assert _numbers([graph.nodes["n0"]["grad_before"], graph.nodes["n0"]["grad_after"]]) == [None, 93.0]


def test_an_edge_shows_what_flowed_forward_and_what_was_sent_back() -> None:
    trace = scenario_1_trace()
    (reading,) = annotate(build_graph(trace), trace).edges["n0", "n1", 0]["readings"]

    assert _numbers([reading.value, reading.grad]) == [2.0, 64.0]


def test_a_root_received_its_seed() -> None:
    trace = scenario_1_trace()

    assert _numbers(annotate(build_graph(trace), trace).nodes["n10"]["contributions"]) == [1.0]


def test_before_the_pass_there_is_no_gradient() -> None:
    trace = scenario_1_trace()
    graph = annotate(build_graph(trace), trace, Moment(at=trace.passes[0].at - 1))

    assert {reading.grad for _, readings in graph.nodes(data="readings") for reading in readings} == {None}
    assert {reading.grad for _, _, readings in graph.edges(data="readings") for reading in readings} == {None}


def test_what_was_not_computed_yet_has_no_value() -> None:
    trace = scenario_1_trace()
    graph = annotate(build_graph(trace), trace, Moment(at=trace.nodes[4].at))
    shown = [id_ for id_, readings in graph.nodes(data="readings") if readings[0].value is not None]

    assert shown == ["n0", "n1", "n2", "n3", "n4"]


def test_gradients_appear_as_the_engine_fires() -> None:
    """Order of firing: n10, n9, n8; n8 has sent its 5 to x, which itself waits for the other three."""
    trace = scenario_1_trace()
    graph = annotate(build_graph(trace), trace, Moment(at=trace.passes[0].fired_at[2]))
    shown = [id_ for id_, readings in graph.nodes(data="readings") if readings[0].grad is not None]

    assert shown == ["n8", "n9", "n10"]
    assert _numbers(graph.nodes["n0"]["contributions"]) == [5.0]
    assert graph.nodes["n0"]["grad_after"] is None


def test_a_copy_for_one_use_shows_the_whole_leaf_and_its_edge_the_one_use() -> None:
    trace = scenario_1_trace()
    graph = annotate(leaves_per_use(build_graph(trace)), trace)

    assert _numbers([graph.nodes["n0@n8.0"]["readings"][0].grad]) == [93.0]
    assert _numbers([graph.edges["n0@n8.0", "n8", 0]["readings"][0].grad]) == [5.0]


def test_the_chosen_pass_is_shown_and_no_other() -> None:
    run = Run()
    x = run.leaf("x", 2.0)
    y = run.op("MulBackward0", from_node("self", 0, x), data=6.0)
    for before, after in ((None, 3.0), (3.0, 6.0)):
        run.backward(y, order=(y, x), edges=[(y, 0, 3.0)], nodes=[(y, 1.0), (x, 3.0)], leaves=[(x, before, after)])
    trace = run.trace()
    first, last = (annotate(build_graph(trace), trace, Moment(backward=i)).nodes[x] for i in range(2))

    assert _numbers([first["grad_before"], first["grad_after"]]) == [None, 3.0]
    assert _numbers([last["grad_before"], last["grad_after"]]) == [3.0, 6.0]


def test_undefined_gradients_add_nothing_and_unseen_ones_are_missing() -> None:
    run = Run()
    x = run.leaf("x", 2.0)
    a = run.op("AddBackward0", from_node("self", 0, x), from_node("other", 1, x), data=4.0)
    run.backward(a, order=(a, x), edges=[(a, 0, None)], nodes=[(a, 1.0)])
    trace = run.trace()

    assert annotate(build_graph(trace), trace).nodes[x]["contributions"] == (None,)


def test_an_edge_keeps_the_value_that_was_used_when_the_tensor_changes_later() -> None:
    """A training loop: `w` is 1 when the loss takes it, and 0.5 after the step."""
    run = Run()
    w = run.leaf("w", 1.0)
    loss = run.op("MulBackward0", from_node("self", 0, w), data=1.0)
    after = Run()
    after.leaf("w", 0.5)
    changed = after.values[0]
    run.values.append(type(changed)(w, 0, 1, run.tick(), changed.tensor))
    trace = run.trace()
    graph = annotate(build_graph(trace), trace)

    assert _numbers([graph.edges[w, loss, 0]["readings"][0].value]) == [1.0]
    assert _numbers([graph.nodes[w]["readings"][0].value]) == [0.5]


def test_every_output_has_its_own_reading() -> None:
    run = Run()
    x = run.leaf("x", (1.0, 2.0))
    parts = run.op("UnbindBackward0", from_node("self", 0, x), outputs=(1.0, 2.0))
    trace = run.trace()
    readings = annotate(build_graph(trace), trace).nodes[parts]["readings"]

    assert _numbers([reading.value for reading in readings]) == [1.0, 2.0]


def test_the_graph_that_came_in_is_left_alone() -> None:
    trace = scenario_1_trace()
    graph = focused(build_graph(trace), ["n10"])
    annotate(graph, trace)

    assert "readings" not in graph.nodes["n0"]


def test_a_box_shows_what_leaves_it_and_a_bundle_of_edges_shows_nothing() -> None:
    """The box n2 … n4 of y = ((x + x) + x + x) hands on n4; three edges of x enter it as one."""
    run = Run()
    x = run.leaf("x", 1.0)
    last = run.op("NegBackward0", from_node("self", 0, x), data=-1.0)
    for step in range(5):
        last = run.op("AddBackward0", from_node("self", 0, last), from_node("other", 1, x), data=float(step))
    trace = run.trace()
    graph = annotate(folded(build_graph(trace), 5), trace)
    (box,) = (id_ for id_, fold in graph.nodes(data="fold") if fold)

    assert (box, _numbers([graph.nodes[box]["readings"][0].value])) == ("n3..n5", [3.0])
    assert graph.edges[x, box, 0]["merged"] == 3
    assert graph.edges[x, box, 0]["readings"] == (Reading(None, None),)


def test_what_autograd_grad_returned_shows_on_the_inputs_once_it_is_over() -> None:
    """`autograd.grad(3 * x, x)` returns 3 and fires no leaf."""
    run = Run()
    x = run.leaf("x", 2.0)
    y = run.op("MulBackward0", from_node("self", 0, x), data=6.0)
    run.backward(y, order=(y,), edges=[(y, 0, 3.0)], nodes=[(y, 1.0)])
    run.passes[0] = replace(run.passes[0], returned=(Returned(x, 0, snapshot(3.0)),))
    trace = run.trace()
    fired, ended = trace.passes[0].fired_at[0], trace.passes[0].ended
    shown = [annotate(build_graph(trace), trace, Moment(at=at)).nodes[x]["readings"][0].grad for at in (fired, ended)]

    assert _numbers(shown) == [None, 3.0]
