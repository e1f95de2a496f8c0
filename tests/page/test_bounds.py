"""However much is asked for, the page draws no more than its limits allow, and says so."""

from graphviz_utils.model import LAST, Limits, Look
from graphviz_utils.page import drawn
from tests.building import chain_trace


def test_a_picture_has_no_more_boxes_than_the_page_draws() -> None:
    picture = drawn(chain_trace(100), Look(budget=3000), LAST, limits=Limits(drawn_nodes=30)).picture

    assert 0 < picture.svg.count('class="node') <= 30
    assert any(note.startswith("101 nodes are folded into") for note in picture.notes)
