import random
import sys
from collections import Counter

import networkx as nx
import pytest

from graphviz_utils.graph import Fold, build_graph, focused, folded, leaves_per_use
from graphviz_utils.model import Trace
from tests.building import Run, chain_trace, from_node, scenario_1_trace


def _labels(graph: nx.MultiDiGraph) -> list[str]:
    return [fold.label for _, fold in graph.nodes(data="fold") if fold is not None]


def _inside(graph: nx.MultiDiGraph) -> list[str]:
    """Every node of the unfolded graph, as often as it is drawn or lies in a box."""
    return [id_ for name, fold in graph.nodes(data="fold") for id_ in (fold.members if fold else (name,))]


def _loop(turns: int) -> Run:
    """`h = tanh(w * h)` and a running loss, a turn being 4 operators on lines 3 to 4; `w` is shared."""
    run = Run("loop")
    w, last = run.leaf("w", 1.0), run.leaf("h", 1.0)
    loss = run.constant("loss", 0.0)
    for _ in range(turns):
        product = run.op("MulBackward0", from_node("self", 0, w), from_node("other", 1, last), line=3)
        last = run.op("TanhBackward0", from_node("self", 0, product), line=3)
        square = run.op("PowBackward0", from_node("self", 0, last), line=4)
        loss = run.op("AddBackward0", from_node("self", 0, loss), from_node("other", 1, square), line=4)
    run.bind("loss", loss)
    return run


def _layers(layers: int, each: int) -> Run:
    """A tower of layers, each of `each` unlike operators with a weight of its own."""
    run = Run("layers")
    last = run.leaf("x", 1.0)
    for layer in range(layers):
        for i in range(each):
            weight = run.leaf(f"layers.{layer}.w{i}", 1.0)
            inputs = (from_node("self", 0, last), from_node("other", 1, weight))
            last = run.op(f"Kind{i}Backward0", *inputs, line=9, module=f"layers.{layer}.part{i // 3}")
    run.bind("y", last)
    return run


def _tangle(nodes: int, seed: int) -> Run:
    """Operators of many kinds that take any of the thirty before them; a tenth are leaves."""
    dice, run = random.Random(seed), Run("tangle")
    ids = [run.leaf("x", 1.0)]
    for i in range(nodes):
        if dice.random() < 0.1:
            ids.append(run.leaf(f"p{i}", 1.0))
            continue
        sources = dice.choices(ids[-30:], k=dice.choice([1, 1, 2, 3]))
        inputs = (from_node("self", slot, source) for slot, source in enumerate(sources))
        module = dice.choice([None, None, "a.b", "a.c.0", "a.c.1"])
        ids.append(run.op(f"Kind{dice.randrange(40)}Backward0", *inputs, line=dice.randrange(50), module=module))
    run.bind("y", ids[-1])
    return run


def test_a_graph_within_its_budget_stays_as_it_is() -> None:
    graph = build_graph(scenario_1_trace())

    assert folded(graph, 11) is graph


def test_a_chain_becomes_a_box_between_its_first_and_its_last_operator() -> None:
    graph = folded(build_graph(chain_trace(1000)), 300)

    assert list(graph.edges(keys=True)) == [("n0", "n1", 0), ("n1", "n2..n999", 0), ("n2..n999", "n1000", 0)]
    assert graph.nodes["n2..n999"]["fold"] == Fold(998, "× 998  sin", tuple(f"n{i}" for i in range(2, 1000)))


def test_the_turns_of_a_loop_fold_into_one_box_with_the_first_and_the_last_open() -> None:
    graph = folded(build_graph(_loop(50).trace()), 40)

    assert _labels(graph) == ["× 48  lines 3–4"]
    assert [id_ for id_ in graph if ".." not in id_] == [f"n{i}" for i in (*range(7), *range(199, 203))]


def test_a_loop_is_named_after_the_module_that_most_of_it_lies_in() -> None:
    run = Run()
    last = run.leaf("h", 1.0)
    for _ in range(50):
        for name in ("MmBackward0", "TanhBackward0"):
            last = run.op(name, from_node("self", 0, last), line=3, module="cell")
        last = run.op("MulBackward0", from_node("self", 0, last), line=4)
    run.bind("h", last)

    assert _labels(folded(build_graph(run.trace()), 40)) == ["× 48  cell (lines 3–4)"]


