"""The nginx configuration that we ship lets in who should come, and nobody else."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.deploy.front import NAME, Front, in_front_of, login

pytestmark = pytest.mark.xdist_group("browser")  # one page serves them all

HEALTH = "/_stcore/health"


@pytest.fixture(scope="module")
def front(page_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx before one replica that sits on both chairs."""
    port = urlsplit(page_url).port
    assert port is not None
    with in_front_of((port, port), tmp_path_factory.mktemp("front")) as front:
        yield front


def test_who_has_the_password_sees_the_page(front: Front) -> None:
    answer = front.ask("GET", "/", {"Host": front.host, "Authorization": login()})

    assert answer.status == 200
    assert b"<title>Streamlit</title>" in answer.body


@pytest.mark.parametrize("path", ["/", HEALTH, "/_stcore/stream", "/_stcore/upload_file/a/b", "/media/a.png"])
def test_who_has_no_password_sees_nothing(front: Front, path: str) -> None:
    assert front.ask("GET", path, {"Host": front.host}).status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.nip.io", "localhost"])
@pytest.mark.parametrize("plain", [False, True], ids=["tls", "plain"])
def test_who_comes_by_another_name_gets_no_answer(front: Front, host: str, plain: bool) -> None:
    """The connection is closed without a word."""
    with pytest.raises(ConnectionError):
        front.ask("GET", "/", {"Host": host, "Authorization": login()}, plain=plain)


def test_who_comes_without_tls_is_sent_to_the_same_place_with_it(front: Front) -> None:
    answer = front.ask("GET", "/?scenario=01_polynomial", {"Host": NAME}, plain=True)

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/?scenario=01_polynomial")


@pytest.mark.parametrize("path", ["/", HEALTH, "/_stcore/stream", "/_stcore/upload_file/a/b"])
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3000", f"https://{NAME}.evil.example"]
)
def test_a_foreign_page_is_refused_everywhere(front: Front, path: str, origin: str) -> None:
    headers = {"Host": front.host, "Authorization": login(), "Origin": origin}

    assert front.ask("GET", path, headers).status == 403


def test_the_page_s_own_origin_is_let_in(front: Front) -> None:
    headers = {"Host": front.host, "Authorization": login(), "Origin": front.url}

    assert front.ask("GET", HEALTH, headers).status == 200


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/script-health-check"])
def test_what_replicas_say_of_themselves_stays_inside(front: Front, path: str) -> None:
    assert front.ask("GET", path, {"Host": front.host, "Authorization": login()}).status == 404


def test_no_other_site_may_show_the_page_in_a_frame(front: Front) -> None:
    answer = front.ask("GET", "/", {"Host": front.host, "Authorization": login()})

    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_a_visitor_is_given_one_seat_and_keeps_it(front: Front) -> None:
    headers = {"Host": front.host, "Authorization": login()}
    cookies = front.ask("GET", "/", headers).headers.get_all("Set-Cookie") or []
    (seat,) = (cookie for cookie in cookies if cookie.startswith("graphviz_utils_seat="))
    again = front.ask("GET", "/", {**headers, "Cookie": seat.partition(";")[0]}).headers.get_all("Set-Cookie") or []

    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(seat.split("; "))
    assert not any(cookie.startswith("graphviz_utils_seat=") for cookie in again)


def test_a_long_program_fits_into_a_link(front: Front) -> None:
    """The page keeps links of up to 6,000 characters in the address."""
    path = "/?code=" + "a" * 6000

    assert front.ask("GET", path, {"Host": front.host, "Authorization": login()}).status == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_read(front: Front) -> None:
    headers = {"Host": front.host, "Authorization": login(), "Content-Length": str(35 * 1024 * 1024)}

    assert front.ask("PUT", "/_stcore/upload_file/a/b", headers).status == 413


def test_the_shipped_file_is_rendered_and_not_copied(front: Front, tmp_path: Path) -> None:
    """What runs differs from what we ship in ports and folders only."""
    shipped = (Path(__file__).parents[2] / "deploy/nginx.conf").read_text(encoding="utf-8").splitlines()
    here = (front.log.parent / "site.conf").read_text(encoding="utf-8").splitlines()
    changed = [line.split()[0] for line, other in zip(shipped, here, strict=True) if line != other]

    assert set(changed) <= {"listen", "server", "ssl_certificate", "ssl_certificate_key", "auth_basic_user_file", "#"}
