"""The DOT text: the same for the same run, and nothing in it that a program wrote is anything but text."""

import re
from itertools import product
from typing import Any

import pytest

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.graph import Graph, build_graph, focused, roots_of
from graphviz_utils.model import Look, Preset, Trace
from tests.building import Run, from_node, scenario_1_trace
from tests.drawing.gallery import GALLERY

PRESETS: tuple[Preset, ...] = ("circuit", "micrograd", "pytorch")


def annotated(trace: Trace) -> Graph:
    return annotate(focused(build_graph(trace), roots_of(trace)), trace)


def dot_of(trace: Trace, **look: Any) -> str:
    return to_dot(annotated(trace), Look(**look))


def penwidth(dot: str, edge: str) -> float:
    line = next(line for line in dot.splitlines() if f'id="{edge}"' in line)
    found = re.search(r"penwidth=([\d.]+)", line)
    assert found
    return float(found[1])


@pytest.mark.parametrize(("name", "preset"), [*product(GALLERY, PRESETS)])
def test_equal_runs_give_equal_text(name: str, preset: Preset) -> None:
    assert dot_of(GALLERY[name](), preset=preset) == dot_of(GALLERY[name](), preset=preset)


def test_drawing_leaves_the_graph_as_it_was() -> None:
    graph = annotated(scenario_1_trace())
    before = dict(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))

    to_dot(graph)

    assert before == (dict(graph.nodes(data=True)), list(graph.edges(keys=True, data=True)))


def test_a_wire_is_wider_the_larger_its_gradient() -> None:
    dot = dot_of(scenario_1_trace())
    widths = [penwidth(dot, f"edge-n0-{target}-0") for target in ("n1", "n3", "n5", "n8")]

    assert widths[0] > widths[1] == widths[2] > widths[3] > penwidth(dot, "edge-n9-n10-0")


@pytest.mark.parametrize("preset", PRESETS)
def test_parallel_edges_stay_two(preset: Preset) -> None:
    dot = dot_of(GALLERY["square"](), preset=preset)

    assert 'id="edge-n0-n1-0"' in dot
    assert 'id="edge-n0-n1-1"' in dot


@pytest.mark.parametrize("preset", PRESETS)
def test_no_label_is_longer_than_graphviz_bears(preset: Preset) -> None:
    wide = tuple(tuple(float(f"-1.{i}{j}3e-30") for j in range(6)) for i in range(4))
    run = Run()
    x = run.leaf("x" * 100_000, wide)
    y = run.op("y" * 100_000, from_node("self", 0, x), data=wide, label="z" * 100_000, variable="v" * 100_000)
    run.backward(y, seed=wide, order=(y, x), edges=((y, 0, wide),), nodes=((y, wide), (x, wide)))
    labels = re.findall(r"label=(<.*?>) |label=(\".*?\")", dot_of(run.trace(), preset=preset))

    assert max(len(label) for pair in labels for label in pair) < 16_384
    assert not any('"…"' in pair for pair in labels)


@pytest.mark.parametrize("preset", PRESETS)
def test_program_text_reaches_no_attribute_that_acts(preset: Preset) -> None:
    dot = dot_of(GALLERY["awkward"](), preset=preset)

    assert "<script>" not in dot
    assert set(re.findall(r"fontname=(\"[^\"]*\"|\w+)", dot)) == {'"DejaVu Sans"'}
    assert set(re.findall(r"FACE=\"([^\"]*)\"", dot)) <= {"DejaVu Sans Mono"}
    assert not re.search(r"\b(URL|href|stylesheet|image|shapefile)=", dot, re.IGNORECASE)


def test_characters_that_steer_are_shown_as_dots() -> None:
    dot = dot_of(GALLERY["awkward"]())

    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", dot)
    assert "·gnp.exe" in dot


def test_without_values_no_number_of_the_forward_pass_is_written() -> None:
    dot = dot_of(scenario_1_trace(), values=False)

    assert not re.search(r">(16|32|63|52)<", dot)
    assert ">∂&#160;93<" in dot


def test_without_grads_nothing_is_marked_as_one() -> None:
    assert "∂" not in dot_of(scenario_1_trace(), grads=False)


def test_a_run_that_never_went_backward_speaks_of_no_gradient() -> None:
    assert "∂" not in dot_of(GALLERY["forward"]())


def test_zero_none_and_nan_gradients_are_told_apart() -> None:
    dot = dot_of(GALLERY["broken"]())

    assert ">∂&#160;0<" in dot
    assert ">∂&#160;–<" in dot
    assert ">∂&#160;nan<" in dot


def test_what_was_in_grad_before_is_shown_with_what_came_of_it() -> None:
    assert ">.grad&#160;6&#160;→&#160;12<" in dot_of(GALLERY["square"]())


def test_a_sum_that_a_hook_changed_does_not_claim_to_be_equal() -> None:
    """y = x*x + x at 6 with a hook on x that multiplies 6 + 6 + 1 by ten."""
    run = Run()
    x = run.leaf("x", 6.0)
    square = run.op("MulBackward0", from_node("self", 0, x), from_node("other", 1, x), data=36.0, label="×")
    y = run.op("AddBackward0", from_node("self", 0, square), from_node("other", 1, x), data=42.0, label="+")
    edges = ((y, 0, 1.0), (y, 1, 1.0), (square, 0, 6.0), (square, 1, 6.0))
    run.backward(y, order=(y, square, x), edges=edges, nodes=((y, 1.0), (square, 1.0), (x, 13.0, 130.0)))

    assert ">6 + 6 + 1 = 13 → 130 (hook)<" in dot_of(run.trace()).replace("&#160;", " ")
