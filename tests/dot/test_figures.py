"""Each kind of node has an outline of its own, and places for its wires where these need telling apart."""

import re

import pytest

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.graph import build_graph, focused, folded, roots_of
from graphviz_utils.model import Look, Preset, Trace
from tests.building import Run, chain_trace, from_node, literal
from tests.drawing.gallery import GALLERY


def dot_of(trace: Trace, look: Look = Look(), budget: int = 10_000) -> str:
    graph = folded(focused(build_graph(trace), roots_of(trace)), budget)
    return to_dot(annotate(graph, trace), look)


def outline(dot: str, id_: str) -> tuple[str, str]:
    line = next(line for line in dot.splitlines() if f'id="{id_}"' in line)
    shape, style = re.search(r"shape=(\w+)", line), re.search(r'style=("[^"]*"|\w+)', line)
    assert shape
    assert style
    return shape[1], style[1].strip('"')


@pytest.mark.parametrize(("names", "gate"), [(True, ("box", "rounded,filled")), (False, ("ellipse", "filled"))])
def test_leaf_gate_constant_detached_and_root_have_five_outlines(names: bool, gate: tuple[str, str]) -> None:
    dot = dot_of(GALLERY["broken"](), Look(names=names))
    outlines = [outline(dot, id_) for id_ in ("node-n0", "node-n3", "node-n6", "node-n5")]

    assert outlines == [("box", "filled"), gate, ("box", "dashed"), ("octagon", "dashed")]
    assert 'SIDES="LTRB"' in next(line for line in dot.splitlines() if 'id="node-n7~box0"' in line)


def test_a_fold_is_a_box_with_depth_that_says_how_many_it_holds() -> None:
    dot = dot_of(chain_trace(1000, repeats=10), budget=24)

    assert dot.count("shape=box3d") >= 1
    assert re.search(r">×&#160;\d+", dot)


def test_arguments_are_named_where_their_order_matters() -> None:
    dot = dot_of(GALLERY["outputs"]())

    assert ">self<" in dot
    assert dot.count(">other<") == 1  # of the difference, not of the product


def test_the_arguments_of_a_sum_have_names_once_one_is_scaled() -> None:
    """x + 3 y is not y + 3 x."""
    run = Run()
    x, y = run.leaf("x", 1.0), run.leaf("y", 2.0)
    both = (from_node("self", 0, x), from_node("other", 1, y))
    run.op("AddBackward0", *both, literal("alpha", 3), data=7.0, operator="aten.add.Tensor", label="+ 3 ×")

    assert ">other<" in to_dot(build_graph(run.trace()))


def test_outputs_of_an_operator_with_several_are_numbered() -> None:
    dot = dot_of(GALLERY["outputs"]())

    assert [f">out&#160;{output}<" in dot for output in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("preset", ["circuit", "micrograd"])
def test_every_gate_bears_the_name_that_autograd_gives_it(preset: Preset) -> None:
    """2x⁴ + x³ + 3x² + 5x + 1: three powers, three products, four sums."""
    dot = dot_of(GALLERY["polynomial"](), Look(preset=preset))
    names = [f">{name}Backward0<" for name in ("Pow", "Mul", "Add")]

    assert [dot.count(name) for name in names] == [3, 3, 4]


@pytest.mark.parametrize("preset", ["circuit", "micrograd"])
def test_names_can_be_left_out(preset: Preset) -> None:
    dot = dot_of(GALLERY["polynomial"](), Look(preset=preset, names=False))

    assert not re.search(r">\w+Backward0<", dot)


@pytest.mark.parametrize("names", [True, False])
def test_gates_of_a_picture_are_equally_high(names: bool) -> None:
    lines = dot_of(GALLERY["mean"](), Look(names=names)).splitlines()
    gates = [line for line in lines if "class=op" in line and "~" not in line]

    assert len({re.search(r"height=([\d.]+)", line)[1] for line in gates}) == 1  # type: ignore[index]


def test_the_pytorch_preset_always_shows_true_names() -> None:
    trace = GALLERY["polynomial"]()

    assert dot_of(trace, Look(preset="pytorch", names=False)) == dot_of(trace, Look(preset="pytorch"))


def test_the_pytorch_preset_shows_true_names_and_where_gradients_accumulate() -> None:
    dot = dot_of(GALLERY["polynomial"](), Look(preset="pytorch"))

    assert dot.count("<B>PowBackward0</B>") == 3
    assert dot.count("<B>AccumulateGrad</B>") == 1


def test_a_wire_without_gradient_leaves_the_tensor_and_not_what_accumulates_its_gradient() -> None:
    dot = dot_of(GALLERY["mask"](), Look(preset="pytorch"))
    tails = [line.split()[0] for line in dot.splitlines() if 'id="edge-n0-' in line and "->" in line]

    assert sorted(tails) == ["n0", "n0_acc"]


def test_the_micrograd_preset_has_data_and_grad_for_every_tensor() -> None:
    dot = dot_of(GALLERY["polynomial"](), Look(preset="micrograd"))

    assert dot.count(">data<") == dot.count(">grad<") == 11


@pytest.mark.parametrize("preset", ["circuit", "micrograd", "pytorch"])
def test_an_operator_with_hundreds_of_inputs_and_outputs_is_drawn_without_places(preset: Preset) -> None:
    run = Run()
    x = run.leaf("x", 1.0)
    many = run.op("UnbindBackward0", from_node("self", 0, x), outputs=[float(i) for i in range(200)], label="unbind")
    parts = [from_node(f"tensors[{i}]", i, many, i) for i in range(200)]
    y = run.op("CatBackward0", *parts, data=1.0, label="cat", variable="y")
    run.backward(y, order=(y,), edges=[(y, i, 1.0) for i in range(200)], nodes=((y, 1.0),))
    dot = dot_of(run.trace(), Look(preset=preset))

    assert 'PORT="i' not in dot
    assert ":o199" not in dot
    assert dot.count("…") == 0
