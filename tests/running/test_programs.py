"""What a run shows of its program: output, displayed values, verdicts, failures."""

from pathlib import Path

import pytest

from graphviz_utils.model import CellRun, Failure, Trace
from graphviz_utils.running import Limits, Outcome, run
from graphviz_utils.running.kernel import seccomp_available
from tests.running.cells import POLYNOMIAL, scenario

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py.txt"))


def shown(outcome: Outcome) -> Trace:
    """The trace that must have come."""
    assert outcome.trace is not None, outcome
    return outcome.trace


def only_cell(*sources: str) -> CellRun:
    return shown(run(scenario(*sources))).cells[-1]


def failure(*sources: str) -> Failure:
    outcome = run(scenario(*sources))
    error = shown(outcome).error
    assert outcome.status == "error"
    assert error is not None
    return error


def test_polynomial_has_value_63_and_gradient_93() -> None:
    outcome = run(POLYNOMIAL)

    assert (outcome.status, outcome.message) == ("ok", "")
    grad = shown(outcome).leaf("x").grad
    assert grad is not None
    assert grad.item() == 93.0
    assert [cell.display for cell in shown(outcome).cells] == [
        None,
        "tensor(63., grad_fn=<AddBackward0>)",
        "tensor(93.)",
        "tensor(True)",
    ]
    assert [cell.verdict for cell in shown(outcome).cells] == [None, None, None, True]


def test_cells_keep_title_line_and_source_and_begin_in_order() -> None:
    cells = shown(run(POLYNOMIAL)).cells

    assert [(cell.title, cell.line) for cell in cells] == [("Cell 1", 1), ("Cell 2", 2), ("Cell 3", 5), ("Cell 4", 7)]
    assert [cell.at for cell in cells] == sorted({cell.at for cell in cells})


def test_lines_of_the_record_count_in_the_whole_text() -> None:
    nodes = shown(run(POLYNOMIAL)).nodes

    assert {node.line for node in nodes if node.name == "PowBackward0" and node.line and node.line < 5} == {3}


def test_equal_runs_give_equal_bytes() -> None:
    assert shown(run(POLYNOMIAL)).to_json() == shown(run(POLYNOMIAL)).to_json()


def test_random_numbers_are_the_same_in_every_run() -> None:
    program = "import random, numpy, torch\n(torch.rand(1).item(), random.random(), numpy.random.rand())"

    assert only_cell(program).display == only_cell(program).display


def test_what_one_run_changes_no_other_run_sees() -> None:
    run(scenario("import torch\ntorch.set_default_dtype(torch.float64)\ntorch.leak = 1\ntorch.manual_seed(7)"))

    assert only_cell(
        "import torch\n(torch.tensor(1.).dtype, hasattr(torch, 'leak'), torch.initial_seed())"
    ).display == ("(torch.float32, False, 0)")


def test_printed_text_and_warnings_belong_to_their_cell() -> None:
    cells = shown(
        run(scenario("print('one')", "import warnings, sys\nwarnings.warn('careful')", "print('three')"))
    ).cells

    assert cells[0].stdout == "one\n"
    assert cells[1].stdout == "<scenario>:3: UserWarning: careful\n  warnings.warn('careful')\n"
    assert cells[2].stdout == "three\n"


def test_twenty_megabytes_of_output_are_cut_and_that_is_said() -> None:
    cell = only_cell("for _ in range(20):\n    print('x' * 1_000_000)")

    assert cell.stdout == "x" * 20_000 + "\n… cut after 20,000 characters"


@pytest.mark.parametrize(
    ("source", "display"),
    [
        ("1 + 1", "2"),
        ("None", None),
        ("x = 1", None),
        ("1 + 1;", None),
        ("print('a')", None),
        ("class A:\n    def __repr__(self): raise ValueError\nA()", "<A, whose repr fails with ValueError>"),
        ("'\\ud800'", "'\\ud800'"),
    ],
)
def test_last_expression_is_displayed_as_in_a_notebook(source: str, display: str | None) -> None:
    assert only_cell("pass", source).display == display


def test_program_sees_no_name_that_is_not_its_own() -> None:
    assert only_cell("[name for name in globals() if not name.startswith('__')]").display == "[]"


def test_story_of_the_program_is_not_displayed() -> None:
    assert only_cell('"""A story."""').display is None


def test_displaying_a_tensor_adds_nothing_to_the_record() -> None:
    silent = shown(run(scenario("import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 2")))
    displayed = shown(run(scenario("import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 2\ny")))

    assert [node.name for node in displayed.nodes] == [node.name for node in silent.nodes]


