"""Work in the background, and how often it is looked whether it is done."""

import threading
from collections.abc import Iterator

import pytest

from graphviz_utils.page import Attempt, unhurried

PATIENT = 60.0  # seconds in which a thread is sure to have come that far


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
