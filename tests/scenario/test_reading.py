"""Programs in percent cells, and typed code."""

import ast
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_utils.model import Cell, Expectation, Scenario, ScenarioError
from graphviz_utils.scenario import LIMIT, read_scenario

FAN_OUT = r'''# /// script
# dependencies = ["torch"]
# [tool.graphviz_utils]
# title = "Fan-out"
# tags = ["scalar"]
# level = "advanced"
# [tool.graphviz_utils.closed_forms]
# x = "2*x + 2"
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 15
# ///
r"""`x` is used three times: $\frac{dy}{dx} = 8$."""
import torch

# %% Forward
x = torch.tensor(3.0, requires_grad=True)
y = x * x + 2 * x

# %% Backward
y.backward()
'''


def titles(text: str) -> list[str]:
    return [cell.title for cell in read_scenario(text).cells]


def story(text: str) -> str:
    return read_scenario(text + "\nx = 1").story


def test_a_scenario_is_read_whole() -> None:
    scenario = read_scenario(FAN_OUT, "fan.py")

    assert scenario == Scenario(
        source=FAN_OUT,
        cells=(
            Cell("", "import torch", 14),
            Cell("Forward", "x = torch.tensor(3.0, requires_grad=True)\ny = x * x + 2 * x", 17),
            Cell("Backward", "y.backward()", 21),
        ),
        title="Fan-out",
        story=r"`x` is used three times: $\frac{dy}{dx} = 8$.",
        tags=("scalar",),
        level="advanced",
        closed_forms={"x": "2*x + 2"},
        expectations=(Expectation("y", 15),),
        filename="fan.py",
    )


def test_typed_code_is_one_cell() -> None:
    assert read_scenario("\n# a leaf\nx = 1\n\ny = 2\n").cells == (Cell("", "# a leaf\nx = 1\n\ny = 2", 2),)


def test_a_marker_in_a_string_parts_nothing() -> None:
    assert titles('# %% One\ntext = """\n# %% Two\n"""\n# %% Three\nx = 1') == ["One", "Three"]


def test_a_marker_in_a_string_with_escaped_quotes_parts_nothing() -> None:
    assert titles('# %% One\ntext = """\\"""\n# %% Two\n"""\n# %% Three\nx = 1') == ["One", "Three"]


def test_a_quote_in_a_comment_opens_no_string() -> None:
    assert titles('# %% One\nx = 1  # it\'s\n# %% Two\nx = 2  # """\n# %% Three\nx = 3') == ["One", "Two", "Three"]


def test_a_marker_after_an_unclosed_bracket_still_parts() -> None:
    assert titles("# %% One\nx = (\n# %% Two\ny = 1") == ["One", "Two"]


def test_a_comment_that_is_no_marker_parts_nothing() -> None:
    assert titles("# %%bash\n# %d items\nx = 1") == [""]


def test_what_jupytext_writes_behind_a_title_is_not_the_title() -> None:
    assert titles('# %% One {"tags": ["a"]}\nx = 1\n# %% Two tags=["b"]\nx = 2') == ["One", "Two"]


def test_an_empty_cell_is_left_out() -> None:
    assert titles("# %% One\n\n# %% Two\nx = 1\n# %%\n") == ["Two"]


def test_every_cell_stands_on_its_line() -> None:
    scenario = read_scenario(FAN_OUT)
    lines = scenario.source.split("\n")

    for cell in scenario.cells:
        assert lines[cell.line - 1 :][: cell.source.count("\n") + 1] == cell.source.split("\n")


def test_markdown_cells_join_the_story() -> None:
    text = '"""First."""\n# %% [markdown]\n# Second,\n# third.\n# %% Code\nx = 1'

    assert read_scenario(text).story == "First.\n\nSecond,\nthird."


def test_code_in_a_markdown_cell_is_shown_as_code() -> None:
    assert read_scenario("# %% [markdown]\nimport os").cells == (Cell("", "import os", 2),)


