"""What the benchmarks say of numbers: a table must not promise more than was measured."""

import sys

import pytest

from benchmarks.measuring import Case, Measured, measured
from benchmarks.wording import aim, per_operation, ratio, share, told

STEADY = Measured((0.010, 0.010, 0.012))
NOISE = Measured((0.001, 0.010, 0.900))
BROKEN = Measured(failure="RecursionError")


@pytest.mark.parametrize(
    ("number", "row"),
    [
        (1.5, ("ours: at most 1.5 times", "1.5 times", "met")),
        (1.69, ("ours: at most 1.5 times", "1.69 times", "**not met**")),
        (None, ("ours: at most 1.5 times", "–", "not measured")),
    ],
)
def test_an_aim_says_whether_it_is_met(number: float | None, row: tuple[str, ...]) -> None:
    assert aim("ours", number, 1.5) == row


def test_an_aim_may_be_a_least_number() -> None:
    assert aim("theirs", 2.0, 20, at_least=True) == ("theirs: at least 20 times", "2 times", "**not met**")


def test_a_median_with_more_spread_than_itself_is_not_usable() -> None:
    assert told(STEADY) == "10 ± 1 ms"
    assert told(NOISE) == "not usable (10 ± 450 ms)"
    assert per_operation(NOISE, 10).startswith("not usable (")


@pytest.mark.parametrize(("one", "base"), [(NOISE, STEADY), (STEADY, NOISE), (BROKEN, STEADY), (STEADY, BROKEN)])
def test_no_ratio_is_made_of_noise_or_of_nothing(one: Measured, base: Measured) -> None:
    assert share(ratio(one, base)) == "–"


def test_a_way_that_fails_is_tried_once_and_says_why() -> None:
    case = Case("building", "no such way", 1)

    assert measured([case], rounds=3)[case].failure == "KeyError"


@pytest.mark.skipif(sys.platform != "linux", reason="the load is read from /proc/stat")
def test_every_round_looks_at_what_others_do() -> None:
    case = Case("building", "graph", 10)

    assert len(measured([case], rounds=2)[case].others) == 2
