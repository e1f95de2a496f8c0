"""The page in a real browser, driven as a visitor drives it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from graphviz_utils.page import link_of_code
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
DOWNLOADS = (
    ("SVG", "svg", b"<svg "),
    ("PDF", "pdf", b"%PDF-"),
    ("PNG, 2×", "png", b"\x89PNG"),
    ("This viewer, as a file", "html", b"<!DOCTYPE html>"),
    ("Steps as PDF pages", "steps.pdf", b"%PDF-"),
    ("Steps as an animation", "gif", b"GIF89a"),
    ("Steps as PNGs", "zip", b"PK"),
    ("DOT", "dot", b"digraph"),
    ("GraphML", "graphml", b"<graphml"),
    ("Recorded run", "json", b'{"title"'),
)
MINE = "import torch\n\na = torch.tensor(6.0, requires_grad=True)\nb = a * 7\nb.backward()\nprint('**printed**')\n"


@pytest.fixture
def tab(browser: Browser, page_url: str) -> Iterator[Page]:
    """A fresh tab that has opened nothing; it may talk to the page only, and nothing may go wrong in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(20_000)
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    host = urlsplit(page_url).netloc
    tab.on("request", lambda request: wrong.append(request.url) if _is_foreign(request.url, host) else None)
    yield tab
    context.close()
    assert wrong == []


def _is_foreign(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != host


def picture(tab: Page) -> Locator:
    """The picture that is up to date."""
    return tab.locator(".viewer:not(.stale) .stage svg").first


def texts(tab: Page) -> list[str]:
    """Every piece of text in the picture, as a reader sees it."""
    picture(tab).wait_for()
    pieces = picture(tab).evaluate("svg => [...svg.querySelectorAll('text')].map(text => text.textContent)")
    return [" ".join(piece.split()) for piece in pieces]


def of_mine(tab: Page) -> Locator:
    """The viewer, once it shows the run of `MINE`."""
    return tab.locator('.viewer:not(.stale)[aria-label*="b = 42"]')


def pick(tab: Page, title: str) -> None:
    """Choose a scenario, and wait for its picture."""
    picture(tab).wait_for()
    tab.get_by_role("combobox", name="Scenario").click()
    tab.get_by_role("option", name=title).click()
    tab.locator(f'.viewer:not(.stale)[aria-label^="Graph of {title}:"]').wait_for()


def type_and_run(tab: Page, code: str) -> None:
    """Replace the code by `code`, and press the keys that run it."""
    picture(tab).wait_for()
    tab.get_by_role("textbox", name="Code").fill(code)
    tab.keyboard.press("Control+Enter")


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("A polynomial of one number", {"63", "∂ 93", "∂ 64", "∂ 12", "∂ 5"}),
        ("The sum of two matrices", {"11 22 33", "44 55 66", "1 1 1"}),
        ("Several steps and a seed gradient", {"60 96 132", "132 96 60", "50 128 242"}),
        ("The same steps through a mean", {"140", "10 16 22", "22 16 10", "0.1667 0.1667 0.1667"}),
    ],
)
def test_a_scenario_is_picked_and_its_numbers_are_in_the_picture(
    tab: Page, page_url: str, title: str, numbers: set[str]
) -> None:
    tab.goto(page_url)
    pick(tab, title)

    assert numbers <= set(texts(tab))


