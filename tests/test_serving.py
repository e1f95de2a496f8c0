"""How the page is served: to this machine only, in the colours of its pictures."""

import http.client
import tomllib
from urllib.parse import urlsplit

import pytest

from graphviz_utils.dot.palette import PALETTES
from graphviz_utils.model import Theme
from tests.conftest import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
_SWITCHING = 101


def _knock(page_url: str, host: str, origin: str) -> int:
    """What the page answers a browser that came by the name `host` from a page of `origin` and asks for its socket."""
    address = urlsplit(page_url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    headers = {"Host": f"{host}:{address.port}", "Origin": f"{origin}:{address.port}", "Upgrade": "websocket"}
    headers |= {"Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_let_in(page_url: str, host: str) -> None:
    assert _knock(page_url, host, f"http://{host}") == _SWITCHING


def test_a_foreign_name_that_points_here_is_refused(page_url: str) -> None:
    """DNS rebinding: the name is the attacker's, the address is this machine's."""
    assert _knock(page_url, "attacker.example", "http://attacker.example") != _SWITCHING


def test_a_foreign_page_is_refused(page_url: str) -> None:
    assert _knock(page_url, "127.0.0.1", "http://attacker.example") != _SWITCHING


def test_nothing_is_asked_and_nothing_is_told_about_the_visitor() -> None:
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_wears_the_colours_of_its_pictures(theme: Theme) -> None:
    worn, palette = CONFIG["theme"][theme], PALETTES[theme]

    colours = worn["backgroundColor"], worn["textColor"], worn["blueColor"], worn["orangeColor"]

    assert colours == (palette.ground, palette.ink, palette.value, palette.grad)
