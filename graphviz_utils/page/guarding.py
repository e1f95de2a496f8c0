"""Whether a stranger's program may run here, and how a visitor is told what keeps it in."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Literal

from graphviz_utils.running import Safety, SafetyLevel, self_test

__all__ = ["Guard", "guard_of", "is_loopback", "tried_out"]

_CONFINED = "A program here can compute and print; the kernel keeps it from files, networks and other processes"
_OWN_RISK = (
    "This system has nothing that keeps a program in: it can do what you can do, for a limited time. "
    "Run only what you trust."
)
_READY_ONLY = (
    "This system has nothing that keeps a program in, and others can open this page: only the ready scenarios run here."
)


@dataclass(frozen=True, slots=True)
class Guard:
    """What a badge on the page says: a word, a colour, and a sentence for those who ask."""

    word: str
    color: Literal["green", "orange", "red"]
    told: str


def is_loopback(address: str | None) -> bool:
    """Whether only this machine can reach a server that listens at `address`; without one it listens everywhere."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def tried_out(stop: Event, trial: Callable[[], Safety] = self_test, tries: int = 5, pause: float = 10.0) -> Safety:
    """What the self-test finds. Where honest programs do not run, it is asked again: a machine may be busy at first."""
    safety = trial()
    for _ in range(tries - 1):
        if safety.computes or stop.wait(pause):
            break
        safety = trial()
    return safety


def guard_of(safety: Safety, alone: bool) -> Guard:
    """What the self-test found, for a page that `alone` this machine can open, or others, too."""
    if not safety.computes:
        broken = next(tried for tried in safety.computed if not tried.holds)
        return Guard("not ready", "red", f"A trial of {broken.what} failed when the page started: {broken.detail}")
    return _guard(safety.level, alone)


def _guard(level: SafetyLevel, alone: bool) -> Guard:
    match level:
        case "kernel":
            return Guard("confined", "green", f"{_CONFINED} (seccomp and Landlock, tried out at the start).")
        case "seccomp only":
            return Guard("confined", "green", f"{_CONFINED} (seccomp, tried out at the start; no Landlock here).")
        case "limits only":
            return Guard("not confined", "orange", _OWN_RISK if alone else _READY_ONLY)
