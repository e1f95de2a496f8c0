"""What a visitor can pick: levels, tags and titles, and how many of them are left."""

import pytest

from graphviz_utils.page import OWN, Program, matching, offered, pick_label, tags_of


def ready(title: str, level: str, *tags: str) -> Program:
    """A ready program that does nothing."""
    tagged = ", ".join(f'"{tag}"' for tag in tags)
    table = f'# title = "{title}"\n# level = "{level}"\n# tags = [{tagged}]\n'
    return Program.of(f"# /// script\n# [tool.graphviz_utils]\n{table}# ///\nx = 1\n", f"{title}.py", "ready")


PROGRAMS = {
    "01": ready("Momentum", "intermediate", "scalar", "optimiser"),
    "02": ready("Fan-out", "beginner", "scalar", "fan-out"),
    "03": ready("Softmax", "intermediate", "vector", "loss"),
    "04": ready("Kinks", "beginner", "vector", "fan-out"),
}


def test_the_easiest_come_first_and_keep_their_order() -> None:
    assert matching(PROGRAMS) == ("02", "04", "01", "03")


@pytest.mark.parametrize(
    ("levels", "tags", "names"),
    [
        (("intermediate",), (), ("01", "03")),
        (("beginner", "intermediate"), ("scalar",), ("02", "01")),
        ((), ("fan-out", "vector"), ("04",)),
        (("advanced",), (), ()),
        (("beginner",), ("loss",), ()),
    ],
)
def test_what_is_left_is_on_one_of_the_levels_and_has_all_of_the_tags(
    levels: tuple[str, ...], tags: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert matching(PROGRAMS, levels, tags) == names


def test_the_most_frequent_tags_are_offered_first() -> None:
    assert tags_of(PROGRAMS) == ("fan-out", "scalar", "vector", "loss", "optimiser")


def test_what_is_typed_is_sought_in_level_title_and_tags() -> None:
    assert pick_label(PROGRAMS["01"]) == "Intermediate · Momentum · scalar, optimiser"


def test_a_program_that_says_nothing_of_itself_goes_by_its_file() -> None:
    assert pick_label(Program.of("x = 1", "homework 3.py", "file")) == "homework 3"
    assert pick_label(Program.of("x = = 1", "broken.py", "file")) == "broken"


def test_what_is_picked_is_offered_even_where_it_does_not_match() -> None:
    assert offered(PROGRAMS, ("03",), "02", None) == {
        "03": "Intermediate · Softmax · vector, loss",
        "02": "Beginner · Fan-out · scalar, fan-out",
    }


def test_a_visitor_s_own_program_is_always_offered() -> None:
    assert offered(PROGRAMS, (), OWN, Program.of("x = 1", "a.py", "file")) == {OWN: "Your code: a"}
    assert offered(PROGRAMS, (), OWN, Program.of("x = 1", f"{OWN}.py", "typed")) == {OWN: OWN}
