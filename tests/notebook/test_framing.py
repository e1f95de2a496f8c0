"""A cell of a notebook ends in a run or a picture, and shows it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch
from IPython.core.formatters import DisplayFormatter  # type: ignore[attr-defined, unused-ignore]
from playwright.sync_api import Browser, Frame, Page, expect

import graphviz_utils as gu
from graphviz_utils.model import Shown, Subject
from graphviz_utils.notebook import framed
from graphviz_utils.viewer import scene, standalone
from tests.building import scenario_1_trace
from tests.viewer.conftest import Watched
from tests.viewer.scenes import HOSTILE, TWICE


class Frames(HTMLParser):
    """The attributes of the frames in a cell's HTML, and its other elements and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.others: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        else:
            self.others.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def shown(thing: object) -> dict[str, str]:
    """What a kernel of Jupyter sends for a cell that ends in `thing`, by type."""
    data: dict[str, str] = DisplayFormatter().format(thing)[0]
    return data


def recording() -> gu.Recording:
    with gu.record("Twice") as run:
        x = torch.tensor(3.0, requires_grad=True)
        (2 * x).backward()
    return run


def test_a_run_a_recording_and_a_picture_show_the_same() -> None:
    run = recording()
    expected = framed(Subject(run.trace))

    assert shown(run)["text/html"] == expected
    assert shown(run.trace)["text/html"] == expected
    assert shown(gu.draw(run.trace))["text/html"] == expected


def test_a_picture_shows_in_the_look_it_was_drawn_in() -> None:
    look = gu.Look(theme="dark", preset="micrograd")
    trace = scenario_1_trace()

    assert shown(gu.draw(trace, look))["text/html"] == framed(Subject(trace, look))


def test_a_picture_of_an_early_moment_shows_the_steps_up_to_it() -> None:
    trace = scenario_1_trace()
    moment = gu.Moment(at=trace.passes[0].at - 1)

    assert shown(gu.draw(trace, moment=moment))["text/html"] == framed(Subject(trace, moment=moment))
    assert framed(Subject(trace, moment=moment)) != framed(Subject(trace))


def test_a_picture_has_svg_for_viewers_that_take_nothing_else() -> None:
    picture = gu.draw(scenario_1_trace())

    assert shown(picture)["image/svg+xml"] == picture.standalone_svg()


def test_what_a_program_of_ours_did_shows_as_its_run() -> None:
    outcome = gu.run(gu.read_scenario(TWICE))
    assert outcome.trace is not None

    assert shown(outcome)["text/html"] == framed(Subject(outcome.trace))


def test_a_program_that_failed_shows_its_message() -> None:
    outcome = gu.run(gu.read_scenario(f"{TWICE}raise ValueError('no')"))

    assert outcome.trace is not None
    assert [*shown(outcome)] == ["text/plain"]
    assert "ValueError on line 6: no" in shown(outcome)["text/plain"]


def test_a_recording_that_is_not_over_shows_as_words() -> None:
    run = gu.record("Later")

    assert shown(run) == {"text/plain": "<Recording 'Later', not over>"}


def test_a_recording_tells_in_a_line_what_it_holds() -> None:
    assert repr(recording()) == "<Recording of <Trace 'Twice': 2 nodes, backward passes: 1>>"


def test_a_picture_tells_in_a_line_what_it_is() -> None:
    picture = gu.Picture("digraph {}", "<svg/>", "Nothing")

    assert repr(picture) == "<Picture 'Nothing': 6 characters of SVG>"


def test_a_picture_that_was_not_drawn_of_a_run_has_no_steps() -> None:
    assert "text/html" not in shown(gu.Picture("", gu.draw(scenario_1_trace()).svg))


def test_pictures_that_look_alike_are_equal_whatever_they_were_drawn_of() -> None:
    picture = gu.draw(scenario_1_trace())

    assert picture == gu.Picture(picture.dot, picture.svg, picture.title, picture.notes)