def test_printed_text_that_is_no_unicode_is_escaped() -> None:
    assert only_cell("print('a\\udc80b')").stdout == "a\\udc80b\n"


@pytest.mark.parametrize(
    ("proof", "verdict"),
    [
        ("x == 2 * x / 2", True),
        ("x == 2 * x", False),
        ("torch.equal(x, x.clone())", True),
        ("torch.allclose(x, x + 1)", False),
        ("x.allclose(x)", True),
        ("torch.isclose(x, x + 1e-9)", True),
        ("print(torch.equal(x, x))", True),
        ("print('same:', x == x)", True),
        ("assert torch.equal(x, x)", True),
        ("bool((x == x).all())", True),
        ("x.tolist() == [1, 2]", True),
        ("x != 3", None),
        ("'a' in 'ab'", None),
        ("print(x)", None),
    ],
)
def test_proof_cells_are_judged(proof: str, verdict: bool | None) -> None:
    assert only_cell("import torch\nx = torch.tensor([1.0, 2.0])", proof).verdict is verdict


def test_unequal_only_by_rounding_is_no_failure_and_is_told() -> None:
    cell = only_cell("import torch\na = torch.tensor(0.1) + torch.tensor(0.7)", "a == torch.tensor(0.8) + 6e-8")

    assert cell.verdict is None
    assert cell.note is not None
    assert "only by rounding" in cell.note
    assert "float32" in cell.note


def test_a_wrong_proof_names_the_first_element_that_differs() -> None:
    cell = only_cell("import torch\nx = torch.tensor([[60.0, 96.0, 132.0]])", "x == torch.tensor([[60., 96., 136.]])")

    assert cell.verdict is False
    assert cell.note == "left is 132 and right is 136 at [0][2], where the first difference is"


def test_equal_numbers_in_unequal_shapes_are_told_apart() -> None:
    cell = only_cell("import torch\nx = torch.ones(2)", "torch.equal(x, torch.ones(1, 2))")

    assert (cell.verdict, cell.note) == (
        False,
        "the numbers are equal, but not what holds them: torch.float32 of shape (2,) and torch.float32 of shape (1, 2)",
    )


def test_sides_of_a_proof_are_computed_once() -> None:
    cells = shown(
        run(scenario("calls = []\ndef f():\n    calls.append(1)\n    return 1", "f() == f()", "len(calls)"))
    ).cells

    assert cells[-1].display == "2"


def test_failing_program_keeps_what_came_before_and_marks_the_line() -> None:
    outcome = run(scenario("import torch\na = torch.ones(2, 3, requires_grad=True)\nb = a * 2", "b @ b", "'never'"))

    assert outcome.status == "error"
    assert outcome.message.startswith("RuntimeError on line 4: ")
    error = shown(outcome).error
    assert error is not None
    assert (error.type, error.line) == ("RuntimeError", 4)
    assert [cell.title for cell in shown(outcome).cells] == ["Cell 1", "Cell 2"]
    assert "MulBackward0" in {node.name for node in shown(outcome).nodes}


def test_line_of_a_failure_is_the_innermost_in_the_program() -> None:
    assert failure("import torch\ndef f(a):\n    return torch.linalg.inv(a)", "f(torch.zeros(2, 2))").line == 3


def test_syntax_error_names_its_line_in_the_whole_text() -> None:
    error = failure("x = 1\n", "y = (1,\nz = 2")

    assert (error.type, error.line) == ("SyntaxError", 3)


def test_input_is_refused_in_words() -> None:
    error = failure("x = input('how many? ')")

    assert (error.type, error.line) == ("EOFError", 1)
    assert error.message.startswith("input() waits for a person")


@pytest.mark.skipif(not seccomp_available(), reason="this system does not wall programs in")
def test_what_is_out_of_reach_is_told_with_its_line() -> None:
    error = failure("x = 1\nopen('/etc/passwd')")

    assert (error.type, error.line) == ("PermissionError", 2)
    assert error.message.startswith("[Errno 1] Operation not permitted: '/etc/passwd': a program here computes")


def test_leaving_in_peace_ends_the_run_well() -> None:
    outcome = run(scenario("import sys\nsys.exit()", "'never'"))

    assert outcome.status == "ok"
    assert len(shown(outcome).cells) == 1
    assert "sys.exit()" in shown(outcome).notes[-1]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import sys\nsys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class Odd(BaseException): pass\nraise Odd('x')", "Odd"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("def f(): f()\nf()", "RecursionError"),
        (f"x = {'-' * 10_000}1", "SyntaxError"),
        ("x = 1\0", "SyntaxError"),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E"),
        ("raise ValueError('\\ud800' * 100_000)", "ValueError"),
        ("assert 1 == 2", "AssertionError"),
    ],
)
def test_whatever_is_raised_becomes_a_failure(source: str, kind: str) -> None:
    assert failure(source).type == kind


