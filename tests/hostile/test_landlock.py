"""Landlock alone keeps a process from files, networks and other processes, as far as its version goes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from graphviz_utils.running.kernel import landlock_version

ROOT = Path(__file__).parents[2]
VERSION = landlock_version()

pytestmark = pytest.mark.skipif(not VERSION, reason="this system has no Landlock")


def walled_in(action: str) -> str:
    """How `action` ends behind Landlock, as the name of its error; empty if nothing stood in its way."""
    program = f"""
import os, socket
from graphviz_utils.running.kernel import deny_files_and_networks, gain_nothing_new, landlock_version
gain_nothing_new()
deny_files_and_networks(landlock_version())
try:
    {action}
except OSError as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "action",
    [
        "open('{folder}/there')",
        "open('{folder}/there', 'a')",
        "open('{folder}/new', 'w')",
        "os.listdir('{folder}')",
        "os.unlink('{folder}/there')",
        "os.mkdir('{folder}/new')",
        "os.symlink('a', '{folder}/new')",
        "os.execv('/bin/true', ['true'])",
    ],
)
def test_files_are_out_of_reach(action: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("")

    assert walled_in(action.format(folder=tmp_path)) == "PermissionError"


def test_computing_goes_on() -> None:
    assert walled_in("sum(range(10))") == ""


@pytest.mark.skipif(VERSION < 4, reason="this Landlock knows no networks")
def test_networks_are_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert walled_in(f"socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}))") == "PermissionError"
    assert walled_in("socket.create_server(('127.0.0.1', 0))") == "PermissionError"


@pytest.mark.skipif(VERSION < 6, reason="this Landlock knows no scopes")
def test_other_processes_are_out_of_reach() -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0graphviz-utils-{os.getpid()}")
        listener.listen()

        assert walled_in(f"os.kill({os.getpid()}, 0)") == "PermissionError"
        address = f"'\\0graphviz-utils-{os.getpid()}'"
        assert walled_in(f"socket.socket(socket.AF_UNIX).connect({address})") == "PermissionError"
