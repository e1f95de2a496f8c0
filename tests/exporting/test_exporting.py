import json
from collections import Counter
from dataclasses import replace
from typing import Any

import networkx as nx

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml, to_json
from graphviz_utils.graph import build_graph, folded, leaves_per_use
from graphviz_utils.model import Trace
from tests.building import Run, chain_trace, from_node, scenario_1_trace

HOSTILE = "a\x00b\x1b<&>\"'\ud800\ufffe]]>"


def _annotated(trace: Trace) -> nx.MultiDiGraph:
    return annotate(build_graph(trace), trace)


def _read_back(text: str) -> nx.MultiDiGraph:
    return nx.parse_graphml(text, force_multigraph=True)


def _refuse(word: str) -> Any:
    raise ValueError(word)


def test_networkx_reads_the_same_nodes_and_edges_from_graphml() -> None:
    graph = leaves_per_use(_annotated(scenario_1_trace()))
    back = _read_back(to_graphml(graph))

    assert list(back) == list(graph)
    assert Counter((u, v, slot) for u, v, slot in back.edges(data="slot")) == Counter(list(graph.edges(keys=True)))


def test_graphml_has_the_numbers_of_the_polynomial() -> None:
    back = _read_back(to_graphml(_annotated(scenario_1_trace())))

    assert back.nodes["n0"] == {
        "kind": "leaf",
        "name": "AccumulateGrad",
        "label": "x",
        "variable": "x",
        "line": 4,
        "shape": "[]",
        "dtype": "float32",
        "value": "2",
        "grad": "93",
        "value_norm": 2.0,
        "grad_norm": 93.0,
    }


def test_graphml_keeps_parallel_edges_apart() -> None:
    run = Run()
    x = run.leaf("x", 3.0)
    run.op("MulBackward0", from_node("self", 0, x), from_node("other", 1, x), data=9.0)

    assert sorted(slot for _, _, slot in _read_back(to_graphml(build_graph(run.trace()))).edges(data="slot")) == [0, 1]


def test_hostile_text_makes_valid_graphml() -> None:
    run = Run(HOSTILE)
    run.op("SinBackward0", from_node("self", 0, run.leaf(HOSTILE, 1.0)), label=HOSTILE)

    assert (
        _read_back(to_graphml(build_graph(run.trace()))).nodes["n1"]["label"] == "a\ufffdb\ufffd<&>\"'\ufffd\ufffd]]>"
    )


def test_large_tensors_are_told_in_statistics_and_infinities_in_words() -> None:
    run = Run()
    run.leaf("x", (float("inf"), *(1.0 for _ in range(16)), 3.0))
    trace = run.trace()

    assert _read_back(to_graphml(_annotated(trace))).nodes["n0"]["value"] == "min 1, mean 1.11765, max 3, norm 5, 1 inf"


def test_json_is_strict_and_networkx_reads_it_back() -> None:
    run = Run("not finite")
    run.op("LogBackward0", from_node("self", 0, run.leaf("x", (0.0, -1.0))), data=(float("-inf"), float("nan")))
    trace = run.trace()
    data = json.loads(to_json(_annotated(trace)), parse_constant=_refuse)

    assert data["nodes"][1]["readings"][0]["value"]["data"] == ["-inf", "nan"]
    assert list(nx.node_link_graph(data, edges="edges").edges(keys=True)) == [("n0", "n1", 0)]


def test_json_tells_everything_a_node_and_an_edge_have() -> None:
    data = json.loads(to_json(_annotated(scenario_1_trace())))
    x, first = data["nodes"][0], data["edges"][0]

    assert [part["data"] for part in x["contributions"]] == [5.0, 12.0, 12.0, 64.0]
    assert (x["grad_before"], x["grad_after"]["data"]) == (None, 93.0)
    assert (first["slot"], first["source_output"], first["differentiable"]) == (0, 0, True)
    assert first["readings"][0]["grad"]["data"] == 64.0


def test_equal_graphs_give_equal_text() -> None:
    first, second = scenario_1_trace(), Trace.from_json(scenario_1_trace().to_json())

    assert to_json(_annotated(first)) == to_json(_annotated(second))
    assert to_graphml(_annotated(first)) == to_graphml(_annotated(replace(second)))


def test_a_box_is_exported_with_what_it_says_and_holds() -> None:
    trace = chain_trace(100)
    graph = annotate(folded(build_graph(trace), 10), trace)
    back, data = _read_back(to_graphml(graph)), json.loads(to_json(graph))

    assert back.nodes["n2..n99"] == {"kind": "fold", "label": "× 98  sin", "count": 98, "members": 98}
    assert data["nodes"][2]["fold"]["members"] == [f"n{i}" for i in range(2, 100)]
