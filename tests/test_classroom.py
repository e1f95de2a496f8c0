"""What the benchmark of a class promises: no press is dropped, and a picture counts only with its own number."""

import math
from itertools import islice, pairwise

import pytest

from benchmarks.classroom.programs import NAMES, edits
from benchmarks.classroom.tally import Press, Tally, percentile, tallied
from benchmarks.classroom.timetable import Timetable


def test_a_press_without_its_picture_counts_as_longer_than_any() -> None:
    presses = [Press("ok", 0.1)] * 94 + [Press("busy", 0.01)] * 6

    tally = tallied(presses, 10, {})

    assert tally.percentile(0.94) == 0.1
    assert tally.percentile(0.95) == math.inf
    assert tally.outcomes == {"ok": 94, "busy": 6}


def test_endless_loops_are_counted_apart() -> None:
    tally = tallied([Press("ok", 0.2), Press("time limit", 10.0, is_loop=True)], 10, {})

    assert tally.asked == 1
    assert tally.loops == {"time limit": 1}


@pytest.mark.parametrize(("share", "number"), [(0.5, 10), (0.95, 19), (0.99, 20), (1, 20)])
def test_a_percentile_is_a_number_that_was_measured(share: float, number: int) -> None:
    assert percentile(range(1, 21), share) == number


def test_a_tally_arrives_as_it_was_sent() -> None:
    sent = tallied([Press("ok", 0.25), Press("busy", 1.0)], 3.5, {"cpu": 1.5})

    assert Tally.from_json(sent.to_json()) == sent


def test_presses_are_planned_for_as_long_as_asked_and_always_the_same() -> None:
    timetable = Timetable(students=5, seconds=60, shortest=5, longest=20)

    instants = [*timetable.presses(3)]

    assert instants == [*timetable.presses(3)]
    assert all(0 <= instant < 60 for instant in instants)
    assert all(5 <= later - sooner <= 20 for sooner, later in pairwise(instants))


def test_no_two_students_type_the_same_number() -> None:
    typed = [edit.number for student in range(300) for edit in islice(edits(NAMES[0], student, 300), 20)]

    assert len({*typed}) == len(typed) == 6000


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_is_edited_where_its_picture_shows_it(name: str) -> None:
    edit = next(edits(name, 0, 1))

    assert edit.number in edit.code
    assert edit.source.endswith(edit.code)


@pytest.mark.parametrize(
    ("picture", "is_shown"), [("x = 1.001", True), ("11.001", False), ("1.0012", False), ("1.001 2 3", True)]
)
def test_a_number_is_shown_only_by_itself(picture: str, is_shown: bool) -> None:
    assert next(edits(NAMES[0], 0, 1)).is_shown_in(picture) is is_shown
