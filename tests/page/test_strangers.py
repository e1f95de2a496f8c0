"""A stranger's file in a real browser: whatever it calls things, it is read, and leads nobody anywhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORY = r"""
Read me. ![i](http://evil.test/1.png) [a](http://evil.test) [j](javascript:alert(1)) <http://evil.test> <irc:evil.test>
https://evil.test _https://evil.test https&#58;//evil.test www.evil.test www&#46;evil.test a@evil.test https\://evil.test

[r][s] ![r][s] [^1] :material/delete: :red[red ![x](http://evil.test/2.png)] :blue-badge[b] :smile:

[s]: http://evil.test/3.png

[^1]: A note, see http://evil.test

<img src="http://evil.test/4.png" onerror="alert(1)"> <script>alert(1)</script> <iframe src="http://evil.test"></iframe>

$\href{javascript:alert(1)}{x}$ $\url{http://evil.test}$ $\includegraphics{http://evil.test/5.png}$
$\htmlStyle{background:url(http://evil.test/6.png)}{x}$

| a | [b](http://evil.test) |
|---|---|
| ![c](http://evil.test/7.png) | d |

```mermaid
graph TD; A-->B; click A "http://evil.test"
```

$x_1^2$ The end.
"""
WORDS = "<img src=http://evil.test/8.png onerror=alert(1)> [a](http://evil.test) :red[x] **b** $y$ </script> \"'"
PROGRAM = f'''# /// script
# dependencies = ["torch"]
# [tool.graphviz_utils]
# title = "T: ![t](http://evil.test/9.png) <b>bold</b> :red[x]"
# tags = ["<img src=http://evil.test/10.png>"]
# [tool.graphviz_utils.closed_forms]
# x = "2 + 0 * len('<img src=http://evil.test/11.png>')"
# ///
r"""{STORY}"""
import torch

# %% {WORDS}
words = {WORDS!r}
x = torch.tensor(3.0, requires_grad=True)
globals()[words] = x * 2
print(words)
words

# %% Backward
globals()[words].backward()

# %% Fails
raise type(words[:40], (ValueError,), {{}})(words)
'''


@pytest.fixture
def tab(browser: Browser, page_url: str) -> Iterator[Page]:
    """A fresh tab which may talk to the page only, and in which nobody may ask anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    tab = context.new_page()
    wrong: list[str] = []

    def refused(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    host = urlsplit(page_url).netloc
    tab.on("dialog", refused)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: wrong.append(request.url) if _is_foreign(request.url, host) else None)
    yield tab
    context.close()
    assert wrong == []


def _is_foreign(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != host


def test_a_stranger_s_program_shows_words_and_mathematics_only(tab: Page, page_url: str, tmp_path: Path) -> None:
    file = tmp_path / "<img onerror=alert(1)> [x](http:evil.test).py"
    file = file if _can_be(file) else tmp_path / "mine.py"
    file.write_text(PROGRAM, encoding="utf-8")
    tab.goto(f"{page_url}/?torchviz=true")
    tab.locator(".viewer:not(.stale) .stage svg").first.wait_for()
    tab.get_by_role("button", name="Open file").click()
    tab.locator('input[type="file"]').set_input_files(file)
    expect(tab.locator("p").filter(has_text="The end.")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.locator(".st-key-run button").click()
    expect(tab.get_by_text("The program stopped on line")).to_be_visible()
    tab.locator(".katex").first.wait_for()
    tab.wait_for_timeout(1_000)  # whatever would be fetched late

    main = tab.get_by_test_id("stMain")
    addresses = main.evaluate(
        """main => [...main.querySelectorAll('[href], [src], [srcset], [action], object, embed, iframe')]
            .map(found => found.getAttribute('href') ?? found.getAttribute('src') ?? found.tagName)"""
    )
    assert [address for address in addresses if not address.startswith(("#", "data:", "blob:"))] == []
    handlers = "main => [...main.querySelectorAll('*')].flatMap(e => [...e.attributes]).map(a => a.name)"
    assert not [name for name in main.evaluate(handlers) if name.startswith("on")]
    expect(main.locator("p").filter(has_text="<script>alert(1)</script>")).to_be_visible()


def _can_be(file: Path) -> bool:
    """Whether this system lets a file be called so."""
    try:
        file.touch()
    except OSError:
        return False
    return True
