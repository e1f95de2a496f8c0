"""Scenario files, whatever bytes they hold."""

import pickle
from pathlib import Path

import pytest

from graphviz_utils.model import ScenarioError
from graphviz_utils.scenario import LIMIT, decode_scenario, load_scenario, scenario_files


def refusal(data: bytes, filename: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        decode_scenario(data, filename)
    return str(caught.value)


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    program, notebook = tmp_path / "a.py", tmp_path / "b.IPYNB"
    program.write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")
    notebook.write_text('{"cells": [{"cell_type": "code", "source": "x = 1"}]}', encoding="utf-8")

    assert [load_scenario(path).source for path in (program, notebook)] == ["x = 1\ny = 2\n", "# %%\nx = 1\n"]


@pytest.mark.parametrize(
    ("data", "filename", "message"),
    [
        (b"x = 1\0", "a.py", "the file holds binary data; a program saved as UTF-8 text was expected"),
        ("x = 1".encode("utf-16"), "a.py", "the file holds UTF-16 text; a program saved as UTF-8 text was expected"),
        (pickle.dumps([1]), "a.py", "the file holds a Python pickle; a program saved as UTF-8 text was expected"),
        (b"a: 1", "a.yaml", "this is a .yaml file; a program (.py) or a notebook (.ipynb) was expected"),
        (b"x = 1", "a", "this is a file without suffix; a program (.py) or a notebook (.ipynb) was expected"),
        (b"x" * (LIMIT + 1), "a.py", "it is larger than 1 MB, the limit of a scenario"),
        (
            b"x" * (LIMIT + 1),
            "a.ipynb",
            "it is larger than 1 MB, the limit of a scenario; clear the notebook's outputs",
        ),
    ],
)
def test_what_is_no_program_is_refused_in_words(data: bytes, filename: str, message: str) -> None:
    assert refusal(data, filename) == f"{filename}: {message}"


def test_latin_1_is_refused_with_its_line() -> None:
    assert refusal("x = 1\n# é".encode("latin-1"), "a.py") == (
        "a.py, line 2: the byte 0xe9 stands here, which is not UTF-8; save the file as UTF-8 text"
    )


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.py", tmp_path, "a\0b.py"):
        with pytest.raises(ScenarioError, match=r"cannot be read: \w+"):
            load_scenario(path)


def test_an_uploads_name_opens_nothing(tmp_path: Path) -> None:
    """The bytes count; a name that happens to be a path is only a name."""
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1", encoding="utf-8")

    assert decode_scenario(b"x = 1", str(secret)).source == "x = 1"


def test_control_characters_of_a_name_reach_no_message() -> None:
    assert "\x1b" not in refusal(b"", "\x1b[31m.py")


def test_a_folders_scenarios_come_by_name(tmp_path: Path) -> None:
    for name in ("b.py", "a.ipynb", ".hidden.py", "__init__.py", "notes.md"):
        (tmp_path / name).touch()

    assert [path.name for path in scenario_files(tmp_path)] == ["a.ipynb", "b.py"]
