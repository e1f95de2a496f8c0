import sys

import pytest

from graphviz_utils.graph import build_graph, focused, leaves_per_use, roots_of, without_constants
from graphviz_utils.model import Moment, TraceError
from tests.building import Run, chain_trace, from_node, scenario_1_trace


def _two_losses() -> Run:
    """x feeds a and b; b also takes the constant c."""
    run = Run()
    x, c = run.leaf("x", 1.0), run.constant("c", 2.0)
    run.op("SinBackward0", from_node("self", 0, x), variable="a")
    run.op("WhereBackward0", from_node("self", 0, x), from_node("condition", None, c), variable="b")
    return run


def test_focus_keeps_what_flows_into_the_roots_and_nothing_else() -> None:
    graph = focused(build_graph(_two_losses().trace()), ["n2"])

    assert (list(graph), graph.graph["roots"]) == (["n0", "n2"], ("n2",))


def test_focus_on_everything_changes_nothing() -> None:
    graph = build_graph(scenario_1_trace())

    assert list(focused(graph, ["n10"]).edges(keys=True)) == list(graph.edges(keys=True))


def test_focus_on_no_root_keeps_the_whole_graph() -> None:
    assert list(focused(build_graph(_two_losses().trace()), [])) == ["n0", "n1", "n2", "n3"]


def test_focus_on_a_stranger_says_so() -> None:
    with pytest.raises(TraceError, match="'n99' is not a node"):
        focused(build_graph(scenario_1_trace()), ["n99"])


def test_focus_is_not_limited_by_the_stack_of_python() -> None:
    depth = 3 * sys.getrecursionlimit()

    assert len(focused(build_graph(chain_trace(depth)), [f"n{depth}"])) == depth + 1


def test_twelve_doublings_are_walked_once_each() -> None:
    """`x = x + x` twelve times has 4,095 paths, 13 nodes and 24 edges."""
    run = Run()
    last = run.leaf("x", 1.0)
    for _ in range(12):
        last = run.op("AddBackward0", from_node("self", 0, last), from_node("other", 1, last))
    graph = focused(build_graph(run.trace()), [last])

    assert (len(graph), graph.number_of_edges()) == (13, 24)


def test_constants_can_be_left_out() -> None:
    assert list(without_constants(build_graph(_two_losses().trace()))) == ["n0", "n2", "n3"]


def test_a_shared_leaf_is_drawn_beside_each_of_its_uses() -> None:
    graph = leaves_per_use(build_graph(scenario_1_trace()))

    assert list(graph)[:5] == ["n0@n1.0", "n1", "n2", "n0@n3.0", "n3"]
    assert dict(graph.nodes(data="use_of"))["n0@n8.0"] == "n0"
    assert [key for _, _, key in graph.out_edges("n0@n8.0", keys=True)] == [0]


def test_parallel_uses_of_a_leaf_come_in_the_order_of_their_slots() -> None:
    run = Run()
    x = run.leaf("x", 1.0)
    run.op("CatBackward0", *(from_node("tensors", slot, x) for slot in range(12)))

    assert list(leaves_per_use(build_graph(run.trace())))[:12] == [f"n0@n1.{slot}" for slot in range(12)]


def test_a_leaf_with_fewer_uses_than_asked_for_stays_one() -> None:
    assert "n0" in leaves_per_use(build_graph(scenario_1_trace()), least=5)


def test_the_roots_of_a_moment_are_those_of_its_pass() -> None:
    run = _two_losses()
    run.backward("n2")
    run.backward("n3")
    trace = run.trace()

    assert (roots_of(trace), roots_of(trace, Moment(backward=0))) == (("n3",), ("n2",))


def test_without_a_pass_the_root_is_what_was_named_last() -> None:
    run = _two_losses()
    run.op("CosBackward0", from_node("self", 0, "n2"))
    run.bind("again", "n0")

    assert roots_of(run.trace()) == ("n3",)


def test_before_a_name_was_given_it_is_no_root() -> None:
    trace = _two_losses().trace()

    assert roots_of(trace, Moment(at=trace.nodes[2].at)) == ("n2",)


def test_a_run_without_gradients_ends_at_its_last_tensor() -> None:
    run = Run()
    run.constant("a", 1.0)
    run.constant("b", 1.0)

    assert roots_of(run.trace()) == ("n1",)


def test_an_empty_run_has_no_roots() -> None:
    assert roots_of(Run().trace()) == ()
