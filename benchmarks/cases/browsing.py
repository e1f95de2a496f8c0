"""Scenario 1 on the served page in a real browser: from a key or an input to the new picture; no size is used."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.classroom.programs import NAMES, edits
from benchmarks.classroom.serving import served
from tests.browser import CHROMIUM_FLAGS, found

_WARM_UPS, _REPETITIONS = 3, 20
_LISTENER = """() => {
  const root = [...document.querySelectorAll('*')].map(element => element.shadowRoot ?? element)
    .find(place => place instanceof ShadowRoot && place.querySelector('.viewer')) ?? document.body;
  const shown = () => root.querySelector('.viewer:not(.stale)')?.getAttribute('aria-label');
  const before = shown();
  window.waited = new Promise(resolve => {
    let pressed = 0;
    const isEnd = event => event.type === 'input' || event.key === 'Enter';
    for (const kind of ['keydown', 'input'])
      addEventListener(kind, event => { if (isEnd(event)) pressed = performance.now(); }, true);
    new MutationObserver((_, observer) => {
      const now = shown();
      if (!pressed || !now || now === before) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - pressed));
    }).observe(root, {subtree: true, childList: true, attributes: true});
  });
}"""


@contextmanager
def _opened() -> Iterator[Page]:
    """The page with the picture of scenario 1, as a visitor sees it."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder, "log")) as server, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found(), args=list(CHROMIUM_FLAGS))
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        tab.goto(f"http://{server.address}")
        tab.locator(".viewer:not(.stale) svg").first.wait_for(timeout=60_000)
        yield tab
        browser.close()


def _pressed(tab: Page, code: str) -> float:
    """Seconds from the press to the frame that shows the new picture, as the browser's own clock has it."""
    tab.get_by_role("textbox", name="Code").fill(code)
    tab.wait_for_timeout(300)
    tab.evaluate(_LISTENER)
    tab.keyboard.press("Control+Enter")
    return float(tab.evaluate("window.waited")) / 1e3


def _given(tab: Page, number: float) -> float:
    """The same from a number typed into the field beside the picture, the viewer's pause for further keys included."""
    tab.wait_for_timeout(300)
    tab.evaluate(_LISTENER)
    tab.get_by_role("spinbutton", name="x", exact=True).fill(str(number))
    return float(tab.evaluate("window.waited")) / 1e3


def _main() -> None:
    programs, rounds = edits(NAMES[0], 0, 1), range(_WARM_UPS + _REPETITIONS)
    with _opened() as tab:
        tab.wait_for_timeout(3_000)  # the page tries its own safety when it starts
        if sys.argv[1] == "press":
            seconds = [_pressed(tab, next(programs).code) for _ in rounds]
        else:
            seconds = [_given(tab, 1 + number / 8) for number in rounds]
    print(json.dumps({"seconds": seconds[_WARM_UPS:], "facts": {}}))


if __name__ == "__main__":
    _main()
