"""A reader follows the chain rule: every path to a leaf, lit in the picture, and their sum."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.viewer.conftest import Opened
from tests.viewer.scenes import polynomial, scene_of_program
from tests.viewer.test_stepping_through import press

pytestmark = pytest.mark.browser

TWO_LEAVES = """import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
k = torch.tensor(3.0, requires_grad=True)
y = (x * k).sum()
y.backward()
"""


def packed(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


def walks(tab: Page) -> list[str]:
    return [packed(text) for text in tab.locator(".walk .numerals").all_text_contents()]


def test_every_path_is_a_product_and_all_of_them_add_up(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "t")

    assert walks(tab) == ["1·2·32=64", "1·12=12", "1·3·4=12", "1·5=5"]
    assert packed(tab.locator(".walk .symbols").first.text_content()) == "1·2·4x3"
    assert packed(tab.locator(".total .formula").text_content()) == "1·2·32+1·12+1·3·4+1·5=64+12+12+5=93"
    assert "autograd sent 93" in tab.locator(".paths").inner_text()


def test_pointing_at_a_path_lights_it_and_what_is_not_on_it_fades(opened: Opened) -> None:
    """The smallest contribution runs from x over 5 × and two sums."""
    tab = opened(polynomial())
    press(tab, "t")
    tab.locator(".walk").last.hover()

    expect(tab.locator(".picture.tracing .edge.lit")).to_have_count(3)
    expect(tab.locator(".picture .node.lit")).to_have_count(4)


def test_a_click_keeps_a_path_lit_until_escape(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "t")
    tab.locator(".walk").nth(1).click()
    tab.mouse.move(0, 0)
    kept = tab.locator(".edge.lit").count()
    pressed = tab.locator(".walk[aria-pressed=true]").count()
    press(tab, "Escape")

    assert (kept, pressed) == (5, 1)
    assert tab.locator(".edge.lit").count() == tab.locator(".walk[aria-pressed=true]").count() == 0


def test_a_second_click_lets_a_path_go(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "t")
    tab.locator(".walk").first.click()
    tab.locator(".walk").first.click()
    press(tab)
    tab.mouse.move(0, 0)

    expect(tab.locator(".edge.lit")).to_have_count(0)


def test_numbers_wait_for_the_step_in_which_the_leaf_gets_them(opened: Opened) -> None:
    tab = opened(polynomial())
    press(tab, "t", "ArrowLeft")
    early = walks(tab)
    tab.get_by_role("button", name="the numbers come in step 21").click()

    assert early == []
    assert len(walks(tab)) == 4


def test_another_leaf_and_another_element_have_their_own_paths(opened: Opened) -> None:
    """∂y/∂x[1] is k = 3; ∂y/∂k is x[0] + x[1] = 1 + 2."""
    tab = opened(scene_of_program(TWO_LEAVES))
    press(tab, "t")
    tab.locator(".paths").get_by_label("Index 1 of the element").fill("1")
    tab.keyboard.press("Enter")
    of_x = walks(tab)
    tab.get_by_label("Leaf").select_option(label="k")

    assert [row.split("=")[-1] for row in of_x] == ["3"]
    assert [row.split("=")[-1] for row in walks(tab)] == ["2", "1"]


def test_a_leaf_that_is_clicked_in_the_picture_is_the_one_that_is_told_of(opened: Opened) -> None:
    shown = scene_of_program(TWO_LEAVES)
    tab = opened(shown)
    press(tab, "t")
    tab.locator(f'[data-card="{next(node.id for node in shown.nodes if node.name == "k")}"]').click()

    assert tab.locator(".paths h3").inner_text() == "Paths to k"


def test_of_very_many_paths_it_is_said_how_many_are_not_listed(opened: Opened) -> None:
    shown = polynomial()
    (card,) = shown.paths
    many = replace(card, paths=card.paths[:2], count="4096", rest=17.0, reason="Some factors were not recorded.")
    tab = opened(replace(shown, paths=(many,)))
    press(tab, "t")

    assert "4,096 paths; the 2 largest are listed, the rest adds up to 17" in tab.locator(".paths").inner_text()
    assert "Some factors were not recorded." in tab.locator(".paths").inner_text()


def test_a_number_of_paths_with_hundreds_of_digits_is_told_by_its_size(opened: Opened) -> None:
    shown = polynomial()
    (card,) = shown.paths
    tab = opened(replace(shown, paths=(replace(card, count="123" + "0" * 200),)))
    press(tab, "t")

    assert "about 1.23 × 10^202 paths" in tab.locator(".paths").inner_text()


def test_a_run_in_which_nothing_went_back_has_no_paths(opened: Opened) -> None:
    tab = opened(scene_of_program("import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x * 2\n"))
    press(tab, "t")

    assert "Nothing went back in this run" in tab.locator(".paths").inner_text()
