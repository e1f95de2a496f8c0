"""A file that a visitor sends is opened or refused in a sentence; nothing of it is run."""

from pathlib import Path

import pytest

from graphviz_utils.model import GraphvizUtilsError
from graphviz_utils.page import opened

FOLDER = Path(__file__).parent / "uploads"

ACCEPTED = (
    "u01_magics.ipynb",
    "u02_html_output.ipynb",
    "u09_bom_crlf.py",
    "u14_plain_name.py",
    "u18_symlink_title.json",
)
REFUSED = (
    "u03_source_list_and_wrong_types.ipynb",
    "u04_deep_json.ipynb",
    "u05_big_int.json",
    "u06_lone_surrogate.json",
    "u07_nul_and_controls.py",
    "u08_utf16.py",
    "u10_alias_bomb.yaml",
    "u11_python_tag.yaml",
    "u12_pickle.pkl",
    "u13_zip_slip_and_bomb.zip",
    "u15_polyglot.ipynb",
    "u16_duplicate_keys.json",
)
UNDER_A_PROGRAM_S_NAME = ("u12_pickle.pkl", "u13_zip_slip_and_bomb.zip")


def content(name: str) -> bytes:
    return (FOLDER / f"{name}.txt").read_bytes()


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_program_is_opened_and_not_run(name: str) -> None:
    assert opened(content(name), name).trace is None


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_program_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(GraphvizUtilsError) as refusal:
        opened(content(name), name)

    assert str(refusal.value).startswith(f"{name}")
    assert len(str(refusal.value)) < 500
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("name", UNDER_A_PROGRAM_S_NAME)
def test_what_a_file_is_counts_and_not_its_name(name: str) -> None:
    with pytest.raises(GraphvizUtilsError):
        opened(content(name), "innocent.py")


def test_a_name_is_no_path() -> None:
    name = "name ..%2f..%2fetc%2fpasswd <img src=x onerror=alert(1)>.py"

    assert opened(content("u14_plain_name.py"), name).name == name


def test_three_megabytes_in_one_line_are_too_much() -> None:
    with pytest.raises(GraphvizUtilsError, match="larger than 1 MB"):
        opened(b"x = '" + b"a" * 3_000_000 + b"'", "long.py")


def test_a_title_is_text_on_one_line() -> None:
    title = opened(content("u18_symlink_title.json"), "u18_symlink_title.json").scenario.title

    assert title == "../../x # heading ![a](http://127.0.0.1:18099/x.png)"
