"""Scenes of small runs, and a tab in which the file of one was opened from disk."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from graphviz_utils.running import run
from graphviz_utils.scenario import load_scenario, read_scenario
from graphviz_utils.viewer import Scene, scene
from graphviz_utils.viewer.assets import viewer_file, viewer_script
from graphviz_utils.viewer.standalone import standalone

ROOT = Path(__file__).parents[2]

Opened = Callable[..., Page]

TWICE = """import torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
y.backward(torch.tensor(100.0))
"""
MATRICES = """import torch
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([5.0, 6.0])
loss = (A @ v).sum()
loss.backward()
"""
LARGE = """import torch
W = torch.linspace(-1.0, 2.0, 600).reshape(20, 30).requires_grad_()
loss = W.sum()
loss.backward()
"""
LONG = """import torch
x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(40):
    y = y.sin()
y.backward()
"""
HOSTILE = """import torch
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
F.__name__ = '<img src=x onerror=alert(1)>'
x = torch.tensor(float('nan'), requires_grad=True)
globals()['</script><b onclick=alert(1)>'] = y = F.apply(x)
y.backward()
"""


@cache
def scene_of_program(source: str) -> Scene:
    """What the viewer is told of a program."""
    outcome = run(read_scenario(source, "program.py"))
    assert outcome.trace is not None, outcome.message
    return scene(outcome.trace)


@cache
def polynomial() -> Scene:
    """The first scenario: y = 2x⁴ + x³ + 3x² + 5x + 1 at x = 2, where y = 63 and dy/dx = 64 + 12 + 12 + 5."""
    outcome = run(load_scenario(ROOT / "scenarios" / "01_polynomial.py"))
    assert outcome.trace is not None, outcome.message
    return scene(outcome.trace)


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
