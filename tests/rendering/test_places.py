"""How many layouts go on at once, and that long ones keep nobody waiting."""

import os
import subprocess
import sys
import threading

import pytest

from graphviz_utils.rendering import places
from graphviz_utils.rendering.places import Places

PATIENT = 60.0


class GoneError(Exception):
    """Somebody is out of patience."""


def _impatient() -> float:
    raise GoneError


def _patient() -> float:
    return 0.05


def test_who_finds_no_place_asks_again_until_out_of_patience() -> None:
    few = Places(1)

    with few.place(_patient), pytest.raises(GoneError), few.place(_impatient):
        pytest.fail("there was a second place")


def test_a_place_is_free_again_when_its_layout_is_done() -> None:
    few = Places(1)
    with few.place(_patient):
        pass

    with few.place(_patient):
        entered = True

    assert entered


def test_a_long_layout_makes_room_for_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_SHORT", 0.0)
    few, entered = Places(1), threading.Event()

    with few.place(_patient) as long, subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as one:
        long.look_after(one.pid)
        with few.place(_patient):
            entered.set()

    assert entered.is_set()


def test_long_layouts_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one place for a short and one for a long layout, a second long one keeps the short one's place."""
    monkeypatch.setattr(places, "_SHORT", 0.0)
    monkeypatch.setattr(os, "setpriority", lambda *_: None, raising=False)
    few = Places(1)

    with few.place(_patient) as first:
        first.look_after(0)
        with few.place(_patient) as second:
            second.look_after(0)
            with pytest.raises(GoneError), few.place(_impatient):
                pytest.fail("there was a third place")


@pytest.mark.skipif(sys.platform == "win32", reason="priorities are Unix's here")
def test_a_long_layout_leaves_the_processor_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_SHORT", 0.0)

    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as layout,
        Places(1).place(_patient) as place,
    ):
        place.look_after(layout.pid)
        priority = os.getpriority(os.PRIO_PROCESS, layout.pid)

    assert priority == 15
