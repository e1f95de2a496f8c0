"""The SVG holds what Graphviz drew and nothing that could act, point elsewhere or fall apart."""

import re
from xml.etree import ElementTree

import pytest

from graphviz_utils.drawing import draw
from graphviz_utils.fonts import Face
from graphviz_utils.model import Look, Preset, RenderError
from graphviz_utils.rendering import svg_of
from graphviz_utils.rendering.svg import tidied
from tests.drawing.gallery import GALLERY
from tests.drawing.measuring import texts

SVG = "{http://www.w3.org/2000/svg}"
UNSHIFTED: dict[Face, float] = {"sans": 0, "bold": 0, "oblique": 0, "mono": 0, "mono-oblique": 0}

HOSTILE = b"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<?xml-stylesheet href="http://evil.example/x.css"?>
<svg width="10pt" height="10pt" viewBox="0 0 10 10" onload="alert(1)" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink"><script>alert(1)</script><style>@import "http://evil.example"</style>
<g id="graph0" class="graph"><!-- secret --><g id="node1" class="node"><title>a</title>
<a xlink:href="javascript:alert(1)" xlink:title="tip" onclick="alert(1)"><polygon fill="url(http://evil.example)"
 points="0,0 1,1" onmouseover="alert(1)" style="background:red"/><text x="1" y="2" font-size="10">a</text></a>
<image xlink:href="http://evil.example/x.png"/><foreignObject><body/></foreignObject><use href="#x"/></g></g></svg>"""


def groups(svg: str, kind: str) -> list[ElementTree.Element]:
    found = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return [group for group in found if group.get("class", "").split()[:1] == [kind]]


def test_what_acts_or_points_elsewhere_is_gone_and_the_drawing_stays() -> None:
    assert tidied(HOSTILE, {}, "T", UNSHIFTED) == (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="10pt" height="10pt" viewBox="0 0 10 10" '
        'aria-label="T"><g id="graph0" class="graph"><g id="node1" class="node"><title>tip</title>'
        '<polygon points="0,0 1,1" /><text x="1" y="2.00" font-size="10">a</text></g></g></svg>'
    )


def test_brackets_say_what_they_belong_to_and_boxes_do_not() -> None:
    drawn = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><g><polyline fill="none" stroke="#005a9c" points="0,0 1,1"/>'
        b'<polygon fill="#e3effa" stroke="#005a9c" points="0,0 1,1"/>'
        b'<path fill="none" stroke="#005a9c" d="M0,0"/></g></svg>'
    )

    assert re.findall(r"<(\w+) [^>]*class=\"value\"", tidied(drawn, {"#005a9c": "value"}, "", UNSHIFTED)) == [
        "polyline"
    ]


def test_entity_bombs_are_refused_in_words() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )

    with pytest.raises(RenderError, match="not SVG"):
        tidied(bomb + b"]><svg><g>&j;</g></svg>", {}, "", UNSHIFTED)


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("preset", ["circuit", "micrograd", "pytorch"])
def test_every_node_and_every_edge_is_one_group_with_its_id(name: str, preset: Preset) -> None:
    trace = GALLERY[name]()
    svg = draw(trace, Look(preset=preset, leaves="once", scope="all")).svg

    assert {group.get("id") for group in groups(svg, "node")} == {f"node-{node.id}" for node in trace.nodes}
    edges = [group.get("id") for group in groups(svg, "edge")]
    assert len(edges) == len(set(edges))
    assert {f"edge-{edge.source}-{edge.target}-{edge.slot}" for edge in trace.edges} <= set(edges)
    assert "~" not in svg


def test_a_wire_with_numbers_on_it_is_one_path() -> None:
    svg = draw(GALLERY["polynomial"]()).svg

    assert [len(group.findall(f"{SVG}path")) for group in groups(svg, "edge")] == [1] * 13


def test_values_and_grads_carry_their_class() -> None:
    svg = draw(GALLERY["polynomial"]()).svg

    assert len(re.findall(r'class="value"', svg)) == 11
    assert all("∂" in text or "+" in text for text in re.findall(r'class="grad">([^<]*)<', svg))


def test_a_pointer_is_told_true_name_and_line() -> None:
    titles = [group.findtext(f"{SVG}title") for group in groups(draw(GALLERY["polynomial"]()).svg, "node")]

    assert "PowBackward0 · aten.pow.Tensor_Scalar · scalar float32 · line 5" in titles


def test_program_text_comes_out_as_it_went_in() -> None:
    svg = draw(GALLERY["awkward"](), Look(preset="pytorch")).svg
    words = {"".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")}

    assert {"<script>alert(1)</script>", "A<B>&BackwardBackward0"} <= words
    assert "<script" not in svg


def test_numbers_of_a_column_end_at_the_same_place() -> None:
    """Below `  5   8  11` stands `11   8   5`; no reader of SVG may swallow the space before the first 5."""
    by_words = {tuple(text.words.split()): text.box for text in texts(draw(GALLERY["mean"]()).svg)}
    upper, lower = by_words["5", "8", "11"], by_words["11", "8", "5"]

    assert upper.right == pytest.approx(lower.right, abs=0.6)
    assert upper.left > lower.left + 5


def test_a_plain_dot_text_of_anybody_is_drawn_too() -> None:
    svg = svg_of('digraph { a [URL="javascript:alert(1)" tooltip="t"]; a -> b [label=c] }')

    assert "javascript" not in svg
    assert sorted(re.findall(r">([abc])</text>", svg)) == ["a", "b", "c"]
