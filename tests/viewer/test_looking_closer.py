"""A reader looks into the file of a run: nodes, edges, tensors, program, search and zoom."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.viewer.conftest import Opened
from tests.viewer.scenes import LARGE, LONG, MATRICES, TWICE, polynomial, scene_of_program
from tests.viewer.test_stepping_through import press

pytestmark = pytest.mark.browser


def inspector(tab: Page) -> str:
    return " ".join(tab.locator(".inspector").inner_text().split())


def width(tab: Page) -> float:
    box = tab.locator(".frame .picture").bounding_box()
    assert box is not None
    return box["width"]


def test_a_click_on_a_node_tells_what_it_is_and_what_arrived(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "i")
    tab.locator('[data-card="node-n0"]').click()
    told = inspector(tab)

    for words in (
        "AccumulateGrad",
        "scalar float32",
        "Value 2",
        "Gradient 93",
        "5 × 5",
        "x⁴ 64",
        "sum 93",
        "before None",
    ):
        assert words in told


def test_an_edge_tells_its_value_its_gradient_and_the_local_derivative(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "i", "n", "e")
    told = inspector(tab)

    assert told.startswith("x → x⁴")
    for words in ("Value going forward 2", "Gradient coming back 64", "Local derivative 32"):
        assert words in told


def test_what_is_still_to_come_is_named_by_its_step(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "i", "n", "ArrowLeft")
    tab.locator(".inspector").get_by_role("button", name="comes in step 21").click()

    assert "Gradient 93" in inspector(tab)


def test_the_selection_stays_from_step_to_step(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "i", "n", "n", "Home", "ArrowRight")

    assert inspector(tab).startswith("x⁴")
    assert tab.locator(".node.chosen").get_attribute("data-card") == "node-n1"


def test_a_small_tensor_is_a_table_whose_cells_can_be_picked(opened: Opened) -> None:
    tab = opened(scene_of_program(MATRICES))
    press(tab, "i", "n")
    rows = tab.locator(".inspector table").first.locator("tr").all_inner_texts()
    tab.get_by_title("element [1, 0]").first.click()

    assert [row.split() for row in rows] == [["1", "2"], ["3", "4"]]
    assert tab.locator(".cell.picked").first.inner_text() == "3"


def test_a_large_tensor_is_a_map_with_a_scale_and_never_a_wall_of_digits(opened: Opened) -> None:
    tab = opened(scene_of_program(LARGE))
    press(tab, "i", "n")
    heat = tab.locator("canvas.heat").first
    heat.hover(position={"x": 1, "y": 1})

    assert tab.locator(".readout").first.inner_text() == "[0, 0] = −1"
    assert tab.locator(".colours").first.inner_text().split() == ["−1", "0", "2"]
    assert "min −1" in inspector(tab)
    assert tab.locator(".inspector table").count() == 0


def test_a_tensor_is_copied_as_python(opened: Opened) -> None:
    tab = opened(scene_of_program(MATRICES))
    tab.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    press(tab, "i", "n")
    tab.get_by_role("button", name="Copy as Python").first.click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()

    assert tab.evaluate("window.copied") == "torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float32)"


def test_a_picture_is_copied_as_png(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.evaluate(
        "() => { navigator.clipboard.write = async ([i]) => { window.copied = await i.getType('image/png'); }; }"
    )
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("button", name="Copy picture").click()
    expect(tab.get_by_text("The picture is on the clipboard.")).to_be_visible()

    assert tab.evaluate("window.copied.arrayBuffer().then((b) => [...new Uint8Array(b).slice(1, 4)])") == list(b"PNG")


def test_a_line_lights_its_nodes_and_a_node_its_line(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "c", "n", "n")
    line = tab.locator(".line.here")
    line.locator("code").hover()

    assert line.locator("code").inner_text() == "y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1"
    expect(tab.locator(".node.online")).to_have_count(10)


def test_the_listing_counts_lines_as_the_page_does(mounted: Opened) -> None:
    scene = json.loads(scene_of_program(TWICE).to_json()) | {"hidden_lines": 1}
    tab = mounted(json.dumps(scene))
    press(tab, "c")

    assert tab.locator(".line").first.inner_text().split() == [
        "1",
        "x",
        "=",
        "torch.tensor(3.0,",
        "requires_grad=True)",
    ]


def test_pointing_at_a_node_lights_the_ways_to_the_leaves_and_to_the_root(opened: Opened) -> None:
    """x⁴ lies on one way: x, x⁴, 2 ×, and the four nodes to y."""
    tab = opened(polynomial())
    tab.locator('[data-card="node-n1"]').hover()

    expect(tab.locator(".node.lit")).to_have_count(7)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("x", "1 of 4"),
        ("k", "none"),
        ("PowBackward0", "1 of 3"),
        ("aten.add", "1 of 4"),
        ("line {}", "1 of 10"),
        ("nothing", "none"),
    ],
)
def test_nodes_are_found_by_name_operator_and_line(opened: Opened, query: str, found: str) -> None:
    tab = opened(polynomial())
    press(tab, "/")
    tab.keyboard.type(query.format(polynomial().lines.index("y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1") + 1))
    tab.keyboard.press("Enter")

    assert tab.locator(".finder .count").inner_text() == found


def test_matches_are_walked_in_both_directions(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "/")
    tab.keyboard.type("pow")
    tab.get_by_role("button", name="Next match").click()
    tab.get_by_role("button", name="Previous match").click()

    assert tab.locator(".finder .count").inner_text() == "3 of 3"
    assert tab.locator(".node.found").count() == 3


def test_a_picture_larger_than_its_frame_has_a_map_and_is_dragged(opened: Opened) -> None:
    tab = opened(scene_of_program(LONG))
    expect(tab.locator(".minimap")).to_be_visible()
    stage = tab.locator(".frame .stage")
    before = stage.evaluate("(frame) => frame.scrollLeft")
    box = stage.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + 600, box["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 300, box["y"] + 10, steps=3)
    tab.mouse.up()

    assert stage.evaluate("(frame) => frame.scrollLeft") == before + 300


def test_the_current_step_is_brought_into_the_frame(opened: Opened) -> None:
    tab = opened(scene_of_program(LONG))
    press(tab, "Home", *["ArrowRight"] * 40)
    frame = tab.locator(".frame .stage").bounding_box()
    node = tab.locator(".ring.present").bounding_box()

    assert frame is not None
    assert node is not None
    assert frame["x"] <= node["x"]
    assert node["x"] + node["width"] <= frame["x"] + frame["width"]


def test_quick_steps_end_with_the_current_node_in_the_frame_also_where_scrolling_takes_time(opened: Opened) -> None:
    tab = opened(scene_of_program(LONG))
    tab.emulate_media(reduced_motion="no-preference")
    press(tab, "Home", *["ArrowRight"] * 40, "Home", *["ArrowRight"] * 12)

    tab.wait_for_function(
        """() => {
            const frame = document.querySelector('.stage').getBoundingClientRect();
            const node = document.querySelector('.ring.present').getBoundingClientRect();
            return frame.left <= node.left && node.right <= frame.right;
        }"""
    )


def test_keys_and_wheel_zoom_and_fit_goes_back(opened: Opened) -> None:
    tab = opened(polynomial())
    fitted = width(tab)
    press(tab, "+")
    larger = width(tab)
    press(tab, "0")
    again = width(tab)
    tab.locator(".frame .stage").hover()
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -100)
    tab.keyboard.up("Control")

    assert larger == pytest.approx(fitted * 1.25, rel=0.01)
    assert again == fitted
    assert width(tab) > fitted


def test_a_plain_wheel_does_not_zoom(opened: Opened) -> None:
    tab = opened(polynomial())
    before = width(tab)
    tab.locator(".frame .stage").hover()
    tab.mouse.wheel(0, 100)

    assert width(tab) == before


def test_what_is_to_be_said_of_a_run_without_a_graph_is_said(opened: Opened) -> None:
    tab = opened(scene_of_program("import torch\nprint(1)\n"))
    press(tab, "ArrowRight", "n")

    assert "no tensor in this run requires a gradient" in tab.locator(".story").inner_text()


def with_inputs(scene: str, value: Any) -> str:
    return json.dumps(json.loads(scene) | {"inputs": [{"name": "x", "value": value, "line": 2}]})


def test_an_input_is_told_when_it_is_changed(mounted: Opened) -> None:
    tab = mounted(with_inputs(scene_of_program(TWICE).to_json(), [[1, 2], [3, 4]]), listens=True)
    tab.get_by_label("x, element 3").fill("-7.5")
    tab.wait_for_function("window.told.length > 0")

    assert tab.evaluate("window.told") == [["x", [[1, 2], [-7.5, 4]]]]


def test_a_number_has_a_slider_beside_its_field(mounted: Opened) -> None:
    tab = mounted(with_inputs(scene_of_program(TWICE).to_json(), 3.0), listens=True)
    tab.get_by_label("x, slider").fill("3.6")
    tab.wait_for_function("window.told.length > 0")

    assert tab.evaluate("window.told") == [["x", 3.6]]
    assert tab.get_by_label("x", exact=True).input_value() == "3.6"


def test_while_a_run_is_awaited_only_the_newest_number_waits(mounted: Opened) -> None:
    scene = with_inputs(scene_of_program(TWICE).to_json(), 3.0)
    tab = mounted(scene, listens=True)
    slider = tab.get_by_label("x, slider")
    slider.fill("3.3")
    tab.wait_for_function("window.told.length > 0")
    for number in ("3.6", "3.9", "4.2"):
        slider.fill(number)
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", scene)
    tab.wait_for_function("window.told.length > 1")

    assert tab.evaluate("window.told") == [["x", 3.3], ["x", 4.2]]


def test_the_keys_of_a_slider_move_it_and_not_the_step(mounted: Opened) -> None:
    tab = mounted(with_inputs(scene_of_program(TWICE).to_json(), 3.0), listens=True)
    tab.get_by_label("x, slider").press("ArrowLeft")

    assert tab.get_by_label("x", exact=True).input_value() == "2.85"
    assert tab.locator(".bar .count").inner_text() == "5 / 5"


def test_a_slider_reaches_to_both_sides_of_a_number_that_was_typed(mounted: Opened) -> None:
    tab = mounted(with_inputs(scene_of_program(TWICE).to_json(), 3.0), listens=True)
    slider = tab.get_by_label("x, slider")
    tab.get_by_label("x", exact=True).fill("100")

    assert slider.input_value() == "100"
    assert slider.evaluate("({ min, max }) => [min, max]") == ["-100", "300"]


def test_another_scene_keeps_step_selection_and_zoom(mounted: Opened) -> None:
    tab = mounted(scene_of_program(TWICE).to_json())
    press(tab, "i", "Home", "ArrowRight", "ArrowRight", "n", "+")
    before = width(tab)
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", scene_of_program(TWICE.replace("3.0", "4.0")).to_json())

    assert tab.locator(".bar .count").inner_text() == "2 / 5"
    assert "Value 4" in inspector(tab)
    assert width(tab) == before


def test_a_pinned_run_stands_beside_the_next_with_what_differs_marked(mounted: Opened) -> None:
    """With 4 for 3 the value 16, the gradients 4, 4 and 8 and the seed's 400, 400 and 800 differ: all but the seed."""
    tab = mounted(scene_of_program(TWICE).to_json())
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("button", name="Pin this run").click()
    same = tab.locator(".pinned figcaption").inner_text()
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", scene_of_program(TWICE.replace("3.0", "4.0")).to_json())
    differing = tab.locator(".pinned figcaption span").inner_text()

    assert same.startswith("Pinned run. Nothing differs.")
    assert differing == "Pinned run. 4 places differ, marked ≠ in both."
    assert tab.locator(".frame circle.differs").count() == tab.locator(".pinned circle.differs").count() == 4


