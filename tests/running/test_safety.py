"""The self-test says what holds on this machine."""

import sys

import pytest

from graphviz_utils.model import Limits, Protection
from graphviz_utils.running import Safety, Tried, run, self_test
from graphviz_utils.running.kernel import landlock_version, seccomp_available
from graphviz_utils.running.safety import _level
from tests.running.cells import POLYNOMIAL, scenario


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


@pytest.mark.parametrize("protection", ["limits only", "landlock only"])
def test_program_is_refused_unread_where_a_wall_is_asked_for_and_there_is_none(protection: Protection) -> None:
    outcome = run(scenario("this is no program"), limits=Limits(protection=protection, unwalled="refuse"))

    assert outcome.status == "refused"
    assert "no protection" in outcome.message
    assert outcome.trace is None


@pytest.mark.skipif(sys.platform != "linux" or not seccomp_available(), reason="this system has no such wall")
@pytest.mark.parametrize("protection", ["kernel", "seccomp only"])
def test_program_runs_behind_the_wall_that_is_asked_for(protection: Protection) -> None:
    assert run(POLYNOMIAL, limits=Limits(protection=protection, unwalled="refuse")).status == "ok"


def test_without_a_wall_a_program_is_read_before_it_runs_where_that_is_asked_for() -> None:
    limits = Limits(protection="limits only", unwalled="read first")

    reached = run(scenario("import os\nos.system('true')"), limits=limits)

    assert reached.status == "refused"
    assert "Line 2" in reached.message
    assert run(POLYNOMIAL, limits=limits).status == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such thing")
def test_machine_out_of_memory_ends_programs_first() -> None:
    source = "from pathlib import Path\nPath('/proc/self/oom_score_adj').read_text().strip()"
    outcome = run(scenario(source), limits=Limits(protection="limits only"))

    assert outcome.trace is not None
    assert outcome.trace.cells[0].display == "'1000'"
