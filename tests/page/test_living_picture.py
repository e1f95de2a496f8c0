"""The viewer as the page has it: each of its controls once, and nothing it does runs the page again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tab(browser: Browser, page_url: str) -> Iterator[Page]:
    """The page with scenario 1, in which nothing goes wrong, and which tells when Streamlit's server is asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(page_url)
    tab.locator(".viewer .stage svg").first.wait_for()
    tab.get_by_text("confined").first.wait_for()  # the page has tried its walls, and rests
    yield tab
    context.close()
    assert wrong == []


@pytest.fixture
def sent(tab: Page) -> list[str]:
    """What the browser asks of the server from now on."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    return asked


def press(tab: Page, *keys: str) -> None:
    tab.locator(".viewer .stage").first.focus()
    for key in keys:
        tab.keyboard.press(key)


def position(tab: Page) -> str:
    return tab.locator(".viewer .bar .count").inner_text()


def test_keys_buttons_slider_and_chapters_step(tab: Page, sent: list[str]) -> None:
    seen = []
    press(tab, "Home", "PageDown", "ArrowRight")
    seen.append(position(tab))
    tab.locator(".viewer").get_by_role("button", name="Back").first.click()
    seen.append(position(tab))
    tab.get_by_role("slider", name="Step").fill("12")
    seen.append(position(tab))
    tab.locator(".viewer").get_by_role("button", name="Last").first.click()

    assert seen == ["2 / 21", "1 / 21", "12 / 21"]
    assert position(tab) == "21 / 21"
    assert sent == []


def test_play_is_paused_by_space(tab: Page) -> None:
    press(tab, "Home", "Space")
    expect(tab.get_by_role("button", name="Pause")).to_be_visible()
    press(tab, "Space")

    expect(tab.get_by_role("button", name="Play")).to_be_visible()


def test_a_step_says_its_arithmetic(tab: Page) -> None:
    press(tab, "End", "ArrowLeft")

    expect(tab.locator(".viewer .words")).to_have_text("x⁴ receives 2 and sends 64 to x.")
    assert "to x: 2 × 32 = 64" in [" ".join(row.split()) for row in tab.locator(".viewer .sum").all_inner_texts()]


def test_a_guess_is_judged(tab: Page) -> None:
    tab.get_by_role("button", name="More").click()
    tab.get_by_role("button", name="Predict").or_(tab.get_by_label("Predict")).first.click()
    press(tab, "Home", "ArrowRight")
    tab.locator(".viewer .story input").fill("16")
    tab.locator(".viewer .story input").press("Enter")

    expect(tab.locator(".viewer .story")).to_contain_text("Right")
    tab.get_by_role("button", name="Predict").or_(tab.get_by_label("Predict")).first.click()
    press(tab, "End")


def test_search_finds_a_node_and_the_inspector_tells_of_it(tab: Page, sent: list[str]) -> None:
    press(tab, "/")
    tab.keyboard.type("PowBackward0")
    tab.keyboard.press("Enter")

    expect(tab.locator(".viewer .finder")).to_contain_text("3")
    press(tab, "i")
    tab.locator('.viewer [data-card="node-n1"]').first.click()
    expect(tab.locator(".viewer .inspector")).to_contain_text("aten.pow.Tensor_Scalar")
    assert sent == []


def test_the_code_is_beside_the_picture_with_the_editor_s_line_numbers(tab: Page) -> None:
    press(tab, "c", "n")
    tab.locator('.viewer [data-card="node-n1"]').first.click()
    line = tab.locator(".viewer .line.here")

    expect(line).to_contain_text("y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1")
    expect(line).to_contain_text("8")
    press(tab, "c")


def test_present_mode_shows_picture_and_steps_alone(tab: Page) -> None:
    press(tab, "f")
    expect(tab.locator(".viewer.presenting")).to_be_visible()
    press(tab, "Home", "PageDown")
    seen = position(tab)
    press(tab, "Escape")

    expect(tab.locator(".viewer.presenting")).to_have_count(0)
    assert seen == "1 / 21"
    press(tab, "End")


def test_keys_typed_into_the_editor_are_the_editor_s(tab: Page) -> None:
    press(tab, "End")
    box = tab.get_by_role("textbox", name="Code")
    box.focus()
    tab.keyboard.press("Control+End")
    tab.keyboard.type("# f c / ")
    tab.keyboard.press("Home")

    assert box.input_value().endswith("# f c / ")
    assert position(tab) == "21 / 21"
    assert tab.locator(".viewer.presenting").count() == 0


def test_the_picture_turns_dark_with_the_page_and_keeps_the_step(tab: Page) -> None:
    press(tab, "Home", "ArrowRight")
    tab.emulate_media(color_scheme="dark", reduced_motion="reduce")

    expect(tab.locator(".viewer")).to_have_attribute("data-theme", "dark", timeout=20_000)
    assert position(tab) == "1 / 21"
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    expect(tab.locator(".viewer")).to_have_attribute("data-theme", "light", timeout=20_000)
