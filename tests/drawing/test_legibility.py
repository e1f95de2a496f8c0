"""Every picture can be read: no text is small, cut, covered or crossed, in any preset, direction and engine."""

from itertools import product
from pathlib import Path

import pytest

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.graph import build_graph, focused, leaves_per_use, roots_of
from graphviz_utils.model import Direction, Look, Preset
from graphviz_utils.rendering import engines, svg_of
from tests.drawing.gallery import GALLERY
from tests.drawing.measuring import collisions, crossed_texts, cut_texts, escaping_texts, overlapping_texts, texts

PRESETS: tuple[Preset, ...] = ("circuit", "micrograd", "pytorch")
DIRECTIONS: tuple[Direction, ...] = ("LR", "TB")
ENGINES = engines()


def drawn(name: str, preset: Preset, direction: Direction, engine: Path, names: bool = True) -> str:
    trace = GALLERY[name]()
    graph = leaves_per_use(focused(build_graph(trace), roots_of(trace)), 12)
    return svg_of(to_dot(annotate(graph, trace), Look(preset, direction, names=names)), engine=engine)


@pytest.fixture(
    scope="module",
    params=[
        *product(GALLERY, PRESETS, DIRECTIONS, ENGINES),
        *product(GALLERY, PRESETS[:1], DIRECTIONS, ENGINES[:1], [False]),
    ],
    ids=lambda param: "-".join((*param[:3], param[3].name, *("nameless" for _ in param[4:]))),
)
def svg(request: pytest.FixtureRequest) -> str:
    return drawn(*request.param)


def test_no_text_overlaps_another(svg: str) -> None:
    assert overlapping_texts(svg) == []


def test_no_wire_crosses_a_text(svg: str) -> None:
    assert crossed_texts(svg) == set()


def test_every_text_of_a_node_stays_inside_its_outline(svg: str) -> None:
    assert escaping_texts(svg) == []


def test_no_text_is_cut_by_a_slanted_corner(svg: str) -> None:
    assert cut_texts(svg) == []


def test_no_node_lies_on_another_or_on_the_text_of_a_wire(svg: str) -> None:
    assert collisions(svg) == []


def test_no_text_is_smaller_than_ten_points(svg: str) -> None:
    assert min(text.size for text in texts(svg)) >= 10
