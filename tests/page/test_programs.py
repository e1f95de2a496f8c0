import pytest

from graphviz_utils.model import GraphvizUtilsError, ScenarioError, TraceError
from graphviz_utils.page import Program, code_of_link, link_of_code, opened, ready_programs
from tests.building import scenario_1_trace
from tests.conftest import ROOT

SCENARIO = '''# /// script
# [tool.graphviz_utils]
# title = "Fan-out"
# ///
"""The story."""

import torch

# %% Forward
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
'''


def test_the_editor_shows_the_code_and_not_the_metadata_and_the_story() -> None:
    program = Program.of(SCENARIO, "fan_out.py", "file")

    assert program.code.startswith("import torch\n\n# %% Forward\n")
    assert program.source == SCENARIO
    assert program.hidden_lines == 6


def test_a_titled_first_cell_keeps_its_title_line() -> None:
    program = Program.of('"""The story."""\n# %% Forward\nx = 1\n', "p.py", "file")

    assert program.code == "# %% Forward\nx = 1\n"


def test_code_without_a_head_is_shown_whole() -> None:
    program = Program.of("# a comment\n\nx = 1\n", "p.py", "link")

    assert (program.head, program.code) == ("", "# a comment\n\nx = 1\n")


def test_edited_code_keeps_the_story_it_belongs_to() -> None:
    program = Program.of(SCENARIO, "fan_out.py", "ready")

    edited = program.edited(program.code.replace("3.0", "4.0"))

    assert (edited.head, edited.origin) == (program.head, "typed")


def test_another_program_in_its_place_loses_the_story() -> None:
    program = Program.of(SCENARIO, "fan_out.py", "ready")

    assert program.edited("print(1)\nprint(2)\n").head == ""


@pytest.mark.parametrize("name", ready_programs(ROOT / "scenarios"))
def test_ready_programs_are_the_files_as_they_stand(name: str) -> None:
    program = ready_programs(ROOT / "scenarios")[name]

    assert program.source == (ROOT / "scenarios" / f"{name}.py").read_text("utf-8")
    assert program.code.startswith("import torch")


@pytest.mark.parametrize("code", ["x = 1\n", "", "s = 'äöü ∂ 🎈'", "x = 1\n" * 100_000])
def test_a_link_gives_back_the_code_it_was_made_of(code: str) -> None:
    assert code_of_link(link_of_code(code)) == code


def test_a_link_is_short_and_needs_no_escaping() -> None:
    source = (ROOT / "scenarios/01_polynomial.py").read_text("utf-8")
    word = link_of_code(source)

    assert len(word) < len(source)
    assert word.replace("-", "a").replace("_", "a").isalnum()


@pytest.mark.parametrize(
    "word", ["", "!", "abc", "====", "ä", link_of_code(SCENARIO)[:-9], link_of_code("x" * 5_000_000)]
)
def test_a_damaged_or_monstrous_link_is_refused(word: str) -> None:
    with pytest.raises(ScenarioError, match="in this link"):
        code_of_link(word)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.py"),
        (b"\x89PNG\r\n", "picture.py"),
        (b"\0\1\2", "binary.py"),
        (b"x = 1", "program.txt"),
        (b"x" * 1_000_001, "huge.py"),
        (b"{}", "notebook.ipynb"),
        (b"[]", "list.json"),
        (b'{"schema": 1', "broken.json"),
        (b"\xff", "latin.json"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(data: bytes, name: str) -> None:
    with pytest.raises(GraphvizUtilsError, match=name):
        opened(data, name)


def test_a_recorded_run_is_opened_with_its_program() -> None:
    trace = scenario_1_trace()

    program = opened(trace.to_json().encode(), "trace.json")

    assert program.trace == trace
    assert program.source == trace.source


def test_an_edited_recorded_run_is_a_program_to_be_run() -> None:
    program = opened(scenario_1_trace().to_json().encode(), "trace.json").edited("x = 1")

    assert (program.trace, program.origin) == (None, "typed")


def test_a_json_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(TraceError, match="larger than 64 MB"):
        opened(b" " * 64_000_001, "trace.json")
