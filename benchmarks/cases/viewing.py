"""The viewer in a real browser, as a file opened from disk; the size is how often an LSTMCell is unrolled."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import graphviz_utils
from benchmarks.models import unrolled_cell
from graphviz_utils.viewer import scene, standalone
from tests.browser import CHROMIUM_FLAGS, found

_REPETITIONS = 40
_STEPPED = """async repetitions => {
  const frame = () => new Promise(requestAnimationFrame);
  const stage = document.querySelector('.viewer .stage');
  const seconds = [];
  for (let n = 0; n < repetitions; n += 1) {
    const begin = performance.now();
    stage.dispatchEvent(new KeyboardEvent('keydown', {key: n ? 'ArrowLeft' : 'End', bubbles: true}));
    await frame();
    seconds.push((performance.now() - begin) / 1e3);
  }
  return seconds.slice(1);
}"""
_CLICKED = """async repetitions => {
  const frame = () => new Promise(requestAnimationFrame);
  const nodes = [...document.querySelectorAll('.viewer .stage .node')];
  const inspector = document.querySelector('.viewer .inspector');
  const seconds = [];
  for (let n = 0; n < repetitions; n += 1) {
    const before = inspector.textContent;
    const begin = performance.now();
    nodes[(n * 7) % nodes.length].dispatchEvent(new MouseEvent('click', {bubbles: true}));
    await frame();
    if (inspector.textContent !== before) seconds.push((performance.now() - begin) / 1e3);
  }
  return seconds.slice(1);
}"""
_PAINTED = """() => new Promise(resolve => {
  const look = () => document.querySelector('.viewer .stage svg')
    ? requestAnimationFrame(() => resolve(performance.now() / 1e3)) : requestAnimationFrame(look);
  look();
})"""


@contextmanager
def _file(size: int) -> Iterator[tuple[str, int]]:
    """The address of a file with every node drawn, and how many there are."""
    _, _, loss = unrolled_cell(size)
    with graphviz_utils.record() as run:
        loss().backward()
    shown = scene(run.trace, graphviz_utils.Look(budget=100_000))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.html")
        path.write_text(standalone(shown), encoding="utf-8")
        yield path.as_uri(), len(shown.nodes)


def _step(tab: Page, address: str) -> list[float]:
    """From a key to the frame that shows the next step."""
    tab.goto(address)
    return list(tab.evaluate(_STEPPED, _REPETITIONS))


def _click(tab: Page, address: str) -> list[float]:
    """From a click on a node to the frame in which the inspector tells of it."""
    tab.goto(address)
    return list(tab.evaluate(_CLICKED, _REPETITIONS))


def _paint(tab: Page, address: str) -> list[float]:
    """From the opening of the file to the frame with the picture."""
    seconds = []
    for _ in range(6):
        tab.goto(address, wait_until="commit")
        seconds.append(float(tab.evaluate(_PAINTED)))
    return seconds[1:]


_WAYS: Mapping[str, Callable[[Page, str], list[float]]] = {"step": _step, "click": _click, "paint": _paint}


def _main() -> None:
    way, size = sys.argv[1], int(sys.argv[2])
    with _file(size) as (address, nodes), sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found(), args=list(CHROMIUM_FLAGS))
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        seconds = _WAYS[way](tab, address)
        browser.close()
    print(json.dumps({"seconds": seconds, "facts": {"nodes": nodes}}))


if __name__ == "__main__":
    _main()