def test_main_guard_and_dataclasses_work_as_in_a_script() -> None:
    cell = only_cell(
        "from __future__ import annotations\nimport inspect, sys\nfrom dataclasses import dataclass",
        "@dataclass\nclass P:\n    x: Undefined = 1\nif __name__ == '__main__':\n    inspect.getsource(P)",
        "sys.modules['__main__'].P is P",
    )

    assert cell.display == "True"


def test_cell_that_is_not_runnable_is_left_out() -> None:
    program = scenario("%pip install torch", "1 + 1")
    cells = (type(program.cells[0])("Magic", "%pip install torch", 1, runnable=False), program.cells[1])

    outcome = run(type(program)(program.source, cells))

    assert [cell.display for cell in shown(outcome).cells] == ["2"]


def test_text_that_is_no_unicode_is_refused_in_words() -> None:
    assert run(scenario("x = '\ud800'")).status == "error"


def test_torchviz_draws_the_root_of_the_last_pass() -> None:
    outcome = run(POLYNOMIAL, wants=("trace", "torchviz"))

    assert outcome.torchviz is not None
    assert outcome.torchviz.startswith("digraph {")
    assert outcome.torchviz.count("PowBackward0") == 3
    assert "x\n ()" in outcome.torchviz


def test_torchviz_draws_a_root_that_has_no_name() -> None:
    program = scenario("import torch\nw = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()")

    outcome = run(program, wants=("torchviz",))

    assert outcome.torchviz is not None
    assert "SumBackward0" in outcome.torchviz


def test_asking_for_torchviz_changes_nothing_in_the_record() -> None:
    with_torchviz, without = run(POLYNOMIAL, wants=("trace", "torchviz")), run(POLYNOMIAL)

    assert shown(with_torchviz).to_json() == shown(without).to_json()


def test_torchviz_says_when_there_is_nothing_to_draw() -> None:
    outcome = run(scenario("import torch\nx = torch.ones(2)"), wants=("torchviz",))

    assert outcome.status == "ok"
    assert (outcome.trace, outcome.torchviz) == (None, None)
    assert "nothing to draw" in outcome.message


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name.removesuffix(".py.txt"))
def test_teaching_programs_run_as_they_say(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# expect: ")

    outcome = run(scenario(text), limits=Limits(wall_seconds=30, cpu_seconds=30))
    error = outcome.trace.error if outcome.trace else None

    assert (f"error:{error.type}" if error else outcome.status) == expected, outcome.message


def test_display_shows_values_as_a_notebook_does() -> None:
    cell = only_cell("import torch\nx = torch.tensor(2.0, requires_grad=True)", "display(x * 3, 'a')\nx")

    assert (cell.stdout, cell.display) == (
        "tensor(6., grad_fn=<MulBackward0>)\n'a'\n",
        "tensor(2., requires_grad=True)",
    )


def test_a_program_may_give_display_a_meaning_of_its_own() -> None:
    assert only_cell("def display(x): print('mine', x)", "display(1)").stdout == "mine 1\n"


GRAD_OF_NO_LEAF = "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x * x\ny.grad"


def test_a_warning_names_the_program_s_line_and_no_path() -> None:
    outcome = run(scenario(GRAD_OF_NO_LEAF, filename="/home/somebody/lesson.py"))
    lines = shown(outcome).cells[-1].stdout.splitlines()

    assert lines[0].startswith("lesson.py:4: UserWarning: The .grad attribute")
    assert lines[-1] == "  y.grad"


def test_a_warning_out_of_a_library_names_the_line_that_called_it() -> None:
    program = "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward(create_graph=True)"

    assert only_cell(program).stdout.startswith("<scenario>:3: UserWarning: ")


def test_a_warning_of_the_program_s_own_keeps_the_line_it_chose() -> None:
    program = "import warnings\ndef old():\n    warnings.warn('outdated', stacklevel=2)\nold()"

    assert only_cell(program).stdout == "<scenario>:4: UserWarning: outdated\n  old()\n"


def test_warnings_that_the_program_collects_are_not_printed() -> None:
    program = "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')"
    program += "\n    warnings.warn('collected')\nlen(seen)"

    assert (only_cell(program).stdout, only_cell(program).display) == ("", "1")