def test_a_scenario_is_found_by_typing_one_of_its_tags(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    picture(tab).wait_for()
    tab.get_by_role("combobox", name="Scenario").fill("optimiser")

    expect(tab.get_by_role("option")).to_contain_text(["One step of gradient descent", "Fitting a line", "Momentum"])


def test_the_picture_stays_where_it_is_while_scenarios_are_filtered(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    place = picture(tab).bounding_box()
    tab.get_by_role("button", name="Filter").click()
    tab.get_by_text("second order").click()

    expect(tab.get_by_role("button", name=re.compile(r"2 of \d+"))).to_be_visible()
    assert picture(tab).bounding_box() == place


def test_typed_code_is_run_by_the_keys(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    type_and_run(tab, MINE)
    of_mine(tab).wait_for()

    assert {"6", "42", "∂ 7"} <= set(texts(tab))
    expect(tab.get_by_text("**printed**", exact=True)).to_be_visible()


def test_typed_code_is_run_by_the_button(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    picture(tab).wait_for()
    tab.get_by_role("textbox", name="Code").fill(MINE)
    tab.get_by_role("button", name="Run").click()
    of_mine(tab).wait_for()

    assert "∂ 7" in texts(tab)


def test_the_line_that_failed_is_marked_and_the_graph_goes_up_to_it(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    type_and_run(tab, MINE + "b.nothing\n")

    expect(tab.get_by_text("The program stopped on line 7.")).to_be_visible(timeout=20_000)
    expect(tab.get_by_text("AttributeError: 'Tensor' object has no attribute 'nothing'")).to_be_visible()
    expect(tab.locator("code").filter(has_text="→ 7 │ b.nothing")).to_be_visible()
    assert "∂ 7" in texts(tab)


def test_an_endless_program_is_stopped_and_the_last_picture_stays(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    type_and_run(tab, "while True:\n    pass\n")
    tab.get_by_role("button", name="Stop").click()

    expect(tab.get_by_text("The run was stopped.")).to_be_visible()
    expect(tab.locator(".viewer.stale .stage").first).to_be_visible()
    expect(tab.get_by_text("picture of the earlier code")).to_be_visible()
    expect(tab.get_by_role("textbox", name="Code")).to_have_value("while True:\n    pass\n")


def test_one_visitor_s_endless_program_keeps_nobody_waiting(tab: Page, page_url: str, browser: Browser) -> None:
    other = browser.new_page()
    other.goto(page_url)
    picture(other).wait_for()
    tab.goto(page_url)
    type_and_run(tab, "while True:\n    pass\n")
    tab.get_by_role("button", name="Stop").wait_for()
    pick(other, "The sum of two matrices")

    expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    assert "11 22 33" in texts(other)
    other.close()


def test_a_number_beside_the_picture_changes_the_program_and_moves_nothing_the_second_time(
    tab: Page, page_url: str
) -> None:
    tab.goto(page_url)
    picture(tab).wait_for()
    field = tab.get_by_role("spinbutton", name="x", exact=True)
    sizes = []
    for number, value in (("-2.5", "69.75"), ("3.0", "232"), ("-2.5", "69.75")):
        field.fill(number)
        tab.locator(f'.viewer:not(.stale)[aria-label*="y = {value}"]').wait_for()
        expect(tab.get_by_role("textbox", name="Code")).to_have_value(re.compile(rf"torch\.tensor\({number}, "))
        sizes.append(picture(tab).get_attribute("viewBox"))

    assert sizes[0] == sizes[1] == sizes[2]
    expect(tab.locator(".viewer .bar")).to_contain_text("21")


def test_the_step_and_the_selection_stay_when_a_number_changes(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    picture(tab).wait_for()
    tab.locator(".viewer .stage text", has_text="x⁴").first.click()
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowRight")
    tab.get_by_role("spinbutton", name="x", exact=True).fill("3")
    tab.locator('.viewer:not(.stale)[aria-label*="y = 232"]').wait_for()

    explained = tab.get_by_role("region", name="Explain", exact=True)
    expect(explained.get_by_role("heading").first).to_have_text("x⁴")
    expect(explained).to_contain_text("81")
    expect(tab.locator(".viewer .bar")).to_contain_text("1 / 21")


def test_everything_that_is_offered_can_be_downloaded(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    picture(tab).wait_for()
    tab.get_by_role("button", name="Download", exact=True).click()
    for label, suffix, start in DOWNLOADS:
        with tab.expect_download(timeout=120_000) as arriving:
            tab.get_by_test_id("stPopoverBody").get_by_role("button", name=label, exact=True).click()

        assert arriving.value.suggested_filename == f"01_polynomial.{suffix}"
        assert start in Path(arriving.value.path()).read_bytes()[:200]


def opened(tab: Page, path: Path) -> None:
    """Bring a file."""
    picture(tab).wait_for()
    tab.get_by_role("button", name="Open file").click()
    tab.locator('input[type="file"]').set_input_files(path)


def test_an_uploaded_program_waits_for_run(tab: Page, page_url: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    tab.goto(page_url)
    opened(tab, file)

    expect(tab.get_by_role("textbox", name="Code")).to_have_value(MINE)
    assert "∂ 93" in texts(tab)

    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Run").click()
    of_mine(tab).wait_for()


def test_a_recorded_run_is_shown_when_it_is_uploaded(tab: Page, page_url: str, tmp_path: Path) -> None:
    file, trace = tmp_path / "mine.py", tmp_path / "trace.json"
    file.write_text(MINE)
    subprocess.run([sys.executable, "-m", "graphviz_utils", "run", file, "-o", trace], cwd=ROOT, check=True)
    tab.goto(page_url)
    opened(tab, trace)
    of_mine(tab).wait_for()

    assert "∂ 7" in texts(tab)


def test_a_file_that_is_no_program_is_refused_in_words(tab: Page, page_url: str, tmp_path: Path) -> None:
    file = tmp_path / "picture.py"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    tab.goto(page_url)
    opened(tab, file)

    expect(tab.get_by_text("the file holds a picture")).to_be_visible()
    assert "∂ 93" in texts(tab)


def test_code_in_a_link_is_shown_and_not_run(tab: Page, page_url: str) -> None:
    story = '"""![p](http://evil.test/p.png) <img src="http://evil.test/q.png"> [go](http://evil.test) $x^2$"""\n'
    tab.goto(f"{page_url}/?code={link_of_code(story + MINE)}")

    expect(tab.get_by_text("Press Run to see")).to_be_visible()
    expect(tab.get_by_role("textbox", name="Code")).to_have_value(MINE)
    expect(tab.locator(".stMarkdown .katex")).to_be_visible()
    assert tab.locator(".stMarkdown a, .stMarkdown img").count() == 0
    assert tab.locator(".viewer").count() == 0

    tab.get_by_role("button", name="Run").click()
    of_mine(tab).wait_for()


def test_the_link_that_is_offered_opens_the_same_program_and_look(tab: Page, page_url: str) -> None:
    tab.goto(page_url)
    type_and_run(tab, MINE)
    of_mine(tab).wait_for()
    tab.get_by_role("radio", name="micrograd").click()
    tab.get_by_role("button", name="Share").click()
    link = tab.get_by_test_id("stPopoverBody").locator("code").filter(has_text="preset=micrograd").inner_text()
    tab.goto(unquote(link))

    expect(tab.get_by_role("textbox", name="Code")).to_have_value(MINE)
    expect(tab.get_by_role("radio", name="micrograd")).to_be_checked()


def test_a_long_picture_scrolls_and_its_scrollbar_is_seen(browser: Browser, page_url: str) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    tab = context.new_page()
    tab.goto(f"{page_url}/?scenario=04_multistep_mean&preset=micrograd")
    picture(tab).wait_for()
    box = tab.locator(".viewer .stage").first

    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert box.evaluate("box => getComputedStyle(box).scrollbarColor").startswith("rgba(128, 138, 153, 0.7)")
    context.close()


def test_torchviz_draws_beside_ours(tab: Page, page_url: str) -> None:
    tab.goto(f"{page_url}/?torchviz=true")

    expect(tab.get_by_alt_text("The same graph as torchviz draws it")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("theme", "ground"), [("light", "#ffffff"), ("dark", "#0e1117")])
def test_the_picture_follows_the_theme(browser: Browser, page_url: str, theme: str, ground: str) -> None:
    tab = browser.new_page(color_scheme="dark" if theme == "dark" else "light")
    tab.goto(page_url)
    picture(tab).wait_for()

    assert picture(tab).locator(f'polygon[fill="{ground}"]').count() == 1
    tab.close()


def test_the_page_s_process_has_not_loaded_torch(tab: Page, page_url: str) -> None:
    """Its memory map names every library it has loaded."""
    tab.goto(page_url)
    picture(tab).wait_for()
    port = str(urlsplit(page_url).port)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if f"--server.port={port}" in command:
                assert "libtorch" not in (process / "maps").read_text()
                return
        except OSError:
            continue
    pytest.skip("processes cannot be looked at on this system")
