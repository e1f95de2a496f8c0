"""Who computes in the page's process, and how often it is looked whether something is done."""

import threading
from collections.abc import Iterator

import pytest

from graphviz_utils.page import Attempt, unhurried
from graphviz_utils.page.turns import Turns

PATIENT = 60.0  # seconds in which a thread is sure to have come that far


def test_no_more_threads_are_in_their_turn_than_there_are_slots() -> None:
    turns, over, came = Turns(2), threading.Event(), threading.Semaphore(0)

    def come() -> None:
        with turns.turn():
            came.release()
            over.wait(PATIENT)

    threads = [threading.Thread(target=come, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    first, second, third = (came.acquire(timeout=seconds) for seconds in (PATIENT, PATIENT, 0.05))
    over.set()

    assert (first, second, third) == (True, True, False)
    assert came.acquire(timeout=PATIENT)


def test_a_second_thread_waits_until_the_first_has_had_its_turn() -> None:
    turns, second = Turns(1), threading.Event()

    def come() -> None:
        with turns.turn():
            second.set()

    with turns.turn():
        other = threading.Thread(target=come)
        other.start()
        came_early = second.wait(0.05)
    other.join(PATIENT)

    assert not came_early
    assert second.is_set()


def test_who_waits_for_something_else_lets_others_go() -> None:
    turns, second = Turns(1), threading.Event()

    def come() -> None:
        with turns.turn():
            second.set()

    with turns.turn():
        threading.Thread(target=come, daemon=True).start()
        with turns.aside():
            assert second.wait(PATIENT)


def test_a_turn_within_a_turn_is_the_same_one() -> None:
    turns, entered = Turns(1), threading.Event()

    def come() -> None:
        with turns.turn(), turns.turn():
            entered.set()

    threading.Thread(target=come, daemon=True).start()

    assert entered.wait(PATIENT)


def test_an_error_ends_the_turn() -> None:
    turns, entered = Turns(1), threading.Event()

    def come() -> None:
        with turns.turn():
            entered.set()

    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    threading.Thread(target=come, daemon=True).start()

    assert entered.wait(PATIENT)


@pytest.fixture
def crowd() -> Iterator[list[Attempt[bool]]]:
    """Attempts that go on until the test is over."""
    over = threading.Event()
    attempts = [Attempt(lambda _: over.wait(PATIENT)) for _ in range(32)]
    yield attempts
    over.set()
    for attempt in attempts:
        attempt.wait(PATIENT)


def test_a_single_visitor_is_looked_after_at_once() -> None:
    assert unhurried(0.3) == 0.3


def test_the_more_wait_the_less_often_each_looks(crowd: list[Attempt[bool]]) -> None:
    assert len(crowd) == 32
    assert unhurried(0.3) >= 4 * 0.3
