"""The live widget: what the kernel says to it, and what the browser makes of that."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from graphviz_utils import Look, Moment, Trace, TraceError, read_scenario, run
from graphviz_utils.notebook import widget
from graphviz_utils.notebook.mounting import widget_script
from graphviz_utils.viewer import scene
from tests.building import scenario_1_trace
from tests.viewer.conftest import Watched
from tests.viewer.scenes import MATRICES, TWICE

DARK = Look(theme="dark")


def trace_of_program(source: str) -> Trace:
    trace = run(read_scenario(source)).trace
    assert trace is not None
    return trace


def test_a_widget_is_told_the_scene_of_a_run_as_it_is_to_look() -> None:
    live = widget(scenario_1_trace(), DARK)

    assert live.scene == scene(scenario_1_trace(), DARK).to_json()


def test_a_widget_brings_the_letters_of_its_picture() -> None:
    assert "@font-face" in widget(scenario_1_trace()).fonts


def test_a_widget_goes_on_to_another_run() -> None:
    live = widget(scenario_1_trace())
    other = trace_of_program(MATRICES)
    live.show(other)

    assert live.scene == scene(other).to_json()


def test_a_moment_that_the_run_does_not_have_is_refused() -> None:
    with pytest.raises(TraceError, match="pass 3 was asked for"):
        widget(scenario_1_trace(), moment=Moment(backward=3))


def test_without_anywidget_it_is_said_what_to_install() -> None:
    program = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from graphviz_utils import RenderError, Trace\nfrom graphviz_utils.notebook import widget\n"
        "try: widget(Trace('', '', (), (), (), (), (), (), None))\n"
        "except RenderError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.startswith("the live widget needs the package anywidget: install it with  pip install anywidget")


KERNEL = """
window.kernel = (values) => {
    const model = new EventTarget();
    return {
        get: (name) => values[name],
        on: (name, told) => model.addEventListener(name, told),
        off: (name, told) => model.removeEventListener(name, told),
        send: (sent) => {
            Object.assign(values, sent);
            Object.keys(sent).forEach((name) => model.dispatchEvent(new Event(`change:${name}`)));
        },
    };
};
"""
"""A model as notebooks hand it to a widget, and with `send` what a kernel would say to it."""

STYLE = "<style>dt { float: left } button, svg { display: none !important }</style>"
"""What the page of a notebook may do to its own lists and buttons."""

MOUNT = """
async ([script, values]) => {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    window.model = window.kernel(values);
    window.leave = await widget.render({ model: window.model, el: document.getElementById("cell") });
}
"""
"""As anywidget does it."""


@pytest.fixture
def notebook(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page without a Jupyter, opened from disk, with a place for a widget. At the end nothing went wrong in it."""
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html>{STYLE}<div id='cell'></div><script>{KERNEL}</script>", "utf-8")
    tab = browser.new_page(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
    watched = Watched(tab)
    tab.goto(path.as_uri())
    yield tab
    tab.close()
    assert watched.faults == []


def told(trace: Trace) -> dict[str, str]:
    """What the kernel says of a run."""
    live = widget(trace)
    return {"scene": live.scene, "fonts": live.fonts}


@pytest.mark.browser
def test_a_widget_is_stepped_through_in_its_cell(notebook: Page) -> None:
    notebook.evaluate(MOUNT, [widget_script(), told(trace_of_program(TWICE))])
    notebook.locator(".stage").first.focus()
    notebook.keyboard.press("ArrowLeft")

    expect(notebook.locator("#cell .bar")).to_contain_text("4 / 5")


@pytest.mark.browser
def test_the_reader_keeps_his_step_when_the_kernel_sends_other_numbers(notebook: Page) -> None:
    """x * x, at 3 and then at 4; the second step sends back x along both edges."""
    notebook.evaluate(MOUNT, [widget_script(), told(trace_of_program(TWICE))])
    notebook.locator(".stage").first.focus()
    notebook.keyboard.press("Home")
    notebook.keyboard.press("ArrowRight")
    notebook.keyboard.press("ArrowRight")
    expect(notebook.locator("#cell .picture").first).to_contain_text("∂ 3")
    notebook.evaluate("sent => model.send(sent)", told(trace_of_program(TWICE.replace("3.0", "4.0"))))

    expect(notebook.locator("#cell .bar")).to_contain_text("2 / 5")
    expect(notebook.locator("#cell .picture").first).to_contain_text("∂ 4")
    expect(notebook.locator("#cell .picture").first).not_to_contain_text("∂ 3")


@pytest.mark.browser
def test_a_cell_that_is_cleared_keeps_nothing_and_listens_no_more(notebook: Page) -> None:
    values = told(trace_of_program(TWICE))
    notebook.evaluate(MOUNT, [widget_script(), values])
    notebook.evaluate("leave()")
    notebook.evaluate("sent => model.send(sent)", values)

    assert notebook.evaluate("document.getElementById('cell').children.length") == 0


@pytest.mark.browser
def test_the_style_of_the_notebook_does_not_reach_the_widget(notebook: Page) -> None:
    notebook.evaluate(MOUNT, [widget_script(), told(trace_of_program(TWICE))])

    expect(notebook.locator("#cell .bar button").first).to_be_visible()
    expect(notebook.locator("#cell .picture").first).to_be_visible()
    assert notebook.locator("#cell dt").first.evaluate("dt => getComputedStyle(dt).float") == "none"


@pytest.mark.browser
def test_keys_in_a_widget_are_no_commands_of_the_notebook(notebook: Page) -> None:
    """JupyterLab leaves alone what is pressed inside an element with this attribute."""
    notebook.evaluate(MOUNT, [widget_script(), told(trace_of_program(TWICE))])

    assert notebook.locator("[data-lm-suppress-shortcuts=true] .stage").count() > 0


def test_the_scene_of_a_widget_is_strict_json() -> None:
    """A gradient that is NaN, for which JSON has no number."""
    live = widget(trace_of_program(TWICE.replace("3.0", "float('nan')")))

    json.loads(live.scene, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
