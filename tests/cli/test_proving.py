"""`prove`, as one types it: the table of what each gradient was held against, and how that came out."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from graphviz_utils.cli import main

ROOT = Path(__file__).parents[2]
CUBE = "import torch\nx = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)\ny = x ** 3\ny.backward()\n"
CLAIMS = '# /// script\n# [tool.graphviz_utils]\n# title = "The cube"\n# closed_forms.x = "{}"\n# ///\n'
WRONG = (
    "import torch\nclass Cube(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
    "        ctx.save_for_backward(x)\n        return x ** 3\n    @staticmethod\n    def backward(ctx, g):\n"
    "        return g * ctx.saved_tensors[0] ** 2\n"
    "x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)\nCube.apply(x).backward()\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in, with programs in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cube.py").write_text(CLAIMS.format("3*x**2") + CUBE, encoding="utf-8")
    (tmp_path / "false.py").write_text(CLAIMS.format("3*x**2 + 4") + CUBE, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


def proved(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that `prove` says."""
    code = main(["prove", *arguments])
    return code, capsys.readouterr().out.splitlines()


def row(lines: list[str], way: str) -> list[str]:
    """The verdict and what is told of one way."""
    (line,) = (line for line in lines if line.strip().startswith(way))
    return line.strip().removeprefix(way).split(maxsplit=1)


def test_a_gradient_is_held_against_three_others(capsys: pytest.CaptureFixture[str]) -> None:
    """3x² is 12 at 2."""
    code, lines = proved(capsys, "cube.py")

    assert code == 0
    assert lines[:2] == ["cube.py: The cube", "  x, pass 0: autograd sent 12"]
    assert row(lines, "closed form, given") == ["equal", "3*x**2 = 12"]
    assert row(lines, "closed form, derived") == ["equal", "∂y/∂x = 3x² = 12"]
    assert row(lines, "finite differences")[0] == "equal"
    assert row(lines, "finite differences")[1].startswith("12 ± ")


def test_a_wrong_closed_form_differs(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = proved(capsys, "false.py")

    assert code == 1
    assert row(lines, "closed form, given") == ["differs", "3*x**2 + 4 = 16"]
    assert lines[lines.index("    closed form, given      differs  3*x**2 + 4 = 16") + 1].strip() == (
        "PyTorch's is 12 and expected is 16"
    )
    assert row(lines, "closed form, derived")[0] == "equal"


def test_a_wrong_backward_differs(capsys: pytest.CaptureFixture[str]) -> None:
    """It sends x² = 4, and the slope of the cube is 12."""
    code, lines = proved(capsys, "wrong.py")

    assert code == 1
    assert lines[1] == "  x, pass 0: autograd sent 4"
    assert row(lines, "finite differences")[0] == "differs"
    assert row(lines, "finite differences")[1].startswith("12 ± ")


@pytest.mark.parametrize(("right", "code", "verdict"), [("12", 0, "equal"), ("11", 1, "differs")])
def test_the_program_s_own_proofs_and_expectations_stand_below(
    right: str, code: int, verdict: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = CLAIMS.format("3*x**2").removesuffix("# ///\n")
    expected += f'# [[tool.graphviz_utils.expect]]\n# name = "x.grad"\n# value = {right}\n# ///\n'
    (here / "own.py").write_text(f"{expected}{CUBE}# %% By hand\nx.grad == {right}\n", encoding="utf-8")

    found, lines = proved(capsys, "own.py")
    assert found == code
    assert row(lines, "expected of x.grad")[0] == verdict
    assert row(lines, "proof on line 14") == [verdict, "By hand"]


def test_a_closed_form_is_derived_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert "      ∂y/∂x = 3x²  (power rule)" in proved(capsys, "cube.py", "--steps")[1]


def test_formulas_can_be_had_as_latex(capsys: pytest.CaptureFixture[str]) -> None:
    told = row(proved(capsys, "cube.py", "--latex")[1], "closed form, derived")[1]

    assert told == r"\frac{\partial y}{\partial x} = 3 x^{2} = 12"


def test_proofs_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = proved(capsys, "cube.py", "wrong.py", "--json")
    cube, wrong = json.loads("\n".join(lines))

    assert code == 1
    assert (cube["file"], cube["title"]) == ("cube.py", "The cube")
    assert {check["way"]: check["verdict"] for check in cube["proofs"][0]["checks"]} == {
        "derived": "equal",
        "differences": "equal",
    }
    assert {check["way"]: check["verdict"] for check in wrong["proofs"][0]["checks"]}["differences"] == "differs"


def test_a_recorded_run_is_proved_as_far_as_a_record_goes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "cube.py"])
    capsys.readouterr()

    code, lines = proved(capsys, "cube.json")
    assert code == 0
    assert row(lines, "closed form, derived") == ["equal", "∂y/∂x = 3x² = 12"]
    assert row(lines, "finite differences") == ["open", "they need the program: give it instead of its record"]


