"""What the README shows is run: its commands here, its Python sessions as doctests."""

import argparse
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from graphviz_utils import load_scenario, read_scenario, run
from graphviz_utils.cli.arguments import parser
from tests.conftest import ROOT, free_port, served

README = (ROOT / "README.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str, text: str = README) -> list[str]:
    return [body for tag, body in _FENCE.findall(text) if tag == language]


COMMANDS = [line for block in _blocks("sh") for line in block.splitlines()]
UNWALLED = "Safety level: limits only"
"""What the doctor says, and fails with, where the kernel keeps programs from nothing."""
OURS = [command for command in COMMANDS if command.startswith("python -m graphviz_utils ")]
WINDOWS = [line for block in _blocks("bat") for line in block.splitlines()]
PROGRAMS = [
    *(block for block in _blocks("python") if "# /// script" in block),
    *(block for block in _blocks("python", (ROOT / "docs/scenarios.md").read_text("utf-8")) if "# /// script" in block),
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the repository has, in which commands may leave files."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("graphviz_utils", "scenarios", "requirements.txt", "app.py", "Makefile"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_commands_of_the_terminal_do_what_they_say(clone: Path) -> None:
    """In their order: one reads the file that another wrote."""
    for command in OURS:
        words = [sys.executable, *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=clone, capture_output=True, text=True, check=False)

        said = "graphviz_utils: This run began with other numbers than the text: x.\n" if "--set" in words else ""
        assert done.returncode == 0 or ("doctor" in words and UNWALLED in done.stdout), (command, done.stderr)
        assert done.stderr == said, command
        if "-o" in words:
            assert (clone / words[words.index("-o") + 1]).stat().st_size > 100


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_is_shown_runs_alone_and_keeps_its_claims(program: str, tmp_path: Path) -> None:
    file = tmp_path / "shown.py"
    file.write_text(program, encoding="utf-8")
    alone = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    trace = run(load_scenario(file)).trace

    assert (alone.returncode, alone.stderr) == (0, "")
    assert trace is not None
    assert trace.cells[-1].verdict is True
    assert all(claim.verdict for claim in trace.claims)


def test_the_story_that_is_shown_is_the_one_that_is_read() -> None:
    assert read_scenario(PROGRAMS[0]).story.startswith("`x` is used three times.")


def test_make_run_serves_the_page(tmp_path: Path) -> None:
    if not (ROOT / ".venv/.run-stamp").exists():
        pytest.skip("make run would install everything first; make test has done so")
    assert "make run" in COMMANDS
    port = free_port()
    with served(["make", "run", f"PORT={port}"], f"http://127.0.0.1:{port}", tmp_path / "log.txt"):
        pass

    assert f"http://127.0.0.1:{port}" in (tmp_path / "log.txt").read_text(encoding="utf-8")


def test_the_lines_without_make_install_and_start_the_same(tmp_path: Path) -> None:
    """Nothing is installed twice: pip says what it would do in the environment that runs the tests."""
    venv, install, start = next(block.splitlines() for block in _blocks("sh") if "-m venv" in block)
    subprocess.run([sys.executable, *shlex.split(venv)[1:-1], "--without-pip", tmp_path / ".venv"], check=True)
    pip = [sys.executable, *shlex.split(install)[1:], "--dry-run", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(pip, cwd=ROOT, env={**os.environ, "PIP_NO_INDEX": "1"}, check=False)

    assert (tmp_path / ".venv/bin/python").exists()
    assert done.returncode == 0
    assert shlex.split(start)[1:] == ["-m", "streamlit", "run", "app.py"]


def test_windows_is_told_the_same_lines() -> None:
    unix = next(block.splitlines() for block in _blocks("sh") if "-m venv" in block)
    translated = [line.replace("py -3 ", "python3 ").replace(".venv\\Scripts\\", ".venv/bin/") for line in WINDOWS]

    assert translated == unix


def test_every_command_that_is_shown_is_run_by_a_test() -> None:
    makes = {"make run", "make test", "PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make run"}
    plain = set(next(block.splitlines() for block in _blocks("sh") if "-m venv" in block))

    assert set(COMMANDS) == makes | plain | set(OURS)


@pytest.mark.parametrize("target", re.findall(r"`?make (\w[\w-]*)", README))
def test_every_target_that_is_named_exists(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_file_that_is_linked_exists(link: str) -> None:
    assert (ROOT / link).is_file()


def test_every_command_and_option_of_the_command_line_is_told() -> None:
    told = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    root = parser()
    (commands,) = [each.choices for each in root._actions if isinstance(each, argparse._SubParsersAction)]
    options = {name for each in (root, *commands.values()) for name in each._option_string_actions}

    table = told.partition("\n## ")[0]

    assert set(re.findall(r"^\| `([a-z]+)[ `]", table, re.MULTILINE)) == set(commands)
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", told)) - {"-m"} == options - {"-h"}
