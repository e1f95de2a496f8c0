"""The picture of the first scenario says what was worked out by hand."""

from xml.etree import ElementTree

import pytest

from graphviz_utils.drawing import draw
from graphviz_utils.model import Look, Preset
from tests.building import scenario_1_trace


def texts_of(svg: str, id_: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    group = next(group for group in root.iter() if group.get("id") == id_)
    return ["".join(text.itertext()).replace("\xa0", " ") for text in group if text.tag.endswith("}text")]


def test_a_leaf_shows_value_gradient_and_the_sum_it_came_from() -> None:
    picture = draw(scenario_1_trace())

    assert texts_of(picture.svg, "node-n0") == ["x", "2", "∂ 93", "64 + 12 + 12 + 5 = 93"]


@pytest.mark.parametrize("preset", ["circuit", "micrograd", "pytorch"])
def test_the_four_contributions_stand_on_the_four_wires_out_of_x(preset: Preset) -> None:
    picture = draw(scenario_1_trace(), Look(preset=preset))

    wires = ("edge-n0-n1-0", "edge-n0-n3-0", "edge-n0-n5-0", "edge-n0-n8-0")
    assert [texts_of(picture.svg, wire) for wire in wires] == [["∂ 64"], ["∂ 12"], ["∂ 12"], ["∂ 5"]]


def test_the_root_shows_its_name_value_and_seed() -> None:
    picture = draw(scenario_1_trace(), Look(names=False))

    assert texts_of(picture.svg, "node-n10") == ["+ 1", "y", "63", "∂ 1"]


def test_a_gate_shows_its_sign_and_what_autograd_calls_it() -> None:
    picture = draw(scenario_1_trace())

    assert texts_of(picture.svg, "node-n9") == ["+", "AddBackward0"]