def test_a_record_keeps_proofs_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "cube.py", "--prove"])
    capsys.readouterr()

    of_record, of_program = proved(capsys, "cube.json"), proved(capsys, "cube.py")
    assert of_record == (0, [of_program[1][0].replace(".py", ".json"), *of_program[1][1:]])


@pytest.mark.parametrize(("options", "there"), [([], True), (["--no-proofs"], False)])
def test_the_living_picture_has_proofs_in_it_unless_they_are_not_wanted(
    options: list[str], there: bool, here: Path
) -> None:
    main(["draw", "cube.py", "-o", "cube.html", *options])

    assert ('"way":"differences"' in (here / "cube.html").read_text(encoding="utf-8")) is there


def test_numbers_can_be_set_and_a_pass_be_chosen(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At 1 the first pass sends 3, and the second 5."""
    (here / "two.py").write_text(f"{CUBE}(5 * x).backward()\n", encoding="utf-8")

    assert proved(capsys, "two.py", "--set", "x=1", "--pass", "0")[1][1] == "  x, pass 0: autograd sent 3"
    assert proved(capsys, "two.py", "--set", "x=1")[1][1] == "  x, pass 1: autograd sent 5"


def test_a_program_from_standard_input_is_proved(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(CUBE.encode())))

    assert proved(capsys, "-")[1][1] == "  x, pass 0: autograd sent 12"


def test_a_folder_is_proved_file_by_file_and_one_that_cannot_be_read_ends_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "bad.py").write_text("# /// script\n# titel = 1\n# ///\nx = 1", encoding="utf-8")
    (here / "wrong.py").unlink()

    code = main(["prove", "."])
    said = capsys.readouterr()
    assert code == 2
    assert [line for line in said.out.splitlines() if not line.startswith(" ")] == [
        "cube.py: The cube",
        "false.py: The cube",
    ]
    assert said.err.startswith("graphviz_utils: bad.py, line 2: unknown key 'titel'")


def test_a_failing_program_is_proved_up_to_its_failure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fails.py").write_text(CUBE + "1 / 0\n", encoding="utf-8")

    code = main(["prove", "fails.py"])
    said = capsys.readouterr()
    assert code == 1
    assert row(said.out.splitlines(), "closed form, derived")[0] == "equal"
    assert said.err == "graphviz_utils: fails.py: ZeroDivisionError on line 5: division by zero\n"


def test_without_a_backward_pass_there_is_nothing_to_prove(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "forward.py").write_text(CUBE.replace("y.backward()", ""), encoding="utf-8")

    assert proved(capsys, "forward.py") == (
        0,
        ["forward.py: forward", "  There is nothing to prove: there was no backward pass."],
    )


@pytest.mark.parametrize("name", ["01_polynomial", "12_kinks", "22_in_place", "63_half_precision"])
def test_what_is_right_raises_no_false_alarm(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = proved(capsys, str(ROOT / "scenarios" / f"{name}.py"))

    assert code == 0
    assert not any("differs" in line.split() for line in lines)
