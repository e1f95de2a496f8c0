"""A reader asks why: rules with names and with numbers, kinks, Jacobians, and formulas of strangers."""

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from graphviz_utils.viewer import Scene
from tests.viewer.conftest import Opened
from tests.viewer.scenes import MATRICES, TWICE, polynomial, scene_of_program
from tests.viewer.test_stepping_through import press

pytestmark = pytest.mark.browser

KINK = """import torch
x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
y = x.relu().sum()
y.backward()
"""
SCALED = """import torch
x = torch.tensor([2.0, 3.0], requires_grad=True)
W = torch.tensor([[1.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
y = W @ x
y.backward(torch.tensor([1.0, 10.0, 100.0]))
"""
OWN = """import torch
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = torch.tensor(3.0, requires_grad=True)
y = Double.apply(x)
y.backward()
"""


def explanation(tab: Page) -> str:
    """What the panel says; spaces in formulas do not count."""
    return told(tab.locator(".explain"))


def told(place: Locator) -> str:
    return re.sub(r"\s+", " ", place.inner_text())


def formulas(tab: Page, place: str = ".explain") -> list[str]:
    """The formulas of a panel without spaces."""
    return [re.sub(r"\s", "", text or "") for text in tab.locator(f"{place} .formula").all_text_contents()]


def node_of(shown: Scene, autograd: str) -> str:
    return next(node.id for node in shown.nodes if node.autograd == autograd)


def test_it_is_open_from_the_start_and_tells_of_the_last_step(opened: Opened) -> None:
    """x was used four times."""
    tab = opened(polynomial())

    assert explanation(tab).startswith("x collects")
    assert formulas(tab) == ["x=64+12+12+5=93"]


def test_stepping_changes_what_is_explained(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "Home", "ArrowRight")
    first = explanation(tab)
    press(tab, "ArrowRight")

    assert first.startswith("x⁴")
    assert explanation(tab).startswith("2 ×")


def test_a_clicked_node_is_explained_with_names_and_with_numbers(opened: Opened) -> None:
    """x⁴ at 2: 2⁴ = 16; its gradient is 2, so that 4 · 2³ · 2 = 64 go back."""
    tab = opened(polynomial())
    tab.locator('[data-card="node-n1"]').click()

    assert formulas(tab) == ["x4=24=16", "∂x4∂x=4x3=4⋅23", "senttox:4x3·x4=4⋅23·2=64"]
    assert tab.locator(".inspector").is_hidden()


def test_a_clicked_edge_is_explained_alone(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "n", "e")

    assert explanation(tab).startswith("x → x⁴")
    assert formulas(tab)[-1].endswith("=64")
    assert tab.locator(".explain h4").all_inner_texts() == ["Back to x"]


