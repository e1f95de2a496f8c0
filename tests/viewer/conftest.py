"""A tab in which the file of a scene was opened from disk, and one in which a page of ours has the viewer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from graphviz_utils.viewer import Scene
from graphviz_utils.viewer.assets import viewer_file, viewer_script
from graphviz_utils.viewer.standalone import standalone

Opened = Callable[..., Page]


class Watched:
    """What a tab says and asks for, and should not."""

    def __init__(self, tab: Page) -> None:
        self.faults: list[str] = []
        tab.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        tab.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        tab.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        tab.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:", "about:")):
            self.faults.append(f"request: {url}")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser without a page, who does not want things to move."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def opened(context: BrowserContext, tmp_path: Path) -> Iterator[Opened]:
    """Opens the standalone file of a scene from disk. At the end nothing was fetched, and nothing went wrong."""
    watched: list[Watched] = []

    def open_file(shown: Scene, present: bool = False) -> Page:
        path = tmp_path / f"picture{len(watched)}.html"
        path.write_text(standalone(shown, present), encoding="utf-8")
        tab = context.new_page()
        watched.append(Watched(tab))
        tab.goto(path.as_uri())
        tab.locator(".picture").wait_for()
        return tab

    yield open_file
    assert [fault for row in watched for fault in row.faults] == []


@pytest.fixture
def mounted(context: BrowserContext) -> Iterator[Opened]:
    """Puts a scene (as JSON) into a page of ours as the page and a notebook do; the handle is `viewer` there."""
    tab = context.new_page()
    watched = Watched(tab)
    script, style = viewer_script(), viewer_file("viewer.css")

    def mount(shown: str, listens: bool = False) -> Page:
        tab.set_content("<input id='outside'><div id='root'></div>")
        expose = "Object.assign(window, { mount, numberText, typedNumber, pythonText, safePicture });"
        tab.add_script_tag(content=f"{script}\n{expose}", type="module")
        tab.wait_for_function("Boolean(window.mount)")
        tab.evaluate(
            """([scene, css, listens]) => {
                const root = document.getElementById('root').attachShadow({ mode: 'open' });
                window.told = [];
                const onInput = listens ? (name, value) => window.told.push([name, value]) : undefined;
                window.kept = {};
                window.viewer = mount(root, JSON.parse(scene), { css, onInput, storage: window.kept });
            }""",
            [shown, style, listens],
        )
        return tab

    yield mount
    assert watched.faults == []
