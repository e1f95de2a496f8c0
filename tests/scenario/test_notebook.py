"""Jupyter notebooks."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_utils.model import Cell, Expectation, ScenarioError
from graphviz_utils.scenario import read_notebook, read_scenario


def notebook(*cells: Any, **metadata: Any) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def code(source: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": source}


def text(source: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def refusal(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_notebook(text, "n.ipynb")
    return str(caught.value)


def only_cell(source: str) -> Cell:
    (cell,) = read_notebook(notebook(code(source))).cells
    return cell


def test_code_keeps_its_order_and_markdown_becomes_the_story() -> None:
    scenario = read_notebook(
        notebook(text("# Fan-out\nTwice."), text(["## For", "ward\n"]), code(["x = 1\n", "y = x"]), code("z = y"))
    )

    assert (scenario.title, scenario.story) == ("Fan-out", "Twice.\n\n## Forward")
    assert scenario.cells == (Cell("Forward", "x = 1\ny = x", 9), Cell("", "z = y", 13))


def test_the_source_of_a_notebook_reads_back_as_the_same_scenario() -> None:
    scenario = read_notebook(
        notebook(
            text("Story with $\\nabla$."),
            code("%matplotlib inline\nx = 1"),
            code("%%bash\nls"),
            graphviz_utils={
                "title": 'A "title" — ümläut \\',
                "tags": ["a"],
                "level": "advanced",
                "closed_forms": {"0.weight": "x"},
                "expect": [{"name": "x", "value": [[1, 2.5], [True, 1e-7]], "tolerance": 0.1}],
            },
        ),
        "n.ipynb",
    )

    assert read_scenario(scenario.source, "n.ipynb") == scenario


def test_metadata_may_stand_in_a_code_cell() -> None:
    cell = code("# /// script\n# [tool.graphviz_utils]\n# title = 'T'\n# ///")

    assert read_notebook(notebook(cell, code("x = 1"))).title == "T"


def test_metadata_may_stand_in_the_notebook() -> None:
    table = {"expect": [{"name": "x", "value": 1}]}

    assert read_notebook(notebook(code("x = 1"), graphviz_utils=table)).expectations == (Expectation("x", 1),)


@pytest.mark.parametrize(
    ("magic", "commented"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install \\\n  torch\nx = 1", "# !pip install \\\n# torch\nx = 1"),
        ("files = !ls\nx = 1", "# files = !ls\nx = 1"),
        ("x?\nx = 1", "# x?\nx = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("if x:\n    !ls it's\n    %cd\nx = 1", "if x:\n    pass  # !ls it's\n    pass  # %cd\nx = 1"),
    ],
)
def test_a_magic_line_is_shown_as_a_comment_and_the_rest_runs(magic: str, commented: str) -> None:
    assert only_cell(magic) == Cell("", commented, 2)


@pytest.mark.parametrize("python", ["x = (7\n%2)", 'x = """\n!ls\n"""', "x = 7 \\\n%2", "x != 3", "x %= 2"])
def test_python_that_looks_like_a_magic_stays(python: str) -> None:
    assert only_cell(python).source == python


@pytest.mark.parametrize(
    "magic", ["%%bash\nls\n  pwd", "%%html\n<b>", "!ls", "\n%%writefile x.py\nimport os", "%pip list"]
)
def test_a_cell_of_nothing_but_magics_is_shown_and_never_run(magic: str) -> None:
    cell = only_cell(magic)

    assert not cell.runnable
    assert all(line.startswith("#") for line in cell.source.split("\n"))


def test_outputs_are_left_out() -> None:
    cell = code("x = 1") | {"outputs": [{"output_type": "display_data", "data": {"text/html": "<script>"}}]}

    assert "script" not in read_notebook(notebook(cell)).source


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", "n.ipynb: this is not a notebook's JSON (Expecting value, line 1); save it from Jupyter again"),
        ("[" * 100_000, "n.ipynb: this is not a notebook's JSON (it nests too deep); save it from Jupyter again"),
        (
            "9" * 9_000,
            "n.ipynb: this is not a notebook's JSON (a number in it is too long); save it from Jupyter again",
        ),
        (
            '{"worksheets": []}',
            "n.ipynb: this is a notebook of format 3; a notebook of format 4 was expected, as Jupyter saves it",
        ),
        (
            "[]",
            "n.ipynb: this is JSON without a list of cells; a notebook of format 4 was expected, as Jupyter saves it",
        ),
        (notebook(None), "n.ipynb: cell 1 is nothing; a table with cell_type and source was expected"),
        (
            notebook(text(""), {"cell_type": 7}),
            "n.ipynb: cell 2 has cell_type 7; code, markdown or raw was expected",
        ),
        (notebook(code(["a", 5])), "n.ipynb: cell 1 has 5 in its source; text was expected"),
        (notebook(code(None)), "n.ipynb: cell 1 has nothing in its source; text was expected"),
        (
            notebook(code("x"), language_info={"name": "julia"}),
            "n.ipynb: this notebook is written in 'julia'; Python was expected",
        ),
        (
            notebook(code("x"), graphviz_utils={"level": 3}),
            "n.ipynb: metadata.graphviz_utils.level: level is 3; one of beginner, intermediate, advanced was expected",
        ),
        (
            notebook(text("Story."), code("import torch\n# /// script\n# x = 1\n# ///")),
            "n.ipynb, cell 2, line 3: unknown key 'x'; known are dependencies, requires-python, tool",
        ),
        (
            notebook(text("Only words.")),
            (
                "n.ipynb: there is no code in it; write for example  "
                "import torch; x = torch.tensor(2.0, requires_grad=True); y = x ** 2; y.backward()"
            ),
        ),
    ],
)
def test_an_error_names_the_cell_what_stands_there_and_what_was_expected(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_lone_surrogate_is_refused_with_its_cell() -> None:
    assert refusal(notebook(code("x = 1"), code("y = '\ud800'"))).startswith("n.ipynb, cell 2, line 1: ")


@pytest.mark.parametrize("piece", [" ", "!a ", "a, ", "!a\\\n", "?", "'", "x?", "%%"])
@pytest.mark.parametrize("cell", [code, text])
def test_a_monotonous_cell_takes_linear_time(piece: str, cell: Callable[[str], dict[str, Any]]) -> None:
    started = time.process_time()
    read_notebook(
        notebook(cell(f"## {piece * (250_000 // len(piece))}"), cell(piece * (250_000 // len(piece))), code("x"))
    )

    assert time.process_time() - started < 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["cell_type", "source", "metadata", "graphviz_utils", "title", "expect", "name", "value"]),
            inner,
        )
    ),
    max_leaves=12,
)
CELLS = st.lists(
    JSON
    | st.builds(
        lambda kind, source: {"cell_type": kind, "source": source}, st.sampled_from(["code", "markdown"]), st.text()
    )
)


@settings(max_examples=200, deadline=None)
@given(st.builds(lambda cells, metadata: json.dumps({"cells": cells, "metadata": metadata}), CELLS | JSON, JSON))
def test_any_json_is_a_scenario_that_reads_back_or_refused_in_words(text: str) -> None:
    try:
        scenario = read_notebook(text)
    except ScenarioError:
        return

    assert read_scenario(scenario.source, scenario.filename) == scenario
