"""Counting, sorting and summing without walking every path, held against walking every path."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_utils.explanation import paths
from graphviz_utils.model import EdgeGrad, Jacobian, NodeGrad, Path, Trace
from tests.building import Run, from_node, snapshot

Edges = Mapping[str, Sequence[tuple[str, float]]]
"""By target: the source and the local derivative in each slot."""
Walk = tuple[tuple[str, int], ...]
"""The target and the slot of each step."""

UNHURRIED = settings(deadline=None)
"""A crowded machine is slow, and nothing here is about speed."""

WEIGHTS = (0.0, 1.0, -1.0, 2.0, -0.5, 3.0, 0.25)
WILD = (*WEIGHTS, math.inf, -math.inf, math.nan)


@st.composite
def graphs(draw: st.DrawFn, weights: Sequence[float]) -> Edges:
    """A leaf n0 and up to seven nodes above it, each with one to three slots; the last is the root."""
    edges: dict[str, list[tuple[str, float]]] = {}
    for number in range(1, draw(st.integers(2, 8))):
        slots = draw(st.lists(st.tuples(st.integers(0, number - 1), st.sampled_from(weights)), min_size=1, max_size=3))
        edges[f"n{number}"] = [(f"n{source}", weight) for source, weight in slots]
    return edges


def trace_of(edges: Edges, seed: float) -> Trace:
    """The run of a graph of single numbers, with what such a graph sends: sums of products, as IEEE has them."""
    run = Run()
    run.leaf("x")
    for sources in edges.values():
        run.op("OpBackward0", *(from_node(f"self{slot}", slot, source) for slot, (source, _) in enumerate(sources)))
    arrived, sent, order = {f"n{len(edges)}": seed}, [], []
    for target in reversed(list(edges)):
        if target in arrived:
            order.append(target)
            for slot, (source, weight) in enumerate(edges[target]):
                grad = arrived[target] * weight
                sent.append((target, slot, grad, weight))
                arrived[source] = arrived[source] + grad if source in arrived else grad
    run.backward(f"n{len(edges)}", seed=seed, order=[*order, "n0"])
    trace = run.trace()
    pass_ = replace(
        trace.passes[0],
        edge_grads=tuple(EdgeGrad(target, slot, snapshot(grad)) for target, slot, grad, _ in sent),
        jacobians=tuple(Jacobian(target, slot, snapshot(weight)) for target, slot, _, weight in sent),
        node_grads=tuple(
            NodeGrad(id_, 0, tensor, tensor) for id_, grad in arrived.items() for tensor in [snapshot(grad)]
        ),
    )
    return replace(trace, passes=(pass_,))


def walks(edges: Edges, at: str) -> Iterator[Walk]:
    if at == "n0":
        yield ()
    for slot, (source, _) in enumerate(edges.get(at, ())):
        yield from (((at, slot), *rest) for rest in walks(edges, source))


def product(edges: Edges, walk: Walk, seed: float) -> float:
    """From the leaf up, as the numbers are, so that equal sizes stay equal."""
    return seed * reduce(lambda value, step: edges[step[0]][step[1]][1] * value, reversed(walk), 1.0)


def walk_of(path: Path) -> Walk:
    return tuple((factor.edge.target, factor.edge.slot) for factor in path.factors)


def by_size(value: float) -> tuple[bool, float]:
    return (math.isnan(value), 0.0 if math.isnan(value) else abs(value))


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def check(edges: Edges, seed: float, most: int) -> None:
    every = {walk: product(edges, walk, seed) for walk in walks(edges, f"n{len(edges)}")}
    found = paths(trace_of(edges, seed), "x", most=most)
    listed = [walk_of(path) for path in found.paths]
    sizes = [by_size(path.value) for path in found.paths]

    assert found.count == len(every)
    assert len(set(listed)) == len(listed) == min(most, len(every))
    assert sizes == sorted(map(by_size, every.values()), reverse=True)[:most]
    assert all(same(path.value, every.pop(walk)) for path, walk in zip(found.paths, listed, strict=True))
    assert same(found.rest, sum(every.values()))


@UNHURRIED
@given(graphs(WEIGHTS), st.sampled_from([1.0, -3.0]), st.integers(0, 8))
def test_counts_order_and_sums_are_those_of_all_paths(edges: Edges, seed: float, most: int) -> None:
    check(edges, seed, most)


@UNHURRIED
@given(graphs(WILD), st.sampled_from([1.0, math.inf]), st.integers(0, 8))
def test_counts_order_and_sums_are_those_of_all_paths_with_nan_and_infinity(
    edges: Edges, seed: float, most: int
) -> None:
    check(edges, seed, most)


@UNHURRIED
@given(graphs(WEIGHTS))
def test_all_paths_sum_to_what_arrived(edges: Edges) -> None:
    found = paths(trace_of(edges, 1.0), "x")

    assert found.total == (found.grad or 0.0)
    assert found.reason == ("" if found.count else "This backward pass sent nothing to x.")
