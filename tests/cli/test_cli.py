"""The command line, as one types it."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import pytest
from pypdf import PdfReader

from graphviz_utils.cli import main
from graphviz_utils.model import Trace
from graphviz_utils.rendering import LayoutTimeoutError

ROOT = Path(__file__).parents[2]
READY = ROOT / "scenarios"
DOUBLE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = 2 * x\ny.backward()\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in, with one program in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "double.py").write_text(DOUBLE, encoding="utf-8")
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let `text` come from standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def wrong(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and what is said on standard error."""
    code = main(arguments)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("svg", b"<svg"),
        ("pdf", b"%PDF"),
        ("png", b"\x89PNG"),
        ("html", b"<!DOCTYPE html>"),
        ("gif", b"GIF89a"),
        ("zip", b"PK\x03\x04"),
        ("dot", b"digraph"),
        ("json", b"{"),
    ],
)
def test_the_end_of_the_output_says_what_is_written(format_: str, start: bytes, here: Path) -> None:
    assert main(["draw", "double.py", "-o", f"out.{format_}"]) == 0

    assert (here / f"out.{format_}").read_bytes().startswith(start)


def test_graphml_opens_in_networkx_with_the_nodes_of_the_graph(here: Path) -> None:
    main(["draw", "double.py", "-o", "out.graphml"])

    kinds = nx.get_node_attributes(nx.read_graphml(here / "out.graphml"), "kind")
    assert sorted(kinds.values()) == ["leaf", "op"]


@pytest.mark.parametrize(("options", "pages"), [([], 1), (["--steps"], 4)])
def test_a_pdf_has_one_page_or_one_for_each_step(options: list[str], pages: int, here: Path) -> None:
    """Before anything was computed, y, back through y, and the gradient at x."""
    main(["draw", "double.py", "-o", "out.pdf", *options])

    assert len(PdfReader(here / "out.pdf").pages) == pages


@pytest.mark.parametrize("format_", ["html", "gif", "zip"])
def test_what_always_has_every_step_may_be_asked_for_steps(format_: str, here: Path) -> None:
    main(["draw", "double.py", "-o", f"plain.{format_}"])

    assert main(["draw", "double.py", "-o", f"asked.{format_}", "--steps"]) == 0
    assert (here / f"asked.{format_}").read_bytes() == (here / f"plain.{format_}").read_bytes()


def test_a_zip_has_a_picture_for_each_step_in_their_order(here: Path) -> None:
    main(["draw", "double.py", "-o", "out.zip"])

    with zipfile.ZipFile(here / "out.zip") as archive:
        assert archive.namelist() == [f"step-00{number}.png" for number in range(4)]


