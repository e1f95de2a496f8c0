import sys

import networkx as nx
import pytest

from graphviz_utils.graph import build_graph
from graphviz_utils.model import Edge, TraceError
from tests.building import Run, chain_trace, from_node, literal, scenario_1_trace


def test_edges_run_as_values_flow_and_are_keyed_by_slot() -> None:
    graph = build_graph(scenario_1_trace())

    assert sorted(graph.edges(keys=True)) == [
        ("n0", "n1", 0),
        ("n0", "n3", 0),
        ("n0", "n5", 0),
        ("n0", "n8", 0),
        ("n1", "n2", 0),
        ("n2", "n4", 0),
        ("n3", "n4", 1),
        ("n4", "n7", 0),
        ("n5", "n6", 0),
        ("n6", "n7", 1),
        ("n7", "n9", 0),
        ("n8", "n9", 1),
        ("n9", "n10", 0),
    ]


def test_nodes_stand_in_order_of_creation_and_carry_what_the_trace_says() -> None:
    trace = scenario_1_trace()

    assert [node for _, node in build_graph(trace).nodes(data="node")] == list(trace.nodes)


def test_x_times_x_is_two_edges() -> None:
    run = Run()
    x = run.leaf("x", 3.0)
    y = run.op("MulBackward0", from_node("self", 0, x), from_node("other", 1, x), data=9.0)

    assert list(build_graph(run.trace()).edges(keys=True)) == [(x, y, 0), (x, y, 1)]


def test_the_output_number_of_a_source_stands_on_its_edge() -> None:
    run = Run()
    x = run.leaf("x", (1.0, 2.0))
    parts = run.op("UnbindBackward0", from_node("self", 0, x), outputs=(1.0, 2.0))
    y = run.op("SinBackward0", from_node("self", 0, parts, output=1), data=0.9)
    graph = build_graph(run.trace())

    assert graph.edges[parts, y, 0]["source_output"] == 1
    assert graph.edges[parts, y, 0]["edge"] == Edge(parts, 1, y, 0)


def test_a_value_without_a_slot_flows_along_an_edge_named_after_its_argument() -> None:
    run = Run()
    weight = run.leaf("weight", (1.0, 2.0))
    indices = run.constant("indices", (0, 1))
    y = run.op("EmbeddingBackward0", from_node("weight", 0, weight), from_node("indices", None, indices))
    graph = build_graph(run.trace())

    assert [
        (u, v, key, on["differentiable"], on["edge"] is None) for u, v, key, on in graph.edges(keys=True, data=True)
    ] == [
        (weight, y, 0, True, False),
        (indices, y, "indices", False, True),
    ]


def test_a_constant_in_a_differentiable_place_has_no_gradient_to_carry() -> None:
    """`next_functions` of `x * 2.` with a tensor 2. is `((AccumulateGrad, 0), (None, 0))`."""
    run = Run()
    x, two = run.leaf("x", 3.0), run.constant("two", 2.0)
    y = run.op("MulBackward0", from_node("self", 0, x), literal("placeholder", None), data=6.0)
    trace = run.trace()
    node = trace.nodes[2]
    object.__setattr__(node, "arguments", (node.arguments[0], from_node("other", 1, two)))

    assert build_graph(trace).edges[two, y, "other"] == {
        "edge": None,
        "argument": from_node("other", 1, two),
        "source_output": 0,
        "differentiable": False,
    }


def test_equal_argument_names_stay_apart() -> None:
    run = Run()
    parts = [run.constant(None, 1.0) for _ in range(3)]
    y = run.op("", *(from_node("tensors", None, part) for part in parts), kind="detached")

    assert [key for _, _, key in build_graph(run.trace()).in_edges(y, keys=True)] == [
        "tensors",
        "tensors#2",
        "tensors#3",
    ]


def test_a_built_graph_cannot_be_changed() -> None:
    with pytest.raises(nx.NetworkXError, match="Frozen"):
        build_graph(scenario_1_trace()).remove_node("n0")


def test_a_value_that_flows_into_itself_is_refused() -> None:
    run = Run()
    run.op("SinBackward0", from_node("self", 0, "n1"))
    run.op("CosBackward0", from_node("self", 0, "n0"))

    with pytest.raises(TraceError, match="circle"):
        build_graph(run.trace())


def test_depth_is_not_limited_by_the_stack_of_python() -> None:
    depth = 3 * sys.getrecursionlimit()

    assert build_graph(chain_trace(depth)).number_of_edges() == depth


def test_the_roots_are_those_of_the_last_pass() -> None:
    assert build_graph(scenario_1_trace()).graph == {"title": "Scalar polynomial", "roots": ("n10",)}
