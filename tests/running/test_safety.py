"""The self-test says what holds on this machine."""

import sys

import pytest

from graphviz_utils.running import Safety, Tried, self_test
from graphviz_utils.running.kernel import landlock_version, seccomp_available
from graphviz_utils.running.safety import _level


@pytest.fixture(scope="module")
def safety() -> Safety:
    return self_test()


def test_honest_programs_work(safety: Safety) -> None:
    assert [tried.what for tried in safety.computed if not tried.holds] == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such walls")
def test_the_level_is_what_the_kernel_offers(safety: Safety) -> None:
    offered = "limits only" if not seccomp_available() else "kernel" if landlock_version() else "seccomp only"

    assert safety.level == offered


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such walls")
def test_everything_forbidden_is_refused(safety: Safety) -> None:
    assert [tried for tried in safety.refused if not tried.holds] == []
    assert len(safety.refused) == 10


@pytest.mark.parametrize(
    ("holds", "level"),
    [
        ((), "limits only"),
        ((True, True, True), "kernel"),
        ((True, True, False), "seccomp only"),
        ((True, False, True), "limits only"),
    ],
)
def test_one_thing_that_gets_through_costs_the_level(holds: tuple[bool, ...], level: str) -> None:
    assert _level(tuple(Tried("", each, "") for each in holds)) == level
