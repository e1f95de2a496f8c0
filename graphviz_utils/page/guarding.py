"""Whether a stranger's program may run here, and how a visitor is told what keeps it in."""

import ipaddress
from dataclasses import dataclass
from typing import Literal

from graphviz_utils.running import Safety, SafetyLevel

__all__ = ["Guard", "guard_of", "is_loopback"]

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
