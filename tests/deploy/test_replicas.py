"""Two replicas behind nginx are one page: a link made at one opens at the other, and a visitor outlives a replica."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import CHROMIUM_FLAGS, found
from tests.conftest import free_port, served
from tests.deploy.front import NAME, PASSWORD, USER, Front, in_front_of, login

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINE = "import torch\n\na = torch.tensor(6.0, requires_grad=True)\nb = a * 7\nb.backward()\n"
STREAM = "/_stcore/stream"
_HEALTH = "/_stcore/health"


@dataclass(frozen=True, slots=True)
class House:
    """Two replicas behind one name; `stop` ends the one at a port."""

    front: Front
    replicas: dict[int, ExitStack]

    def seat_at(self, port: int) -> str:
        """A seat that nginx gives to the replica at `port`."""
        for number in count():
            seat = f"seat{number}"
            headers = {"Host": self.front.host, "Authorization": login(), "Cookie": f"graphviz_utils_seat={seat}"}
            self.front.ask("GET", _HEALTH, headers)
            if self.front.served_by(seat, _HEALTH) == [f"127.0.0.1:{port}"]:
                return seat
        raise AssertionError


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Told of its public name as the unit and the container tell it."""
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", NAME)
    with ExitStack() as stack:
        replicas = {free_port(): stack.enter_context(ExitStack()) for _ in range(2)}
        for port, ending in replicas.items():
            command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
            command.append("--server.headless=true")
            ending.enter_context(served(command, f"http://127.0.0.1:{port}", tmp_path / f"{port}.log"))
        first, second = replicas
        yield House(stack.enter_context(in_front_of((first, second), tmp_path)), replicas)


@contextmanager
def visitor(browser: Browser, front: Front, seat: str) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser of its own that finds the name here, has the password, and holds a seat."""
    executable = found()
    flags = [*CHROMIUM_FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    own = browser.browser_type.launch(executable_path=executable, args=flags)
    credentials = {"username": USER, "password": PASSWORD}
    context = own.new_context(ignore_https_errors=True, http_credentials=credentials)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": "graphviz_utils_seat", "value": seat, "url": front.url, "secure": True}])
    yield context, context.new_page()
    own.close()


def shown(tab: Page) -> str:
    """The picture of `MINE`."""
    viewer = tab.locator('.viewer:not(.stale)[aria-label*="b = 42"]')
    viewer.wait_for()
    return viewer.locator(".stage svg").first.inner_html()


def test_a_link_made_at_one_replica_opens_at_the_other(house: House, browser: Browser) -> None:
    one, other = house.replicas
    seats = house.seat_at(one), house.seat_at(other)
    with visitor(browser, house.front, seats[0]) as (_, tab):
        tab.goto(house.front.url)
        tab.locator(".viewer:not(.stale) .stage svg").first.wait_for()
        tab.get_by_role("textbox", name="Code").fill(MINE)
        tab.keyboard.press("Control+Enter")
        made = shown(tab)
        tab.get_by_role("button", name="Share").click()
        link = tab.get_by_test_id("stPopoverBody").locator("code").inner_text()
    with visitor(browser, house.front, seats[1]) as (_, tab):
        tab.goto(link)
        expect(tab.get_by_role("textbox", name="Code")).to_have_value(MINE, timeout=60_000)
        assert tab.locator(".viewer").count() == 0
        tab.get_by_role("button", name="Run").click()

        assert shown(tab) == made
    assert link.startswith(f"{house.front.url}/?")
    assert house.front.served_by(seats[0], STREAM) == [f"127.0.0.1:{one}"]
    assert house.front.served_by(seats[1], STREAM) == [f"127.0.0.1:{other}"]


def test_a_visitor_whose_replica_dies_goes_on_at_the_other(house: House, browser: Browser) -> None:
    one, other = house.replicas
    seat = house.seat_at(one)
    with visitor(browser, house.front, seat) as (_, tab):
        tab.goto(house.front.url)
        tab.locator(".viewer:not(.stale) .stage svg").first.wait_for()
        tab.get_by_role("textbox", name="Code").fill(MINE)
        tab.keyboard.press("Control+Enter")
        made = shown(tab)
        tab.wait_for_url("**code=**")

        house.replicas[one].close()
        tab.reload()
        expect(tab.get_by_role("textbox", name="Code")).to_have_value(MINE, timeout=60_000)
        tab.get_by_role("button", name="Run").click()

        assert shown(tab) == made
    assert house.front.served_by(seat, STREAM)[-1].endswith(f"127.0.0.1:{other}")