def test_a_number_that_is_still_to_come_is_named_by_its_step(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.locator('[data-card="node-n1"]').click()
    press(tab, "Home", "ArrowRight")
    early = formulas(tab)
    tab.locator(".explain").get_by_role("button", name="comes in step").click()

    assert early == ["x4=24=16", "∂x4∂x=4x3=4⋅23", "senttox:4x3·x4"]
    assert formulas(tab)[-1].endswith("=64")


def test_what_came_from_several_sides_adds_up_as_it_comes(opened: Opened) -> None:
    tab = opened(polynomial())
    tab.locator('[data-card="node-n0"]').click()
    press(tab, "ArrowLeft", "ArrowLeft")

    assert formulas(tab) == ["x=12+12+5+…"]


def test_another_pass_has_its_own_numbers(opened: Opened) -> None:
    """2 · 3 = 6 in the first pass; the second begins with 100."""
    shown = scene_of_program(TWICE)
    tab = opened(shown)
    tab.locator('[data-card="node-n0"]').click()
    press(tab, "Home", "ArrowRight", "ArrowRight", "ArrowRight")
    first = formulas(tab)[0]
    press(tab, "End")

    assert first.endswith("=3+3=6")
    assert formulas(tab)[0].endswith("=300+300=600")


def test_another_element_brings_its_own_numbers_and_its_kink_is_told(opened: Opened) -> None:
    shown = scene_of_program(KINK)
    tab = opened(shown)
    tab.locator(f'[data-card="{node_of(shown, "ReluBackward0")}"]').click()
    before = formulas(tab)[0]
    tab.locator(".explain").get_by_label("Index 1 of the element").fill("2")
    tab.keyboard.press("Enter")

    assert before.endswith("=0")
    assert formulas(tab)[0].endswith("=3")
    assert tab.locator(".kinked").inner_text() == (
        "kink at element [1]: slope 0 on the left, 1 on the right; PyTorch chose 0"
    )


def test_a_kink_is_marked_in_the_picture_once_its_gradient_is_there(opened: Opened) -> None:
    tab = opened(scene_of_program(KINK))
    hit = tab.locator(".frame .kink").count()
    press(tab, "Home")

    assert hit == 1
    assert tab.locator(".frame .kink").count() == 0


def test_a_run_without_a_kink_has_no_mark(opened: Opened) -> None:
    tab = opened(polynomial())

    assert tab.locator(".frame .kink").count() == 0


def test_the_jacobian_is_a_table_and_a_cell_the_chain_rule_for_its_pair(opened: Opened) -> None:
    """y = W x; with the gradient (1, 10, 100), x₁ gets 1 · 4 + 10 · 6 + 100 · 8 = 864, of which 60 come from y₁."""
    shown = scene_of_program(SCALED)
    tab = opened(shown)
    tab.locator(f'[data-card="{node_of(shown, "MvBackward0")}"]').click()
    tab.get_by_role("button", name="Jacobian").click()
    rows = [row.split()[1:] for row in tab.locator(".slopes tbody tr").all_inner_texts()]
    tab.get_by_title("output [1] by input [1]").click()
    lines = [re.sub(r"\s", "", text or "") for text in tab.locator(".jacobian > math").all_text_contents()]

    assert rows == [["1", "4"], ["5", "6"], ["7", "8"]]
    assert "vector–Jacobian product: (3,) × (3, 2) → (2,)" in explanation(tab)
    assert lines == ["y1⋅J1,1=10⋅6=60", "∑iyi⋅Ji,1=1⋅4+10⋅6+100⋅8=864"]


def test_a_pair_can_be_chosen_by_its_indices(opened: Opened) -> None:
    shown = scene_of_program(SCALED)
    tab = opened(shown)
    tab.locator(f'[data-card="{node_of(shown, "MvBackward0")}"]').click()
    tab.get_by_role("button", name="Jacobian").click()
    tab.get_by_label("Index 1 of the output").fill("2")
    tab.keyboard.press("Enter")
    tab.get_by_label("Index 1 of the input").fill("0")
    tab.keyboard.press("Enter")

    assert tab.locator(".slopes .picked.cell").inner_text() == "7"


def test_small_matrices_are_written_whole(opened: Opened) -> None:
    """A v = (17, 39)."""
    shown = scene_of_program(MATRICES)
    tab = opened(shown)
    tab.locator(f'[data-card="{node_of(shown, "MvBackward0")}"]').click()

    assert formulas(tab)[0].endswith("=123456=1739")


def test_a_rule_of_the_program_s_own_is_called_so(opened: Opened) -> None:
    tab = opened(scene_of_program(OWN))
    tab.locator('[data-card="node-n1"]').click()

    assert "the program's own backward" in explanation(tab)
    assert formulas(tab) == ["senttox:2"]


def test_pytorch_s_own_formula_is_quoted_as_code(opened: Opened) -> None:
    shown = polynomial()
    nodes = list(shown.nodes)
    rule = nodes[1].rule
    assert rule is not None
    quoted = replace(rule.slots[0], sent=None, local=None, text="pow_backward(grad, self, exponent)")
    nodes[1] = replace(nodes[1], rule=replace(rule, source="PyTorch", slots=(quoted,)))
    tab = opened(replace(shown, nodes=tuple(nodes)))
    tab.locator('[data-card="node-n1"]').click()

    assert tab.locator(".explain pre code").inner_text() == "pow_backward(grad, self, exponent)"
    assert "PyTorch's own formula" in explanation(tab)


def test_a_node_without_a_rule_says_why(opened: Opened) -> None:
    shown = polynomial()
    bare = tuple(replace(node, rule=None) for node in shown.nodes)
    tab = opened(replace(shown, nodes=bare, paths=(), remarks=("Rules are told of up to 300 nodes.",)))

    assert "Rules are told of up to 300 nodes." in explanation(tab)


def test_the_rule_of_the_step_is_large_in_front_of_a_class_while_explain_is_on(opened: Opened) -> None:
    tab = opened(polynomial(), present=True)
    press(tab, "Home", "ArrowRight")
    large = formulas(tab, ".story .rule")
    press(tab, "x")

    assert large == ["x4=24=16"]
    assert formulas(tab, ".story .rule") == []


def test_keys_open_one_of_the_three_and_close_it_again(opened: Opened) -> None:
    tab = opened(polynomial())
    open_now = []
    for key in "txvv":
        press(tab, key)
        pressed = tab.locator(".tab[aria-pressed=true]").all_inner_texts()
        open_now.append((*pressed, *tab.locator(".panel:visible").evaluate_all("all => all.map(e => e.ariaLabel)")))

    assert open_now == [("Paths", "Paths"), ("Explain", "Explain"), ("Prove", "Prove"), ()]


def test_at_most_two_panels_are_open(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "i", "c")

    assert tab.locator(".tab[aria-pressed=true]").all_inner_texts() == ["Explain", "Code"]


def test_without_any_of_the_three_a_click_opens_the_inspector(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "x")
    tab.locator('[data-card="node-n1"]').click()

    expect(tab.locator(".inspector")).to_be_visible()
    assert tab.locator(".explain").is_hidden()


def test_the_focus_stays_where_it_is_when_another_element_is_chosen(opened: Opened) -> None:
    shown = scene_of_program(SCALED)
    tab = opened(shown)
    tab.locator(f'[data-card="{node_of(shown, "MvBackward0")}"]').click()
    tab.get_by_role("button", name="Jacobian").click()
    tab.get_by_title("output [1] by input [1]").click()

    assert tab.evaluate("document.activeElement.title") == "output [1] by input [1]"


def test_the_choice_is_kept(mounted: Opened) -> None:
    tab = mounted(polynomial().to_json())
    press(tab, "t")

    assert tab.evaluate("window.kept.panel") == "paths"


EVIL = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow onclick="alert(1)" style="color:red" href="javascript:0">'
    '<script>alert(1)</script><mi>safe</mi><maction actiontype="statusline"><mi>no</mi></maction>'
    '<mtext><b xmlns="http://www.w3.org/1999/xhtml" onmouseover="alert(1)">text</b></mtext>'
    '<annotation-xml encoding="text/html"><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/>'
    '</annotation-xml><mspace width="url(http://evil.test/a)"/></mrow></math>'
)