def test_the_docstring_may_stand_in_the_first_cell() -> None:
    scenario = read_scenario('# %% One\n"""Story."""\nx = 1')

    assert (scenario.story, scenario.cells) == ("Story.", (Cell("One", "x = 1", 3),))


def test_a_docstring_keeps_its_latex_without_the_r() -> None:
    assert story(r'"""$\frac{1}{2} \nabla \theta$ \\ and \""" """') == r'$\frac{1}{2} \nabla \theta$ \ and """'


def test_an_f_string_is_no_story() -> None:
    assert story('f"""{x}"""') == ""


def test_a_string_that_is_part_of_an_expression_is_no_story() -> None:
    assert story('"a".upper()') == ""


@pytest.mark.parametrize("text", ['"""open', "'''", "x = 'open", "x = (", "\\", "if x:\n  y\n z", "\tx = 1", "print 1"])
def test_a_syntax_error_is_left_for_the_run(text: str) -> None:
    assert read_scenario(text).cells[0].source == text


def test_line_ends_of_windows_and_a_byte_order_mark_are_read_away() -> None:
    assert read_scenario("\ufeffx = 1\r\ny = 2\r\n").source == "x = 1\ny = 2\n"


def test_lines_are_counted_as_python_counts_them() -> None:
    text = "x = 'a\u2028b'\n\f\n# %% Next\ny = 1"

    assert read_scenario(text).cells[-1].line == ast.parse(text).body[-1].lineno


def test_the_title_is_the_storys_heading_before_the_files_name() -> None:
    assert [read_scenario(text, "chain_rule.py").title for text in ('"""# The chain rule\nTwo steps."""\nx', "x")] == [
        "The chain rule",
        "chain_rule",
    ]


def test_a_heading_that_became_the_title_is_not_told_again() -> None:
    assert story('"""# The chain rule\n\nTwo steps."""') == "Two steps."


@pytest.mark.parametrize("text", ["", "  \n", "# only words", '"""Only a story."""', "# %%\n# %%\n"])
def test_a_text_without_code_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="there is no code in it"):
        read_scenario(text)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\ud800"])
def test_a_character_that_no_editor_shows_is_refused_with_its_line(sign: str) -> None:
    with pytest.raises(ScenarioError, match=rf"line 2: .*U\+{ord(sign):04X}"):
        read_scenario(f"x = 1\ny = '{sign}'")


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(ScenarioError, match="1,000,001 characters"):
        read_scenario("x" * (LIMIT + 1))


SIGNS = [
    "# %%",
    " Title",
    "\n",
    '"""',
    "'",
    '"',
    "\\",
    "# ",
    "///",
    " script",
    "x = 1",
    "\r",
    "\0",
    "\ud800",
    "%",
    "!",
    "é",
]
TOML = ["# [tool.graphviz_utils]\n", "# title = 1\n", "[[", "]]", "{", "=", ".", "[markdown]"]


def scenario_or_refusal(text: str) -> Scenario | str:
    try:
        return read_scenario(text)
    except ScenarioError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(SIGNS + TOML)).map("".join))
def test_any_text_is_a_scenario_of_its_own_lines_or_refused_in_one_line(text: str) -> None:
    outcome = scenario_or_refusal(text)

    if isinstance(outcome, str):
        assert "\n" not in outcome
    else:
        assert all(cell.source in outcome.source for cell in outcome.cells)
        assert outcome.source.encode()


@pytest.mark.parametrize(
    "piece", ["(", "[", "-", "'", '"""', "\\", " ", "a ", "a=", "\n", "# %% a=b\n", '# %% {"', "# ", "# # "]
)
def test_a_monotonous_text_takes_linear_time(piece: str) -> None:
    """A pattern that backtracks would take minutes for any of these."""
    started = time.process_time()
    read_scenario(piece * (LIMIT // len(piece) - 8) + "\nx = 1")

    assert time.process_time() - started < 10
