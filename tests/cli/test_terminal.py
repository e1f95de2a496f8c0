"""Whatever a program or a file is called and says, a terminal shows it and obeys nothing."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from graphviz_utils.cli import main
from graphviz_utils.cli.saying import on_one_line, say, say_wrong, write_out
from graphviz_utils.model import Check, Deduction, Proof
from tests.building import Run, from_node
from tests.hostile_words import WORDS, run_that_says

ESCAPES = "\x1b]0;owned\x07\x1b[31m \x9b2J \u202egnp.exe \u2066 \x7f \r"


class Terminal(io.TextIOWrapper):
    """A terminal: what is written to it, byte for byte."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace")

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def sat_at(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal, to which both streams go from now on."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def acts(shown: str) -> str:
    """The characters that a terminal would obey."""
    return "".join(sign for sign in shown if not sign.isprintable() and sign != "\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
@example(words=ESCAPES)
def test_what_is_said_is_one_line_that_shows(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = sat_at(monkeypatch)
    say(words)
    say_wrong(words)

    assert acts(terminal.shown()) == ""
    assert terminal.shown().count("\n") == 2


@given(words=WORDS)
def test_words_that_show_are_said_as_they_are(words: str) -> None:
    flat = " ".join(words.split())

    assert on_one_line(flat) == flat or not flat.isprintable() or len(flat) > 1000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(words=WORDS)
def test_a_record_on_a_terminal_only_shows(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = sat_at(monkeypatch)
    write_out(run_that_says(words).to_json().encode())

    assert acts(terminal.shown()) == ""


def test_a_record_into_a_pipe_is_left_as_it_is(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_out("é \x9b2J \u202e".encode())

    assert capsysbinary.readouterr().out == "é \x9b2J \u202e".encode()


@pytest.mark.parametrize("command", ["draw", "run", "explain", "prove", "check", "list"])
def test_every_command_keeps_a_hostile_program_from_the_terminal(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of its file and variables, its claim, output, warning and error are full of what terminals obey."""
    monkeypatch.chdir(tmp_path)
    spelled = ascii(ESCAPES)
    file = tmp_path / "a\x1b[31m\u202egnp.py"
    file.write_text(
        f'# /// script\n# [tool.graphviz_utils]\n# title = "T"\n# [tool.graphviz_utils.closed_forms]\n'
        f"# x = \"2 + len('<\u202e>')\"\n# ///\nimport torch, warnings\n"
        f"x = torch.tensor(3.0, requires_grad=True)\nglobals()[{spelled}] = x * 2\n(x * 2).backward()\n"
        f"print({spelled})\nwarnings.warn({spelled})\nraise type({spelled}, (ValueError,), {{}})({spelled})\n",
        encoding="utf-8",
    )

    terminal = sat_at(monkeypatch)
    main([command, str(tmp_path if command == "list" else file.name)])

    assert len(terminal.shown()) > 20
    assert acts(terminal.shown()) == ""


@pytest.mark.parametrize(
    "arguments", [["draw", "-o", "-", "--all"], ["explain"], ["explain", "--latex"], ["explain", "--json"], ["prove"]]
)
def test_a_forged_record_is_kept_from_the_terminal(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its names, its closed form and the steps to it say is full of what terminals obey."""
    monkeypatch.chdir(tmp_path)
    run = Run(ESCAPES, ESCAPES)
    leaf = run.leaf(ESCAPES, 2.0)
    node = run.op("SinBackward0", from_node("self", 0, leaf), data=1.0, label=ESCAPES, variable=ESCAPES)
    run.backward(node, line=1, order=(node, leaf), edges=((node, 0, 1.0),))
    check = Check("differences", "equal", ESCAPES, latex=ESCAPES, deductions=(Deduction(ESCAPES, None, ESCAPES),))
    trace = replace(run.trace(), proofs=(Proof(leaf, ESCAPES, 0, None, (check,)),))
    trace.save(tmp_path / "run.json")

    command, *options = arguments
    terminal = sat_at(monkeypatch)
    main([command, "run.json", *options])

    assert len(terminal.shown()) > 100
    assert acts(terminal.shown()) == ""


def test_check_names_each_line_of_a_failing_program_that_cannot_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fails.py").write_text("import torch\nx = 1 / 0\nopen('data.csv')\nimport requests\n")

    terminal = sat_at(monkeypatch)
    assert main(["check", "fails.py"]) == 1
    assert terminal.shown().splitlines()[1:4] == [
        "      ZeroDivisionError on line 2: division by zero",
        "      line 3: files cannot be opened here (open); write the data into the program",
        "      line 4: requests is not available here; torch, numpy and Python's standard library are",
    ]
