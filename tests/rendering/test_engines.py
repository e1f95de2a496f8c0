"""The Graphviz of the machine and the embedded one draw the same picture."""

import pytest

from graphviz_utils.drawing import draw
from graphviz_utils.rendering import engines, svg_of
from tests.drawing.gallery import GALLERY
from tests.drawing.measuring import shapes, texts

pytestmark = pytest.mark.skipif(len(engines()) < 2, reason="one engine only: no dot on PATH, or no graphviz-pure")


@pytest.fixture(params=list(GALLERY))
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    dot = draw(GALLERY[request.param]()).dot
    first, second = (svg_of(dot, engine=engine) for engine in engines()[:2])
    return first, second


def test_both_engines_write_the_same_texts(pair: tuple[str, str]) -> None:
    first, second = ([(text.owner, text.words, text.size) for text in texts(svg)] for svg in pair)

    assert first == second


def test_both_engines_give_every_node_the_same_box(pair: tuple[str, str]) -> None:
    """To the point in width and height; where a node stands is each engine's own choice."""
    first, second = (
        {id_: (round(box.right - box.left), round(box.bottom - box.top)) for id_, box in shapes(svg).items()}
        for svg in pair
    )

    assert first.keys() == second.keys()
    assert all(abs(a - b) <= 1 for id_ in first for a, b in zip(first[id_], second[id_], strict=True))


def test_texts_stand_equally_within_their_node(pair: tuple[str, str]) -> None:
    places = []
    for svg in pair:
        boxes = shapes(svg)
        places.append(
            [
                (text.box.left - boxes[text.owner].left, text.box.top - boxes[text.owner].top)
                for text in texts(svg)
                if text.owner in boxes and boxes[text.owner].holds(text.box)
            ]
        )
    first, second = places

    assert len(first) == len(second)
    assert all(abs(p - q) <= 1.5 for a, b in zip(first, second, strict=True) for p, q in zip(a, b, strict=True))
