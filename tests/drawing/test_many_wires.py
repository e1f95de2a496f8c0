"""A picture has no more wires than a layout bears; a graph that cannot be folded to so few is refused in words."""

import pytest

from graphviz_utils.drawing import draw
from graphviz_utils.model import Look, RenderError, Trace
from tests.building import Run, from_node


def stacked(wires: int, rows: int = 1) -> Trace:
    """A tensor that enters each of `rows` operators `wires` times."""
    run = Run()
    last = run.op("SinBackward0", from_node("self", 0, run.leaf("x", 1.0)), operator="aten.sin.default")
    for _ in range(rows):
        arguments = [from_node(f"tensors[{slot}]", slot, last) for slot in range(wires)]
        last = run.op("CatBackward0", *arguments, operator="aten.cat.default")
    return run.trace()


def test_wires_beyond_all_measure_are_refused_in_words() -> None:
    with pytest.raises(RenderError, match=r"^20,001 wires are too many for a picture, or 20,000 at one node; up to"):
        draw(stacked(20_000))


def test_many_wires_are_drawn() -> None:
    assert draw(stacked(30)).svg.count('class="edge') == 31


def test_a_graph_is_folded_further_where_too_many_wires_would_be_left() -> None:
    picture = draw(stacked(100, rows=200), Look(budget=1_000))

    assert picture.svg.count('class="edge') <= 8_000
    assert any(note.startswith("202 nodes are folded into") for note in picture.notes)
