"""Proofs as a visitor asks for them: in the picture that stands, again after each change, and never unasked."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from graphviz_utils.page import link_of_code
from tests.building import scenario_1_trace

pytestmark = pytest.mark.browser
SLOW = (
    "import time, torch\nx = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)\n"
    "y = x * x\ntime.sleep(2)\ny.backward()\n"
)
MINE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = 7 * x\ny.backward()\n"


def stage(page: Page) -> Locator:
    """The picture, once it is there."""
    stage = page.locator(".viewer:not(.stale) .stage svg").first
    stage.wait_for()
    return stage


def asked(page: Page) -> Locator:
    """The panel of the proofs, opened."""
    stage(page)
    page.locator(".viewer").get_by_role("button", name="Prove", exact=True).first.click()
    return page.locator(".viewer .panel.prove")


def test_proofs_come_when_they_are_looked_at_and_move_nothing(page: Page) -> None:
    expect(stage(page)).to_be_visible()
    expect(page.locator(".st-key-progress")).to_have_count(0)
    picture = stage(page).inner_html()
    place = stage(page).bounding_box()
    panel = asked(page)

    expect(panel.locator("tbody tr").first).to_contain_text("93")
    expect(panel.locator("thead")).to_contain_text("finite differences")
    assert stage(page).bounding_box() == place
    assert stage(page).inner_html() == picture


def test_the_foot_counts_the_proofs(page: Page) -> None:
    expect(page.get_by_text("all 4 checks hold")).to_be_visible()
    asked(page)

    expect(page.get_by_text(re.compile(r"(all|of) 6 checks hold"))).to_be_visible()


def test_a_changed_number_is_proved_again(page: Page) -> None:
    """At 3 it is 266, by hand 8 · 27 + 3 · 9 + 6 · 3 + 5."""
    panel = asked(page)
    expect(panel.locator("tbody tr").first).to_contain_text("93")
    page.get_by_role("spinbutton", name="x", exact=True).fill("3")

    expect(panel.locator("tbody tr").first).to_contain_text("266")


def test_another_look_keeps_what_was_proved(page: Page) -> None:
    panel = asked(page)
    expect(panel.locator("tbody tr").first).to_contain_text("93")
    page.get_by_role("radio", name="micrograd").click()
    page.locator(".viewer:not(.stale) .stage svg text", has_text="data").first.wait_for()

    expect(panel.locator("tbody tr").first).to_contain_text("93")


def test_a_proof_that_takes_long_is_stopped_and_the_picture_stays(page: Page) -> None:
    stage(page)
    page.get_by_role("textbox", name="Code").fill(SLOW)
    page.keyboard.press("Control+Enter")
    page.locator('.viewer:not(.stale)[aria-label*="y = 9"]').wait_for()
    asked(page)
    page.get_by_role("button", name="Stop proving").click()

    expect(page.get_by_text("The proof was stopped.")).to_be_visible()
    expect(page.locator('.viewer:not(.stale)[aria-label*="y = 9"]')).to_be_visible()


def test_a_recorded_run_is_proved_without_its_program(page: Page, tmp_path: Path) -> None:
    """The record says 93; the program in it would say something else."""
    file = tmp_path / "run.json"
    scenario_1_trace().save(file)
    stage(page)
    page.get_by_role("button", name="Open file").click()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_role("combobox", name="Scenario")).to_have_value(re.compile("^Your code"))
    page.keyboard.press("Escape")
    panel = asked(page)

    expect(panel.locator("thead")).to_contain_text("derived closed form")
    expect(panel.locator("thead")).not_to_contain_text("finite differences")


def test_code_in_a_link_is_proved_only_after_it_was_run(page: Page, page_url: str) -> None:
    asked(page)
    page.goto(f"{page_url}/?code={link_of_code(MINE)}")
    expect(page.get_by_text("Press Run to see")).to_be_visible()

    expect(page.locator(".viewer")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop proving")).to_have_count(0)

    page.get_by_role("button", name="Run").click()
    expect(asked(page).locator("tbody tr").first).to_contain_text("7")