def test_a_mark_of_difference_stands_beside_the_matrix_that_it_marks(mounted: Opened) -> None:
    program = "import torch\nA = torch.ones(2, 2, requires_grad=True)\n(A * 3).sum().backward()\n"
    tab = mounted(scene_of_program(program).to_json())
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("button", name="Pin this run").click()
    tab.evaluate("(text) => viewer.update(JSON.parse(text))", scene_of_program(program.replace("3", "4")).to_json())
    gap = tab.evaluate(
        """() => {
            const picture = document.querySelector('#root').shadowRoot.querySelector('.frame .picture');
            const right = Math.max(...[...picture.querySelectorAll('[data-card^="edge-n1-n2"] :is(text, polyline)')]
                .map((part) => part.getBoundingClientRect().right));
            const marks = [...picture.querySelectorAll('circle.differs')].map((mark) => mark.getBoundingClientRect());
            return Math.min(...marks.map(({ left }) => left).filter((left) => left > right - 20)) - right;
        }"""
    )

    assert gap > 0


def test_what_a_picture_may_not_hold_does_not_come_into_the_page(mounted: Opened) -> None:
    scene = json.loads(scene_of_program(TWICE).to_json())
    evil = (
        '<script>alert(1)</script><a href="javascript:alert(1)"><text>a</text></a><image href="http://evil.test/a"/>'
        "<foreignObject><b>x</b></foreignObject><style>* { fill: url(http://evil.test/b) }</style>"
        '<rect onload="alert(1)" fill="url(http://evil.test/c)" style="x:y" width="5" height="5"/></svg>'
    )
    scene["pictures"] = [picture.replace("</svg>", evil) for picture in scene["pictures"]]
    tab = mounted(json.dumps(scene))

    assert tab.locator(".picture :is(script, a, image, foreignObject, style)").count() == 0
    assert tab.locator(".picture :is([onload], [style], [href], [fill^=url])").count() == 0
