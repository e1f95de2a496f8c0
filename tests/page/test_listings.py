"""Lines of a program are told as the editor counts them."""

from graphviz_utils.page.listings import foreseen

PROGRAM = '"""A story."""\nopen("a")\nimport requests\n'


def test_what_cannot_work_is_told_by_the_editor_s_line() -> None:
    assert foreseen(PROGRAM, 1) == (
        "line 1: files cannot be opened here (open); write the data into the program\n"
        "line 2: requests is not available here; torch, numpy and Python's standard library are"
    )


def test_a_line_that_was_told_is_not_told_again() -> None:
    assert foreseen(PROGRAM, told=2).startswith("line 3: requests")


def test_a_program_that_works_is_told_nothing() -> None:
    assert foreseen("import torch\n") == ""
