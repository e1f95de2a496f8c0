"""By which names and from which pages the server is used: a table of Host and Origin against every way in."""

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.xdist_group("browser")  # one page serves them all

OWN = ("127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}")
FOREIGN = ("evil.example", "evil.example:{port}", "127.0.0.1.nip.io:{port}", "127.0.0.1@evil.example", "localhost.evil")
STREAM = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/session/file"
KNOCK = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
}
"""What a browser says when it asks for a socket."""


def ask(page_url: str, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """What the server answers; its body is not read, for a socket has none."""
    address = urlsplit(page_url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    with closing(connection):
        connection.putrequest(method, path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value.format(port=address.port))
        connection.endheaders()
        with closing(connection.getresponse()) as answer:
            return answer


def socket_status(page_url: str, host: str, origin: str | None) -> int:
    """101 if a page of `origin` that came by the name `host` is given a socket."""
    return ask(page_url, "GET", STREAM, {"Host": host, **KNOCK, **({"Origin": origin} if origin else {})}).status


@pytest.mark.parametrize("host", OWN)
def test_the_page_itself_is_given_its_socket(page_url: str, host: str) -> None:
    assert socket_status(page_url, host, f"http://{host}") == 101


@pytest.mark.parametrize("origin", [None, "own", "http://evil.example", "null", "http://localhost:{port}"])
@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_never_gets_a_socket(page_url: str, host: str, origin: str | None) -> None:
    assert socket_status(page_url, host, f"http://{host}" if origin == "own" else origin) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://localhost.evil", "null", "http://127.0.0.1.nip.io"])
@pytest.mark.parametrize("host", OWN)
def test_a_foreign_page_never_gets_a_socket(page_url: str, host: str, origin: str) -> None:
    assert socket_status(page_url, host, origin) == 403


@pytest.mark.parametrize("origin", [None, "http://localhost:1", "http://127.0.0.1:1"])
@pytest.mark.parametrize("host", OWN)
def test_programs_and_pages_of_this_machine_get_a_socket(page_url: str, host: str, origin: str | None) -> None:
    """This is as open as Streamlit is, and told in SECURITY.md; deploy/nginx.conf refuses such pages."""
    assert socket_status(page_url, host, origin) == 101


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:{port}", "http://evil.example", "null"])
@pytest.mark.parametrize("host", [*OWN, *FOREIGN])
def test_an_upload_without_its_token_is_refused(page_url: str, host: str, origin: str | None, method: str) -> None:
    headers = {"Host": host, "Content-Length": "0", **({"Origin": origin} if origin else {})}

    assert ask(page_url, method, UPLOAD, headers).status == 403


def test_an_upload_with_a_token_of_one_s_own_making_is_refused(page_url: str) -> None:
    """The token is compared with a cookie; without a session that it belongs to, nothing is kept."""
    cookie = ask(page_url, "GET", "/_stcore/health", {"Host": OWN[0]}).headers["Set-Cookie"].partition(";")[0]
    token = cookie.partition("=")[2]
    headers = {"Host": OWN[0], "Content-Length": "0"}

    assert ask(page_url, "PUT", UPLOAD, {**headers, "X-Xsrftoken": token}).status == 403
    assert ask(page_url, "PUT", UPLOAD, {**headers, "X-Xsrftoken": token, "Cookie": cookie}).status == 400
    assert ask(page_url, "POST", UPLOAD, {**headers, "X-Xsrftoken": token, "Cookie": cookie}).status == 405


@pytest.mark.parametrize("path", ["/media/0.png", "/media/..%2f..%2fapp.py", "/component/x/../../app.py"])
@pytest.mark.parametrize("host", [OWN[0], FOREIGN[0]])
def test_files_of_the_server_and_of_others_cannot_be_guessed(page_url: str, host: str, path: str) -> None:
    answer = ask(page_url, "GET", path, {"Host": host})

    assert answer.status in (400, 404)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.nip.io"])
@pytest.mark.parametrize("host", [OWN[0], FOREIGN[0]])
def test_no_answer_may_be_read_by_a_foreign_page(page_url: str, host: str, origin: str, path: str) -> None:
    """They are given, since Streamlit looks at names for the socket only, and hold nothing of anybody."""
    answer = ask(page_url, "GET", path, {"Host": host, "Origin": origin})

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] is None


def test_no_other_site_may_steer_the_page_from_around_a_frame(page_url: str) -> None:
    """Streamlit would otherwise obey messages of pages at its makers' own hosting."""
    address = urlsplit(page_url)
    assert address.hostname is not None
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=20)) as connection:
        connection.request("GET", "/_stcore/host-config")
        told = json.loads(connection.getresponse().read())

    assert told["allowedOrigins"] == []
