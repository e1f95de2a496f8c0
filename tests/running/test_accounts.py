"""What a session has used is charged, wears off, and is forgotten."""

import pytest

from graphviz_utils.model import Limits
from graphviz_utils.running.accounts import Accounts

LIMITS = Limits(budget_seconds=60, budget_per_minute=12)


def test_what_was_used_wears_off_at_a_steady_rate() -> None:
    """12 seconds a minute are one in five."""
    accounts = Accounts()
    accounts.charge("anna", 10.0, LIMITS, now=100)

    assert accounts.owed("anna", LIMITS, now=100) == 10.0
    assert accounts.owed("anna", LIMITS, now=120) == pytest.approx(6.0)
    assert accounts.owed("anna", LIMITS, now=151) == 0.0


def test_session_over_its_budget_is_told_when_there_is_some_again() -> None:
    accounts = Accounts()
    for _ in range(7):
        accounts.charge("anna", 10.0, LIMITS, now=0)

    assert accounts.wait("anna", LIMITS, now=0) == pytest.approx(50.0)  # 10 too many, at one second in five
    assert accounts.wait("anna", LIMITS, now=40) == pytest.approx(10.0)
    assert accounts.wait("anna", LIMITS, now=50.1) == 0.0
    assert accounts.wait("ben", LIMITS, now=0) == 0.0


def test_student_who_runs_a_program_every_second_is_never_over_the_budget() -> None:
    accounts = Accounts()
    for second in range(3600):
        accounts.charge("anna", 0.1, LIMITS, now=second)

        assert accounts.wait("anna", LIMITS, now=second) == 0.0


def test_student_who_starts_endless_loops_again_and_again_is_over_the_budget_in_two_minutes() -> None:
    accounts, now = Accounts(), 0.0
    while accounts.wait("anna", LIMITS, now) == 0.0:
        now += LIMITS.wall_seconds
        accounts.charge("anna", LIMITS.wall_seconds, LIMITS, now)

    assert now <= 120


def test_sessions_that_owe_nothing_are_forgotten() -> None:
    accounts = Accounts()
    for student in range(1000):
        accounts.charge(f"student {student}", 0.05, LIMITS, now=student)

    assert len(accounts) == 1


def test_without_a_session_nothing_is_owed() -> None:
    accounts = Accounts()
    accounts.charge("", 1000.0, LIMITS, now=0)

    assert accounts.wait("", LIMITS, now=0) == 0.0