def test_what_is_shown_is_the_standalone_file_in_a_frame_of_its_own() -> None:
    trace = scenario_1_trace()

    (frame,), others = Frames(framed(Subject(trace))).frames, Frames(framed(Subject(trace))).others
    assert frame["srcdoc"] == standalone(scene(trace))
    assert frame["sandbox"] == "allow-scripts"
    assert others == []


def test_a_title_cannot_leave_its_attribute() -> None:
    title = "\"'><script>alert(1)</script>&quot;"

    page = Frames(framed(Subject(replace(scenario_1_trace(), title=title))))
    assert [frame["title"] for frame in page.frames] == [title]
    assert page.others == []


def test_what_cannot_be_drawn_is_told_instead() -> None:
    page = Frames(framed(Subject(scenario_1_trace(), moment=gu.Moment(backward=3))))

    assert page.frames == []
    assert page.words == "pass 3 was asked for, but this run has 1 (counted from 0)"


def test_what_knows_nobody_to_draw_it_shows_as_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shown, "_drawn", None)

    assert [*shown(scenario_1_trace())] == ["text/plain"]


def test_nothing_of_a_notebook_is_loaded_before_a_cell_asks() -> None:
    program = (
        "import sys, graphviz_utils\nassert 'graphviz_utils.notebook' not in sys.modules\n"
        "import graphviz_utils.notebook\nprint(sorted({'torch', 'IPython', 'anywidget'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved notebook of two cells."""
    outcomes = [gu.run(gu.read_scenario(source)) for source in (TWICE, HOSTILE)]
    cells = "".join(framed(Subject(outcome.trace)) for outcome in outcomes if outcome.trace is not None)
    path = tmp_path_factory.mktemp("saved") / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset='utf-8'><title>Mine</title>{cells}", encoding="utf-8")
    return path


@pytest.fixture
def notebook(browser: Browser, saved: Path) -> Iterator[Page]:
    """The notebook, opened from disk."""
    tab = browser.new_page(viewport={"width": 1000, "height": 1400}, reduced_motion="reduce")
    tab.goto(saved.as_uri())
    for frame in tab.frames[1:]:
        frame.locator(".picture").first.wait_for()
    yield tab
    tab.close()


def cell(notebook: Page, number: int) -> Frame:
    return notebook.frames[1 + number]


@pytest.mark.browser
def test_cells_are_stepped_through_each_by_itself(notebook: Page) -> None:
    """Each of the two has its own number of steps: y, and back twice or once."""
    cell(notebook, 0).locator(".stage").first.focus()
    notebook.keyboard.press("Home")
    notebook.keyboard.press("ArrowRight")

    expect(cell(notebook, 0).locator(".bar")).to_contain_text("1 / 5")
    expect(cell(notebook, 1).locator(".bar")).to_contain_text("3 / 3")


@pytest.mark.browser
def test_hostile_names_show_in_a_cell_and_run_nothing(browser: Browser, saved: Path) -> None:
    """And nothing is asked for or complained about on the way."""
    tab = browser.new_page()
    watched = Watched(tab)
    tab.goto(saved.as_uri())
    picture = cell(tab, 1).locator(".picture").first

    expect(picture).to_contain_text("</script><b onclick=alert(1)>")
    assert tab.title() == "Mine"
    assert watched.faults == []
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    "reached",
    ["parent.document.title", "top.location.href", "parent.Jupyter", "localStorage.length", "document.cookie"],
)
def test_a_cell_cannot_reach_out_of_its_frame(notebook: Page, reached: str) -> None:
    tried = cell(notebook, 0).evaluate(f"() => {{ try {{ return String({reached}) }} catch (e) {{ return e.name }} }}")

    assert tried == "SecurityError"


@pytest.mark.browser
def test_nothing_can_be_fetched_from_a_cell(notebook: Page) -> None:
    refused = cell(notebook, 0).evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
            fetch('http://127.0.0.1:9/').catch(() => 0);
        })"""
    )

    assert refused == "connect-src"
