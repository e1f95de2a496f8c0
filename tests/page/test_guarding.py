"""What the page says of the walls around a program, for every outcome of the self-test."""

import sys
from dataclasses import replace
from threading import Event

import pytest

from graphviz_utils.model import Limits
from graphviz_utils.page import Program, guard_of, is_loopback, tried_out
from graphviz_utils.page.runs import ran
from graphviz_utils.running import Safety, SafetyLevel, Tried

WORKS = (Tried("a backward pass", True, ""),)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_these_addresses_are_reached_from_this_machine_only(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "192.168.1.7", "127.0.0.1.example.org", "lecture.example"]
)
def test_other_addresses_are_taken_to_be_reached_by_others(address: str | None) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize(
    ("level", "alone", "word", "told"),
    [
        ("kernel", False, "confined", "seccomp and Landlock"),
        ("seccomp only", False, "confined", "no Landlock here"),
        ("limits only", True, "not confined", "Run only what you trust"),
        ("limits only", False, "not confined", "only the ready scenarios run"),
    ],
)
def test_a_visitor_is_told_what_keeps_programs_in(level: SafetyLevel, alone: bool, word: str, told: str) -> None:
    guard = guard_of(Safety(level, (), WORKS), alone)

    assert guard.word == word
    assert told in guard.told


def test_a_machine_that_is_busy_at_first_is_tried_again() -> None:
    found = [Safety("limits only", (), (Tried("an LSTM", False, "busy"),)), Safety("kernel", (), WORKS)]

    assert tried_out(Event(), lambda: found.pop(0), pause=0).level == "kernel"


def test_a_machine_on_which_nothing_runs_is_given_up() -> None:
    trials = [Safety("kernel", (), (Tried("an LSTM", False, "no memory"),))] * 3

    assert not tried_out(Event(), trials.pop, tries=3, pause=0).computes
    assert trials == []


def test_a_visitor_is_told_what_does_not_work() -> None:
    guard = guard_of(Safety("kernel", (), (Tried("an LSTM", False, "the worker does not start"),)), True)

    assert guard.word == "not ready"
    assert "an LSTM failed when the page started: the worker does not start" in guard.told


@pytest.mark.skipif(sys.platform != "linux", reason="where no wall can stand, every program is one without")
def test_without_walls_only_ready_programs_run_on_a_page_that_others_can_open() -> None:
    limits = replace(Limits(), protection="limits only", unwalled="refuse")
    source = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n"

    ready, typed = (
        ran(Program.of(source, "p.py", origin), compared=False, limits=limits, stop=Event())
        for origin in ("ready", "typed")
    )

    assert ready.status == "ok"
    assert typed.trace is None
    assert "this system" in typed.message