@pytest.mark.parametrize("evil", [EVIL, "<math><img src=x onerror=alert(1)></math>", "</script><b>x", r"\href{x}{y}"])
def test_formulas_of_strangers_are_inert(mounted: Opened, evil: str) -> None:
    scene = json.loads(polynomial().to_json())
    scene["formulas"] = [evil] * len(scene["formulas"])
    tab = mounted(json.dumps(scene))
    tab.locator('[data-card="node-n1"]').click()
    press(tab, "t")
    odd = ":is(script, img, maction, annotation-xml, b, [onclick], [style], [href], mspace[width])"

    assert tab.locator(f"math {odd}").count() == 0
    assert tab.locator("math").count() > 0


def test_a_formula_that_is_none_is_shown_as_the_text_it_is(mounted: Opened) -> None:
    scene = json.loads(polynomial().to_json())
    scene["formulas"] = ["<b>not a formula"] * len(scene["formulas"])
    tab = mounted(json.dumps(scene))
    press(tab, "t")

    assert tab.locator(".walk .symbols").first.inner_text() == "<b>not a formula"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1024, 390])
@pytest.mark.parametrize("panel", ["x", "t", "v"])
def test_nothing_is_wider_than_the_window(opened: Opened, panel: str, width: int, theme: str) -> None:
    shown = replace(scene_of_program(SCALED), theme=theme)  # type: ignore[arg-type]
    tab = opened(shown)
    tab.set_viewport_size({"width": width, "height": 800})
    tab.locator(f'[data-card="{node_of(shown, "MvBackward0")}"]').click()
    tab.get_by_role("button", name="Jacobian").click()
    if panel != "x":
        press(tab, panel)

    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_in_front_of_a_class_a_rule_and_the_sum_below_it_are_read_whole(opened: Opened) -> None:
    tab = opened(polynomial(), present=True)
    press(tab, "Home")
    hidden = []
    for _ in range(21):
        tab.keyboard.press("PageDown")
        hidden.append(tab.locator(".story").evaluate("(story) => story.scrollHeight - story.clientHeight"))

    assert hidden == [0] * 21


def test_a_leaf_that_had_a_gradient_adds_to_it(opened: Opened) -> None:
    """6 from the first pass, 600 from the second."""
    tab = opened(scene_of_program(TWICE))
    tab.locator('[data-card="node-n0"]').click()

    assert formulas(tab)[-1] == "x.grad=6+600=606"