def test_present_is_how_the_file_begins(here: Path) -> None:
    main(["draw", "double.py", "-o", "plain.html"])
    main(["draw", "double.py", "-o", "asked.html", "--present"])

    assert "present: true" in (here / "asked.html").read_text(encoding="utf-8")
    assert "present: true" not in (here / "plain.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("format_", "options"), [("html", []), ("gif", []), ("zip", []), ("pdf", ["--steps"])])
def test_steps_are_drawn_in_the_theme_that_was_asked_for(format_: str, options: list[str], here: Path) -> None:
    main(["draw", "double.py", "-o", f"light.{format_}", *options])
    main(["draw", "double.py", "-o", f"dark.{format_}", "--theme", "dark", *options])

    assert (here / f"dark.{format_}").read_bytes() != (here / f"light.{format_}").read_bytes()


def test_the_steps_end_with_the_pass_that_was_asked_for(here: Path) -> None:
    """A second pass has steps of its own, which a file of the first one lacks."""
    (here / "double.py").write_text(DOUBLE.replace("backward()", "backward(retain_graph=True)") + "y.backward()\n")
    main(["draw", "double.py", "-o", "both.pdf", "--steps"])
    main(["draw", "double.py", "-o", "first.pdf", "--steps", "--pass", "0"])

    assert len(PdfReader(here / "both.pdf").pages) == 6
    assert len(PdfReader(here / "first.pdf").pages) == 4


@pytest.mark.parametrize("format_", ["html", "gif", "zip"])
def test_a_run_without_gradients_has_one_empty_picture_and_says_why(
    format_: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "empty.py").write_text("x = 1", encoding="utf-8")

    assert wrong(capsys, "draw", "empty.py", "-o", f"empty.{format_}") == (
        0,
        "graphviz_utils: Nothing is drawn: no tensor in this run requires a gradient.\n",
    )


def test_without_an_output_the_picture_lands_in_the_current_folder(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "lecture").mkdir()
    (here / "double.py").rename(here / "lecture" / "double.py")

    assert main(["draw", "lecture/double.py"]) == 0
    assert capsys.readouterr().out == "double.svg\n"
    assert (here / "double.svg").is_file()


def test_a_program_from_standard_input_is_drawn_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], here: Path
) -> None:
    typed(monkeypatch, DOUBLE)

    assert main(["draw", "-"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<svg")
    assert [path.name for path in here.iterdir()] == ["double.py"]


def test_a_notebook_from_standard_input_is_known_by_its_text(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    typed(monkeypatch, json.dumps({"cells": [{"cell_type": "code", "source": DOUBLE}], "nbformat": 4}))

    assert main(["draw", "-"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<svg")


def test_a_recorded_run_draws_as_its_program_does(here: Path) -> None:
    main(["draw", "double.py", "-o", "program.dot"])
    main(["run", "double.py"])
    main(["draw", "double.json", "-o", "run.dot"])

    assert (here / "run.dot").read_text(encoding="utf-8") == (here / "program.dot").read_text(encoding="utf-8")


def test_set_begins_with_another_number(here: Path) -> None:
    """y = 2 * x, at 5 instead of 3."""
    main(["run", "double.py", "--set", "x=5", "-o", "run.json"])

    trace = Trace.load(here / "run.json")
    value = trace.value(trace.names["y"].node)
    assert value is not None
    assert value.item() == 10.0


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--preset", "pytorch"], "<B>MulBackward0</B>"),
        (["--direction", "TB"], "rankdir=TB"),
        (["--no-names"], "shape=ellipse"),
        (["--all"], "after_all"),
        (["--all", "--leaves", "per-use"], "n0_40_n1"),
    ],
)
def test_the_picture_is_drawn_as_the_options_say(options: list[str], shown: str, here: Path) -> None:
    (here / "double.py").write_text(DOUBLE + "after_all = x * 7\n", encoding="utf-8")
    main(["draw", "double.py", "-o", "plain.dot"])
    main(["draw", "double.py", "-o", "asked.dot", *options])

    assert shown not in (here / "plain.dot").read_text(encoding="utf-8")
    assert shown in (here / "asked.dot").read_text(encoding="utf-8")


def test_a_failing_program_is_drawn_up_to_the_failure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fails.py").write_text(DOUBLE + "raise ValueError('a\\nb\\x1b[31m')\n", encoding="utf-8")

    assert wrong(capsys, "draw", "fails.py", "-o", "up_to_here.dot") == (
        1,
        "graphviz_utils: fails.py: ValueError on line 5: a b\\x1b[31m\n",
    )
    assert (here / "up_to_here.dot").is_file()


def test_the_record_of_a_failed_program_draws_as_the_program_does(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "fails.py").write_text(DOUBLE + "raise ValueError('a')\n", encoding="utf-8")
    of_program = wrong(capsys, "run", "fails.py")

    assert of_program == (1, "graphviz_utils: fails.py: ValueError on line 5: a\n")
    assert wrong(capsys, "draw", "fails.json") == (1, of_program[1].replace(".py", ".json"))
    assert (here / "fails.svg").is_file()


@pytest.mark.parametrize("output", ["double.json", "./double.json", "link.json"])
def test_the_record_that_is_drawn_is_never_written_over(
    output: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", "double.py"])
    (here / "link.json").symlink_to("double.json")
    record = (here / "double.json").read_bytes()
    code, said = wrong(capsys, "draw", "double.json", "-o", output)

    assert code == 2
    assert said.endswith(f"{Path(output)}: this is the file to be read; name another with -o\n")
    assert (here / "double.json").read_bytes() == record


def test_a_loop_without_end_is_ended(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "loop.py").write_text("while True: pass", encoding="utf-8")

    code, message = wrong(capsys, "draw", "loop.py", "--seconds", "0.5")
    assert (code, message.count("\n")) == (1, 1)
    assert message.startswith("graphviz_utils: loop.py: The program was ended after 0.5 seconds")


@pytest.mark.parametrize("output", ["out.svg", "out.html"])
def test_a_layout_that_takes_too_long_names_the_options_that_help(
    output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def endless(*_: object, **__: object) -> str:
        raise LayoutTimeoutError(20)

    monkeypatch.setattr("graphviz_utils.drawing.svg_of", endless)

    code, said = wrong(capsys, "draw", "double.py", "-o", output, "--budget", "200")
    assert code == 1
    assert said.endswith(" not done after 20 s; draw fewer than 200 nodes (--budget), or --leaves per-use\n")


def test_more_nodes_than_the_budget_are_folded(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A leaf and its hundred sines."""
    (here / "chain.py").write_text(DOUBLE + "for _ in range(99): y = y.sin()\ny.backward()\n", encoding="utf-8")

    assert "101 nodes are folded into" in wrong(capsys, "draw", "chain.py", "--budget", "20")[1]


def test_a_run_without_gradients_says_why_the_picture_is_empty(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "empty.py").write_text("x = 1", encoding="utf-8")

    assert wrong(capsys, "draw", "empty.py") == (
        0,
        "graphviz_utils: Nothing is drawn: no tensor in this run requires a gradient.\n",
    )


@pytest.mark.parametrize("command", ["draw", "run"])
def test_a_mistake_is_followed_by_what_to_do_and_by_nothing_else(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "fails.py").write_text("x = torch.tensor(2.0)", encoding="utf-8")

    assert wrong(capsys, command, "fails.py") == (
        1,
        (
            "graphviz_utils: fails.py: NameError on line 1: name 'torch' is not defined\n"
            "graphviz_utils: torch must be imported first. Write  import torch  at the top of the program.\n"
        ),
    )


def test_check_tells_what_to_do_about_a_mistake(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fails.py").write_text("x = torch.tensor(2.0)", encoding="utf-8")

    assert main(["check", "fails.py"]) == 1
    assert "      torch must be imported first." in capsys.readouterr().out


def test_a_program_without_a_backward_pass_is_told_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "forward.py").write_text(DOUBLE.replace("y.backward()", ""), encoding="utf-8")

    code, said = wrong(capsys, "draw", "forward.py")
    assert (code, said.endswith("add  y.backward()\n")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draw", "missing.py"], "missing.py: cannot be read: No such file or directory"),
        (["draw", "missing.json"], "missing.json: cannot be read: No such file or directory"),
        (["draw", "notes.txt"], "notes.txt: cannot be read: No such file or directory"),
        (["draw", "double.py", "-o", "out.mp4"], "out.mp4: its end does not say what to write"),
        (
            ["draw", "double.py", "--steps"],
            "--steps asks for every step, and .svg holds one picture; write .pdf, .html,",
        ),
        (["draw", "double.py", "-o", "-", "--steps"], "--steps asks for every step, and .svg holds one picture"),
        (
            ["draw", "double.py", "-o", "out.json", "--steps"],
            "--steps asks for every step, and .json holds one picture",
        ),
        (
            ["draw", "double.py", "-o", "out.pdf", "--present"],
            "--present is how an .html file opens, and .pdf was asked",
        ),
        (["draw", "double.py", "--no-proofs"], "--no-proofs is for an .html file, the only one with proofs in it"),
        (["draw", "missing.py", "--present"], "--present is how an .html file opens, and .svg was asked for"),
        (["draw", "double.py", "-o", "no/out.svg"], "no/out.svg: there is no folder no; make it first"),
        (["draw", "double.py", "--pass", "3"], "pass 3 was asked for, but this run has 1"),
        (
            ["draw", "double.py", "--digits", "0"],
            "argument --digits: '0' was given, a number from 1 to 17 was expected",
        ),
        (
            ["draw", "double.py", "--budget", "0"],
            "argument --budget: '0' was given, a number of nodes from 1 on was expected",
        ),
        (["draw", "double.py", "--set", "x"], "argument --set: 'x' was given, x=3 or x=[[1, 2], [3, 4]] was expected"),
        (["draw", "double.py", "--seconds", "nan"], "argument --seconds: 'nan' was given, a number of seconds"),
        (["draw", "double.py", "--preset", "x\x1b[31m"], "argument --preset: invalid choice: 'x\\x1b[31m'"),
        (["draw", "double.py", "--pres", "circuit"], "unrecognized arguments: --pres circuit"),
        (["run", "double.py", "-o", "out.svg"], "out.svg: its end does not say what to write"),
        (["frobnicate"], "argument COMMAND: invalid choice: 'frobnicate'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = wrong(capsys, *arguments)

    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"graphviz_utils: {message}")


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "null", '{"schema": 2}', "\x00"])
def test_json_that_is_no_run_is_refused_in_one_line(text: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "run.json").write_text(text, encoding="utf-8")

    code, said = wrong(capsys, "draw", "run.json")
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("graphviz_utils: run.json: not a trace file")


def test_bad_metadata_is_refused_with_its_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.py").write_text("# /// script\n# titel = 1\n# ///\nx = 1", encoding="utf-8")

    code, said = wrong(capsys, "draw", "bad.py")
    assert code == 2
    assert said.startswith("graphviz_utils: bad.py, line 2: unknown key 'titel'")


@pytest.mark.parametrize("command", ["run", "draw"])
def test_a_record_cannot_be_run_again(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "double.py"])
    arguments = [command, "double.json"] + ["--set", "x=1"] * (command == "draw")

    assert wrong(capsys, *arguments)[0] == 2


def test_the_ready_scenarios_keep_what_they_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(READY)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len([*READY.glob("*.py")])
    assert all(line.startswith("ok ") for line in lines)


CLAIMS = """\
# /// script
# [tool.graphviz_utils]
# closed_forms.x = "3"
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 7
# ///
"""


def test_check_names_everything_that_does_not_hold(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "false.py").write_text(f"{CLAIMS}{DOUBLE}# %% By hand\nx.grad == 3\n", encoding="utf-8")

    assert main(["check", "double.py", "false.py"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "ok    double.py: it runs, and claims nothing",
        "FAIL  false.py",
        '      line 13: the proof "By hand" does not hold: left is 2 and right is 3',
        "      the closed form of x, 3, does not hold: PyTorch's is 2 and expected is 3",
        "      the expectation of y, 7, does not hold: PyTorch's y is 6 and expected is 7",
    ]
    assert said.err == "graphviz_utils: 1 of 2 failed: false.py\n"


def test_check_goes_on_after_a_file_that_cannot_be_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fails.py").write_text("1 / 0", encoding="utf-8")

    assert main(["check", "missing.py", "fails.py", "double.py"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "FAIL  missing.py",
        "FAIL  fails.py",
        "      ZeroDivisionError on line 1: division by zero",
        "ok    double.py: it runs, and claims nothing",
    ]
    assert said.err.splitlines() == [
        "graphviz_utils: missing.py: cannot be read: No such file or directory",
        "graphviz_utils: 2 of 3 failed: missing.py, fails.py",
    ]


def test_check_reads_a_scenario_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, f"{CLAIMS}{DOUBLE}")

    assert main(["check", "-"]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "FAIL  -",
        "      the closed form of x, 3, does not hold: PyTorch's is 2 and expected is 3",
    ]


def test_check_asks_for_the_program_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "double.py"])

    code, said = wrong(capsys, "check", "double.json")
    assert code == 1
    assert said.startswith("graphviz_utils: double.json: this is the record of a run; give the program")


def test_list_groups_scenarios_by_level_and_shows_titles_and_tags(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = '# /// script\n# [tool.graphviz_utils]\n# title = "{}"\n# tags = [{}]\n# level = "{}"\n# ///\nx = 1'
    (here / "a.py").write_text(table.format("Momentum", '"a", "b"', "advanced"), encoding="utf-8")
    (here / "zz.py").write_text(table.format("Fan-out", '"c"', "beginner"), encoding="utf-8")

    assert main(["list", str(here)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "beginner:",
        "  double.py  double",
        "  zz.py      Fan-out  [c]",
        "advanced:",
        "  a.py       Momentum  [a, b]",
    ]


def test_list_names_the_ready_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list"])

    named = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert sorted(named) == [str(path) for path in sorted(READY.glob("*.py"))]


def test_list_finds_the_scenarios_of_an_installation(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `pip` leaves behind: packages in one folder, shared files in another, and a RECORD that knows both."""
    shared, site = here / "share" / "graphviz_utils" / "scenarios", here / "lib" / "site-packages"
    shared.mkdir(parents=True)
    (shared / "one.py").write_text(DOUBLE, encoding="utf-8")
    info = site / "graphviz_utils-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: graphviz-utils\nVersion: 0.1.0\n")
    (info / "RECORD").write_text("../../share/graphviz_utils/scenarios/one.py,,\n")
    monkeypatch.setattr("graphviz_utils.cli.readiness._BESIDE", here / "nowhere")
    monkeypatch.syspath_prepend(str(site))

    assert main(["list"]) == 0
    assert capsys.readouterr().out == "beginner:\n  share/graphviz_utils/scenarios/one.py  one\n"


def test_list_says_so_where_no_scenario_came_along(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("graphviz_utils.cli.readiness._BESIDE", here / "nowhere")
    monkeypatch.setattr("graphviz_utils.cli.readiness._SHIPPED", "nowhere")

    code, said = wrong(capsys, "list")
    assert code == 2
    assert said.startswith("graphviz_utils: the ready scenarios did not come with this installation; name a folder")


@pytest.mark.skipif(sys.platform != "linux", reason="no other system walls programs in")
def test_doctor_tells_level_and_trials(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])

    first, *rows = capsys.readouterr().out.splitlines()
    assert code == (1 if "limits only" in first else 0)
    assert first.startswith("Safety level: ")
    assert "  works    an LSTM" in rows


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["draw", "--help"], ["--version"]])
def test_what_runs_nothing_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom graphviz_utils.cli import main\n"
        f"try: main({arguments})\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'streamlit', 'networkx', 'numpy'} & set(sys.modules)), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stderr == "[]\n"


def test_the_package_runs_as_a_module() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "graphviz_utils", "draw", "missing.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "graphviz_utils: missing.py: cannot be read: No such file or directory\n"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    command = [sys.executable, "-m", "graphviz_utils", "list"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        assert process.stderr.read() == ""