def test_edges_beside_each_other_into_a_box_become_one_that_knows_their_number() -> None:
    graph = folded(build_graph(_loop(50).trace()), 40)
    (box,) = (id_ for id_ in graph if ".." in id_)

    assert [(key, data["merged"], data["edge"]) for key, data in graph.get_edge_data("n0", box).items()] == [
        (0, 48, None)
    ]


def test_a_box_with_one_way_out_is_represented_by_that_operator() -> None:
    graph = folded(build_graph(chain_trace(1000)), 300)

    assert graph.nodes["n2..n999"]["node"].id == "n999"


def test_layers_fold_by_their_index_and_take_their_own_weights_along() -> None:
    graph = folded(build_graph(_layers(12, 20).trace()), 120)

    assert _labels(graph) == ["× 10  layers.1–10"]
    assert len(graph) == 1 + 40 + 1 + 40


def test_modules_fold_where_layers_differ() -> None:
    run = Run()
    last = run.leaf("x", 1.0)
    for i in range(60):
        last = run.op(f"Kind{i}Backward0", from_node("self", 0, last), module=f"net.{'abc'[i // 20]}.inner")
    run.bind("y", last)
    graph = folded(build_graph(run.trace()), 30)

    assert _labels(graph) == ["a.inner", "b.inner", "c.inner"]


def test_many_leaves_of_one_operator_become_one_box() -> None:
    run = Run()
    leaves = [run.leaf(f"x{i}", 1.0) for i in range(5000)]
    run.op("CatBackward0", *(from_node("tensors", i, leaf) for i, leaf in enumerate(leaves)), variable="y")
    graph = folded(build_graph(run.trace()), 300)

    assert _labels(graph) == ["× 5000  leaves"]
    assert [merged for _, _, merged in graph.edges(data="merged")] == [5000]


@pytest.mark.parametrize("budget", [20, 60, 150])
@pytest.mark.parametrize("seed", range(12))
def test_any_graph_comes_under_its_budget_without_a_circle_and_without_a_loss(seed: int, budget: int) -> None:
    whole = build_graph(_tangle(400, seed).trace())
    if seed % 2:
        whole = leaves_per_use(whole)
    graph = folded(whole, budget)

    assert len(graph) <= budget
    assert nx.is_directed_acyclic_graph(graph)
    assert Counter(_inside(graph)) == Counter(whole)


@pytest.mark.parametrize("seed", range(6))
def test_the_edges_between_boxes_are_those_between_their_members(seed: int) -> None:
    whole = build_graph(_tangle(300, seed).trace())
    graph = folded(whole, 60)
    owner = {id_: name for name, fold in graph.nodes(data="fold") for id_ in (fold.members if fold else (name,))}
    crossing = Counter((owner[u], owner[v]) for u, v, _ in whole.edges if owner[u] != owner[v])
    drawn = Counter(dict.fromkeys(crossing, 0))
    for source, target, merged in graph.edges(data="merged", default=1):
        drawn[source, target] += merged

    assert drawn == crossing


def test_roots_are_not_hidden() -> None:
    run = _tangle(400, 3)
    run.backward("n200")
    graph = folded(build_graph(run.trace()), 60)

    assert "n200" in graph


def test_equal_runs_fold_into_equal_graphs() -> None:
    first = _tangle(400, 5).trace()
    second = Trace.from_json(first.to_json())
    graphs = [folded(build_graph(trace), 50) for trace in (first, second)]

    assert list(graphs[0].nodes(data=True)) == list(graphs[1].nodes(data=True))
    assert list(graphs[0].edges(keys=True, data=True)) == list(graphs[1].edges(keys=True, data=True))


def test_what_was_folded_can_be_focused_and_folded_again() -> None:
    graph = folded(build_graph(_tangle(400, 7).trace()), 100)
    again = folded(focused(graph, graph.graph["roots"]), 20)

    assert len(again) <= 20
    assert nx.is_directed_acyclic_graph(again)


def _calls(size: int) -> int:
    """How many functions are called to fold a tangle of `size` operators."""
    graph = build_graph(_tangle(size, 1).trace())
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        folded(graph, 300)
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_of_folding_grows_with_the_graph_and_not_with_its_square() -> None:
    assert _calls(8_000) < 6 * _calls(2_000)


@pytest.mark.slow
def test_a_million_operators_come_under_the_budget() -> None:
    assert len(folded(build_graph(chain_trace(1_000_000)), 300)) == 4
