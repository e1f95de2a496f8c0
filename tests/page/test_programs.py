import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from graphviz_utils.model import GraphvizUtilsError, Limits, ScenarioError, TraceError
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


@pytest.mark.parametrize("code", ["x = 1\n", "", "s = 'äöü ∂ 🎈'", "x = 1\n" * 400, "🎈" * 20_000])
def test_a_link_gives_back_the_code_it_was_made_of(code: str) -> None:
    assert code_of_link(link_of_code(code)) == code


def test_a_link_is_short_and_needs_no_escaping() -> None:
    source = (ROOT / "scenarios/01_polynomial.py").read_text("utf-8")
    word = link_of_code(source)

    assert len(word) < len(source)
    assert word.replace("-", "a").replace("_", "a").isalnum()


@pytest.mark.parametrize(
    "word", ["", "!", "abc", "====", "ä", link_of_code(SCENARIO)[:-9], link_of_code("x" * 5_000_000), "A" * 1_000_000]
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
    with pytest.raises(TraceError, match=r"^trace.json: it has 32.0 MB, and a recorded run of up to 32 MB is taken"):
        opened(b" " * (32 * 1024 * 1024 + 1), "trace.json")


LONG = "x = 1\n" * 401
WIDE = f"x = '{'a' * 20_000}'"


def typed(code: str) -> Program:
    program = Program("Your code.py", "").edited(code)
    assert program.scenario.cells
    return program


def notebook(code: str) -> Program:
    cells = [{"cell_type": "code", "source": code}]
    return opened(json.dumps({"cells": cells, "nbformat": 4}).encode(), "code.ipynb")


@pytest.mark.parametrize(
    ("code", "amount"),
    [(LONG, r"2,4\d\d characters in 40\d lines"), (WIDE, r"20,0\d\d characters in \d lines")],
    ids=["lines", "characters"],
)
@pytest.mark.parametrize(
    "way",
    [
        typed,
        notebook,
        lambda code: opened(code.encode(), "code.py"),
        lambda code: opened(json.dumps({"code": code}).encode(), "code.json"),
    ],
    ids=["editor", "notebook", "file", "JSON"],
)
def test_code_that_is_too_long_is_refused_in_words(way: Callable[[str], Program], code: str, amount: str) -> None:
    taken = "and this page takes up to 20,000 in 400; shorten it, or run it on your own machine:"
    with pytest.raises(ScenarioError, match=f"the program has {amount}, {taken}  python -m graphviz_utils run FILE"):
        way(code)


@pytest.mark.parametrize("code", [LONG, WIDE])
def test_a_link_with_too_much_code_is_refused_in_words(code: str) -> None:
    with pytest.raises(ScenarioError, match="longer than this page takes: up to 20,000 characters in 400 lines"):
        code_of_link(link_of_code(code))


def test_a_link_is_not_made_of_code_that_no_page_opens() -> None:
    assert Program("p.py", LONG).link == ""


def test_a_ready_program_may_be_longer_than_a_visitors() -> None:
    assert Program.of(LONG, "lecture.py", "ready").scenario.cells


def test_a_long_recorded_program_is_shown_with_its_run_and_not_run_again() -> None:
    program = opened(replace(scenario_1_trace(), source=LONG).to_json().encode(), "trace.json")

    assert program.code == LONG
    with pytest.raises(ScenarioError, match="in 401 lines"):
        _ = program.without_trace().scenario


def test_the_operator_s_limits_hold_for_every_program_of_the_page() -> None:
    program = opened(b"x = 1\ny = 2\n", "p.py", Limits(code_lines=3)).edited("x = 1\n" * 4)

    with pytest.raises(ScenarioError, match="in 4 lines, and this page takes up to 20,000 in 3"):
        _ = program.scenario


def test_a_program_as_json_is_opened_under_its_title() -> None:
    program = opened(b'{"title": "../../x\\n# heading \\u202e", "code": "x = 1"}', "p.json")

    assert program.scenario.title == r"../../x # heading \u202e"
    assert (program.code, program.origin) == ("x = 1", "file")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"code": "x = 1", "code": "import os"}', "a key stands in it twice"),
        ('{"code": ["x = 1"]}', "its code is a list"),
        ('{"code": "x = 1", "name": "p"}', "there is 'name' in it"),
        (r'{"code": "x = 1 # \ud800"}', "a character that no editor shows"),
    ],
)
def test_a_program_as_json_that_could_mean_something_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        opened(text.encode(), "p.json")


NUMBER = Program.of("import torch\nx = torch.tensor(3.0, requires_grad=True)\n", "number.py", "typed")


def test_a_number_told_by_the_browser_is_put_into_the_code() -> None:
    assert NUMBER.with_number({"name": "x", "value": -1}) == NUMBER.code.replace("3.0", "-1.0")


@pytest.mark.parametrize(
    "told",
    [
        None,
        "x",
        7,
        ["x", 1],
        {},
        {"name": "x"},
        {"value": 1},
        {"name": ["x"], "value": 1},
        {"name": "x", "value": {"0": 1}},
        {"name": "x", "value": 10**400},
        {"name": "x'); import os; (", "value": 1},
    ],
)
def test_whatever_else_a_browser_tells_changes_nothing(told: object) -> None:
    assert NUMBER.with_number(told) == NUMBER.code


def test_a_text_too_long_to_be_run_is_not_read_for_its_numbers() -> None:
    long = Program.of(NUMBER.code + "#" * 20_000, "long.py", "typed")

    assert long.with_number({"name": "x", "value": 1}) == long.code
