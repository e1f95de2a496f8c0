"""The nginx that stands in front of replicas: the configuration we ship, with this machine's ports and files in it."""

import http.client
import os
import shlex
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from tests.browser import nginx
from tests.conftest import ROOT, free_port

__all__ = ["NAME", "PASSWORD", "USER", "Answer", "Front", "in_front_of", "login"]

NAME = "graphs.example.org"
USER, PASSWORD = "student", "correct horse"
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Front:
    """A running nginx: its ports, and where it writes which replica answered what."""

    tls: int
    plain: int
    log: Path

    @property
    def host(self) -> str:
        """What a browser calls it."""
        return f"{NAME}:{self.tls}"

    @property
    def url(self) -> str:
        """Where a browser finds it, once the name leads here."""
        return f"https://{self.host}"

    def ask(self, method: str, path: str, headers: Mapping[str, str], *, plain: bool = False) -> Answer:
        """What it answers; the `Host` comes from `headers`."""
        connection = self._connection(plain)
        with closing(connection):
            connection.putrequest(method, path, skip_host=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def _connection(self, plain: bool) -> http.client.HTTPConnection:
        if plain:
            return http.client.HTTPConnection("127.0.0.1", self.plain, timeout=_PATIENCE)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=_PATIENCE, context=trusting)

    def served_by(self, seat: str, path: str) -> list[str]:
        """Which replicas answered the visitor of this seat when `path` was asked for."""
        rows = (line.split("|") for line in self.log.read_text().splitlines())
        return [replica for asked, owner, replica in rows if (asked, owner) == (path, seat)]


def login() -> str:
    """The header that says who comes."""
    return "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@contextmanager
def in_front_of(replicas: tuple[int, int], folder: Path) -> Iterator[Front]:
    """The shipped configuration at work before the replicas at these ports, until the block ends."""
    program = nginx()
    if program is None:
        pytest.skip("no nginx was found: install one, or set NGINX to its path")
    front = Front(free_port(), free_port(), folder / "access.log")
    (folder / "site.conf").write_text(_rendered(front, replicas, folder))
    (folder / "nginx.conf").write_text(_around(front, folder))
    (folder / "graphviz_utils.users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    _certify(folder)
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with ExitStack() as stack:
        server = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL))
        stack.callback(server.terminate)
        _await(front.tls, server, folder / "error.log")
        yield front


def _rendered(front: Front, replicas: tuple[int, int], folder: Path) -> str:
    """What we ship; it is an error if something that is to be replaced does not stand in it."""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for shipped, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{front.tls} ssl"),
        ("listen 80", f"listen 127.0.0.1:{front.plain}"),
        ("server 127.0.0.1:8501", f"server 127.0.0.1:{replicas[0]}"),
        ("server 127.0.0.1:8502", f"server 127.0.0.1:{replicas[1]}"),
        ("/etc/nginx/", f"{folder}/"),
    ):
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


def _around(front: Front, folder: Path) -> str:
    """What a distribution's own nginx.conf would say around the shipped file."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return (
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1; pid {folder}/pid;\n"
        f"events {{}}\nhttp {{ {places}\n"
        "log_format seats '$request_uri|$cookie_graphviz_utils_seat|$upstream_addr';\n"
        f"access_log {front.log} seats;\ninclude {folder}/site.conf; }}\n"
    )


def _certify(folder: Path) -> None:
    """A certificate that nobody but this test trusts."""
    key, certificate = folder / "graphviz_utils.key", folder / "graphviz_utils.crt"
    words = shlex.split("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2")
    try:
        subprocess.run(
            [*words, "-subj", f"/CN={NAME}", "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("no openssl was found, which makes the certificate for this test")


def _await(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"nginx did not start:\n{log.read_text() if log.exists() else ''}")
            time.sleep(0.02)
