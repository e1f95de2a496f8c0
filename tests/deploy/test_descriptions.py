"""What the unit, the container file and the manifest say is understood, and the page starts from what they name."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, free_port, served

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "graphviz_utils@.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that exists."""
    path = tmp_path / "graphviz_utils@8501.service"
    path.write_text(UNIT.replace("/opt/graphviz_utils/.venv/bin/python", sys.executable))
    return path


@needs_systemd
def test_systemd_understands_every_line_of_the_unit(unit: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)

    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


@needs_systemd
def test_systemd_finds_the_unit_little_exposed(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a file")

    assert done.returncode == 0, done.stdout


@needs_systemd
def test_the_unit_allows_the_calls_that_walls_are_made_of() -> None:
    """Which calls `@system-service` stands for depends on the systemd; these it may lack."""
    known = _calls("@system-service")
    named = {word for line in re.findall(r"^SystemCallFilter=(.*)", UNIT, re.MULTILINE) for word in line.split()}
    needed = {"seccomp", "landlock_create_ruleset", "landlock_restrict_self", "pidfd_open", "pidfd_send_signal"}

    assert needed | {"clone", "prctl", "setrlimit", "prlimit64"} <= known | named


def _calls(group: str) -> set[str]:
    """The system calls in a group, and in the groups in it."""
    done = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    names = {line.strip() for line in done.stdout.splitlines() if line.startswith("  ") and "#" not in line}
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*map(_calls, inner))


def test_a_program_that_eats_all_memory_does_not_end_the_page_with_it() -> None:
    assert "\nOOMPolicy=continue\n" in UNIT


def test_the_page_starts_from_what_the_container_holds(tmp_path: Path) -> None:
    """With the settings of the container, but for the address: this test listens on loopback only."""
    for source, target in re.findall(r"^COPY ([\w./]+) ([\w./]+)$", CONTAINER.partition("WORKDIR")[2], re.MULTILINE):
        inside = tmp_path / (source if target == "." else target)
        shutil.copytree(ROOT / source, inside) if (ROOT / source).is_dir() else shutil.copy(ROOT / source, inside)
    settings = dict(re.findall(r"(STREAMLIT_\w+)=(\S+)", CONTAINER))
    command = json.loads(re.findall(r"^CMD (\[.*\])$", CONTAINER, re.MULTILINE)[0])
    port = free_port()
    settings |= {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "STREAMLIT_SERVER_PORT": str(port)}
    start = f"import os; os.chdir({str(tmp_path)!r}); os.environ.update({settings}); "
    start += f"os.execv({sys.executable!r}, {[sys.executable, *command[1:]]})"

    with served([sys.executable, "-c", start], f"http://127.0.0.1:{port}", tmp_path / "log.txt"):
        pass


def test_the_container_takes_pytorch_in_the_version_that_is_tested() -> None:
    (pattern,) = re.findall(r"grep -o '(.*?)' requirements.txt", CONTAINER)
    pinned = re.findall(pattern, (ROOT / "requirements.txt").read_text(), re.MULTILINE)

    assert len(pinned) == 1
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+", pinned[0])


def test_nothing_in_the_container_runs_as_root() -> None:
    last = CONTAINER.rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["65532:65532"]
    assert "RUN" not in last.partition("\nUSER ")[2]


@needs_kubectl
def test_kubernetes_knows_every_field_of_the_deployment() -> None:
    """kubectl drops what it does not know as it reads a deployment to change it, and nothing as it labels one."""
    written = _by_kubectl("label", "checked=yes")
    understood = _by_kubectl("set", "env", "CHECKED=yes")

    assert list(_lost(written["spec"], understood["spec"])) == []


@needs_kubectl
def test_the_pod_is_held_to_what_the_document_says() -> None:
    pod = _by_kubectl("label", "checked=yes")["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [volume["mountPath"] for volume in container["volumeMounts"]] == ["/tmp"]
    assert {probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")} == {
        "/_stcore/health"
    }


def _by_kubectl(*command: str) -> dict[str, Any]:
    """The manifest's deployment after a change on paper; the other objects may not be of the kind to be changed so."""
    words = ["kubectl", *command, "--local", "-f", str(DEPLOY / "kubernetes.yaml"), "-o", "json"]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "KUBECONFIG": ""}, check=False)
    first: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout)[0]
    return first


def _lost(written: Any, understood: Any, path: str = "") -> Any:
    """The paths of what is written and was not understood."""
    if isinstance(written, dict):
        for name, value in written.items():
            there = isinstance(understood, dict) and name in understood
            yield from _lost(value, understood[name], f"{path}/{name}") if there else [f"{path}/{name}"]
    elif isinstance(written, list):
        for number, value in enumerate(written):
            yield from _lost(value, understood[number], f"{path}/{number}")
    elif written != understood:
        yield path
