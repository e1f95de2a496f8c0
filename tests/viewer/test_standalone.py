"""The one file that holds everything."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from graphviz_utils.viewer.standalone import standalone
from tests.viewer.scenes import TWICE, scene_of_program


class Elements(HTMLParser):
    """The scripts of a page by their type, and every address that an attribute names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.addresses: list[str] = []
        self.policy, self.open = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.open = (given.get("type") or "") if tag == "script" else ""
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.scripts[self.open] = self.scripts.get(self.open, "") + data


def test_no_address_stands_in_the_file() -> None:
    page = Elements(standalone(scene_of_program(TWICE)))

    assert page.addresses == ["data:,"]


def test_only_the_script_of_the_file_may_run() -> None:
    page = Elements(standalone(scene_of_program(TWICE)))
    digest = base64.b64encode(hashlib.sha256(page.scripts["module"].encode()).digest()).decode()

    assert "default-src 'none'" in page.policy
    assert re.findall(r"script-src ([^;]+)", page.policy) == [f"'sha256-{digest}'"]


def test_the_scene_in_the_file_is_the_scene_whatever_its_words() -> None:
    words = "</script><script>alert(1)</script><!--<script>\u2028$title ${scene}"
    scene = replace(scene_of_program(TWICE), title=words, notes=(words,))

    page = standalone(scene)

    assert json.loads(Elements(page).scripts["application/json"]) == json.loads(scene.to_json())
    assert "\u2028" not in Elements(page).scripts["application/json"]
    assert "<script>alert" not in page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("deed", "refused"),
    [
        ("new Image().src = 'http://127.0.0.1:9/a.png'", "img-src"),
        ("fetch('http://127.0.0.1:9/').catch(() => 0)", "connect-src"),
        ("document.body.append(Object.assign(document.createElement('script'), { text: '1' }))", "script-src-elem"),
        ("document.body.setAttribute('onclick', '1')", "script-src-attr"),
    ],
)
def test_nothing_is_fetched_and_no_other_script_runs_even_if_asked(
    context: BrowserContext, tmp_path: Path, deed: str, refused: str
) -> None:
    path = tmp_path / "picture.html"
    path.write_text(standalone(scene_of_program(TWICE)), encoding="utf-8")
    tab = context.new_page()
    tab.goto(path.as_uri())
    told = "document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))"

    assert tab.evaluate(f"() => new Promise((resolve) => {{ {told}; {deed}; }})") == refused


def test_equal_scenes_give_equal_files() -> None:
    assert standalone(scene_of_program(TWICE)) == standalone(scene_of_program(TWICE))
