"""`explain`, as one types it: the rules of a run's nodes, and the paths to a leaf, with their numbers."""

import json
from pathlib import Path

import pytest

from graphviz_utils.cli import main

POLYNOMIAL = (
    "import torch\nx = torch.tensor(2.0, requires_grad=True)\na = 3 * x\ny = a * x + x.exp() * 0\ny.backward()\n"
)
MATRIX = (
    "import torch\nA = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n"
    "y = (A * torch.tensor([[5.0, 6.0], [7.0, 8.0]])).sum()\ny.backward()\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in, with programs in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.py").write_text(POLYNOMIAL, encoding="utf-8")
    (tmp_path / "m.py").write_text(MATRIX, encoding="utf-8")
    return tmp_path


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines that `explain` says."""
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def about(lines: list[str], node: str) -> list[str]:
    """Those of one node."""
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{node}  "))
    rest = (number for number, line in enumerate(lines) if number > first and not line.startswith(" "))
    return lines[first : next(rest, len(lines))]


def test_a_node_says_what_it_computes_and_what_it_sends_with_names_and_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At x = 2: a · x is 6 · 2 = 12, sends x = 2 to a and a = 6 to x."""
    head, sentence, *formulas = about(explained(capsys, "p.py"), "n2")

    assert head == "n2  ×  (MulBackward0, line 4): swaps"
    assert sentence == "    `*` swaps: each side receives the gradient times the other side's value."
    assert formulas == [
        "    a · x = 6 · 2 = 12",
        "    to n1 a: x · grad(a · x) = 2 · 1 = 2",
        "    to n0 x: a · grad(a · x) = 6 · 1 = 6",
    ]


def test_nodes_come_as_the_gradient_comes_by(capsys: pytest.CaptureFixture[str]) -> None:
    nodes = [line.split()[0] for line in explained(capsys, "p.py") if not line.startswith(" ")]

    assert nodes[0] == "n5"
    assert nodes.index("n2") < nodes.index("n1") < nodes.index("n0")


def test_a_leaf_says_what_its_gradient_was_added_up_from(capsys: pytest.CaptureFixture[str]) -> None:
    """6 from the product, 2 · 3 = 6 through a, 0 from the exponential."""
    (told,) = (line for line in about(explained(capsys, "p.py"), "n0") if "gradient:" in line)
    sides = told.split(": ")[1].split(" = ")

    assert sorted(sides[0].split(" + ")) == ["0", "6", "6"]
    assert sides[1] == "12"


def test_a_rule_that_is_not_of_this_package_says_whose_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "own.py").write_text(
        "import torch\nclass Twice(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
        "        return 2 * x\n    @staticmethod\n    def backward(ctx, g):\n        return 2 * g\n"
        "x = torch.tensor(3.0, requires_grad=True)\nTwice.apply(x).backward()\n",
        encoding="utf-8",
    )

    assert about(explained(capsys, "own.py"), "n1")[0].endswith(
        "(TwiceBackward, line 10): computes, the program's own rule"
    )


def test_a_kink_says_its_two_slopes_and_which_was_taken(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "kink.py").write_text(
        "import torch\nx = torch.tensor([1.0, 0.0], requires_grad=True)\ny = x.abs()\ny.sum().backward()\n",
        encoding="utf-8",
    )

    assert about(explained(capsys, "kink.py"), "n1")[-1].strip() == (
        "a kink at element 1: the slope is −1 below and 1 above; PyTorch takes 0"
    )


def test_the_paths_to_a_leaf_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    """y = 3x · x, whose derivative 6x is 12 at 2: 3 · 2 through a, 6 besides; the exponential sends e² · 0."""
    lines = explained(capsys, "p.py", "--leaf", "x")

    assert lines[0] == "x, pass 0: 3 paths"
    assert "    y → × → a → x" in lines
    assert lines[lines.index("    y → × → a → x") + 1] == "        1 · x · 3 = 1 · 2 · 3 = 6"
    assert lines[-1].endswith(" = 6 + 6 + 0 = 12")


def test_an_element_of_a_leaf_has_paths_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The element in row 1 and column 0 is multiplied by 7."""
    lines = explained(capsys, "m.py", "--leaf", "A", "--element", "1,0")

    assert lines[0] == "A[1, 0], pass 0: 1 path"
    assert lines[-1].endswith(" = 7")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_very_many_paths_are_counted_by_their_figures(
    options: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Doubled 200 times: 2²⁰⁰ is 1.6 · 10⁶⁰."""
    (here / "many.py").write_text(
        "import torch\nx = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)\ny = x\n"
        "for _ in range(200):\n    y = y + y\ny.backward()\n",
        encoding="utf-8",
    )

    assert "more than 10^60" in "\n".join(explained(capsys, "many.py", "--leaf", "x", *options))


def test_numbers_can_be_set_and_formulas_be_had_as_latex(capsys: pytest.CaptureFixture[str]) -> None:
    lines = about(explained(capsys, "p.py", "--set", "x=5", "--latex"), "n2")

    assert lines[2] == r"    a \cdot x = 15 \cdot 5 = 75"
    assert lines[3] == r"    to n1 a: x \cdot \overline{a \cdot x} = 5 \cdot 1 = 5"


def test_rules_and_paths_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    rules = json.loads("\n".join(explained(capsys, "p.py", "--json")))
    paths = json.loads("\n".join(explained(capsys, "p.py", "--leaf", "x", "--json")))

    assert {rule["node"]: rule["role"] for rule in rules}["n2"] == "swaps"
    assert (paths["count"], paths["total"]) == (3, 12.0)


def test_a_recorded_run_is_explained_as_its_program_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "p.py"])
    capsys.readouterr()

    assert explained(capsys, "p.json") == explained(capsys, "p.py")


def test_a_pass_is_explained_by_its_number(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "two.py").write_text(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(3 * x).backward()\n(5 * x).backward()\n",
        encoding="utf-8",
    )

    assert explained(capsys, "two.py", "--leaf", "x", "--pass", "0")[-1] == "1 · 3 = 3"
    assert explained(capsys, "two.py", "--leaf", "x")[-1] == "1 · 5 = 5"


def test_without_a_backward_pass_the_rules_are_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "forward.py").write_text(POLYNOMIAL.replace("y.backward()", ""), encoding="utf-8")

    assert "    a · x = 6 · 2 = 12" in explained(capsys, "forward.py")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["m.py", "--leaf", "A", "--element", "2,0"], "--element 2,0 was given, but the leaf has the shape 2 × 2;"),
        (["m.py", "--leaf", "A", "--element", "1"], "--element 1 was given, but the leaf has the shape 2 × 2;"),
        (["p.py", "--leaf", "x", "--element", "0"], "--element 0 was given, but the leaf is a single number;"),
        (["p.py", "--element", "0"], "--element is one of a leaf's, and no leaf was named; say which with --leaf"),
        (["p.py", "--leaf", "x", "--element", "a"], "argument --element: 'a' was given, an index was expected"),
        (["p.py", "--leaf", "z"], "no leaf is called 'z'; the leaves with names are: x"),
        (["p.py", "--pass", "4"], "pass 4 was asked for, but this run has 1"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["explain", *arguments])
    said = capsys.readouterr().err

    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"graphviz_utils: {message}")


def test_a_failing_program_is_explained_up_to_its_failure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fails.py").write_text(POLYNOMIAL + "1 / 0\n", encoding="utf-8")

    assert main(["explain", "fails.py"]) == 1
    assert "a · x = 6 · 2 = 12" in capsys.readouterr().out
