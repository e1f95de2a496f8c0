"""The `# /// script` block and what it may say."""

import pytest

from graphviz_utils.model import Expectation, ScenarioError
from graphviz_utils.scenario import read_scenario


def block(*lines: str) -> str:
    """A program whose metadata block opens on line 1 and holds `lines` from line 2 on."""
    return "\n".join(["# /// script", *(f"# {line}".rstrip() for line in lines), "# ///", "x = 1"])


def refusal(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "f.py")
    return str(caught.value)


TOOL = "[tool.graphviz_utils]"
EXPECT = "[[tool.graphviz_utils.expect]]"


def test_expectations_come_in_their_order_with_rows_as_tuples() -> None:
    text = block(
        EXPECT, 'name = "a.grad"', "value = [[1, 2], [3, 4]]", EXPECT, 'name = "b"', "value = inf", "tolerance = 0.5"
    )

    assert read_scenario(text).expectations == (
        Expectation("a.grad", ((1, 2), (3, 4))),
        Expectation("b", float("inf"), 0.5),
    )


@pytest.mark.parametrize("name", ["y", "x.grad", "layers[0].weight.grad", "values['a']"])
def test_an_expectation_names_a_variable_or_something_in_one(name: str) -> None:
    assert read_scenario(block(EXPECT, f'name = "{name}"', "value = 1")).expectations == (Expectation(name, 1),)


def test_a_parameter_has_its_dotted_name_in_quotes() -> None:
    text = block("[tool.graphviz_utils.closed_forms]", '"0.weight" = "x"')

    assert dict(read_scenario(text).closed_forms) == {"0.weight": "x"}


def test_the_block_may_stand_anywhere() -> None:
    text = "import torch\n# %% One\n" + block(TOOL, 'title = "Late"')

    assert read_scenario(text).title == "Late"


def test_a_block_in_a_string_is_not_the_metadata() -> None:
    assert read_scenario(f'text = """\n{block("no toml")}"""\nx = 1').title == "Untitled"


def test_other_tools_and_other_blocks_are_left_alone() -> None:
    text = "# /// pyproject\n# no toml\n# ///\n\n" + block(
        'requires-python = ">=3.11"', "[tool.uv]", "x = 1", TOOL, 'title = "T"'
    )

    assert read_scenario(text).title == "T"


def test_a_line_of_dashes_inside_the_block_does_not_close_it() -> None:
    """PEP 723: of several `# ///` the last one of the comments closes the block."""
    text = '# /// script\n# [tool.x]\n# y = """\n# ///\n# """\n# [tool.graphviz_utils]\n# title = "T"\n# ///\nx = 1'

    assert read_scenario(text).title == "T"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            block(TOOL, 'titel = "T"'),
            (
                "line 3: unknown key 'titel' in tool.graphviz_utils; did you mean \"title\"? Known are title, tags, "
                "level, closed_forms, expect"
            ),
        ),
        (
            block('title = "T"'),
            (
                "line 2: unknown key 'title'; it belongs below a line [tool.graphviz_utils]; known outside are "
                "dependencies, requires-python, tool"
            ),
        ),
        (
            block("[tool.graphviz-utils]", 'title = "T"'),
            "line 2: [tool.graphviz-utils] is nobody's table; [tool.graphviz_utils] was expected",
        ),
        (
            block(EXPECT, 'name = "x"', "value = 1", "", EXPECT, 'name = "y"', "value = 2", "tolerence = 3"),
            (
                "line 9: unknown key 'tolerence' in tool.graphviz_utils.expect; did you mean \"tolerance\"? Known are "
                "name, value, tolerance"
            ),
        ),
        (
            block(TOOL, r'title = "\u001b[31mT"'),
            "line 3: title is '\\x1b[31mT'; one line of text was expected, title = \"The chain rule\"",
        ),
        (
            block(EXPECT, 'name = "print(1)"', "value = 1"),
            "line 3: name is 'print(1)'; a variable was expected, name = \"x.grad\"",
        ),
        (block(TOOL, "title = 3"), 'line 3: title is 3; one line of text was expected, title = "The chain rule"'),
        (
            block(TOOL, "", 'tags = "a"'),
            'line 4: tags is \'a\'; a list of words was expected, tags = ["scalar", "fan-out"]',
        ),
        (
            block(TOOL, 'level = "hard"'),
            "line 3: level is 'hard'; one of beginner, intermediate, advanced was expected",
        ),
        (
            block(TOOL, "[tool.graphviz_utils.closed_forms]", 'x = "2*x"', 'y = "3*"'),
            "line 5: the closed form of y is '3*'; a Python expression in quotes was expected, y = \"3*x**2\"",
        ),
        (
            block("[tool.graphviz_utils.closed_forms]", "layer.weight = '1'"),
            'line 3: layer is a table; a name with dots needs quotes, "layer.weight" = …',
        ),
        (
            block(EXPECT, 'name = "x"'),
            'line 2: this expectation has no value; name = "x.grad" and value = 93 were expected',
        ),
        (
            block(EXPECT, 'name = "x"', "value = [[1], [2, 3]]"),
            "line 4: value is a list, [[1], [2, 3]]; rows of equal length were expected",
        ),
        (
            block(EXPECT, 'name = "x"', 'value = ["a"]'),
            "line 4: value holds 'a'; a number or rows of numbers were expected, value = [1.0, 2.0]",
        ),
        (
            block(EXPECT, 'name = "x"', "value = 1", "tolerance = -1"),
            "line 5: tolerance is -1; a number from 0 on was expected",
        ),
        (
            block("[tool.graphviz_utils.expect]", 'name = "x"'),
            (
                "line 2: expect is a table, {'name': 'x'}; one [[tool.graphviz_utils.expect]] per expectation was "
                "expected"
            ),
        ),
        (block("tool = 3"), "line 2: tool is 3; a table was expected, [tool]"),
        (block(TOOL, "tags = ['a'"), "line 3: \"tags = ['a'\" is not TOML: Unclosed array"),
        (
            "# /// script\n# a = 1\nx = 1",
            (
                'line 1: "# /// script" is never closed: line 3 reads "x = 1" where a "# ///" or another "# " line was '
                "expected"
            ),
        ),
        (
            "# /// script",
            ('line 1: "# /// script" is never closed: the text ends where a "# ///" or another "# " line was expected'),
        ),
        (
            "#/// script\nx = 1",
            'line 1: the line reads "#/// script"; a block opens with exactly "# /// script"',
        ),
        (
            block(TOOL) + "\n" + block(TOOL),
            'line 5: a second "# /// script" opens here; keep only the one of line 1',
        ),
        ("x = 1\n# ///", 'line 2: this "# ///" closes a block that was not opened; "# /// script" opens one'),
    ],
)
def test_an_error_names_the_line_what_stands_there_and_what_was_expected(text: str, message: str) -> None:
    assert refusal(text) == f"f.py, {message}"


@pytest.mark.parametrize(
    "line",
    [
        "a = " + "[" * 5_000,
        ".".join("a" * 9_000) + " = 1",
        "a = " + "9" * 9_000,
        "title = [0x" + "9" * 9_000 + "]",
        "expect = [{name = 'x', value = 1e999}, {name = 'x', value = " + "9" * 400 + "}]",
        "closed_forms = {x = '" + "(" * 900 + "'}",
        "x" * 30_000,
    ],
)
def test_hostile_toml_is_refused_in_one_short_line(line: str) -> None:
    message = refusal(block(TOOL, line))

    assert message.startswith("f.py, line ")
    assert len(message) < 300
    assert "\n" not in message
