"""What is said about a run that ended without its program's answer."""

import math
import signal

from graphviz_utils.model import MEGABYTE, Limits
from graphviz_utils.running.job import Outcome, Status
from graphviz_utils.running.wire import Ending

__all__ = [
    "OUT_OF_MEMORY_CODE",
    "Over",
    "busy",
    "ended",
    "lost",
    "no_room",
    "out_of_memory",
    "replaced",
    "spent",
    "stopped",
    "time_limit",
    "too_large",
    "unwalled",
]

OUT_OF_MEMORY_CODE = 82
"""The exit code of a child that had no memory left even to say so."""

_CAUSES = {
    6: ", aborted",
    9: ", killed from outside: the machine may be out of memory",
    11: ", invalid memory access",
}


_FORBIDDEN = (
    "The program asked the system for something that no program may do here, and was ended; "
    "it can compute and print, but not reach files, networks or other processes."
)


class Over(Exception):  # noqa: N818 - not an error: the run is over, and `outcome` says how
    """Ends the wait for an answer."""

    def __init__(self, status: Status, message: str, cpu_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.outcome = Outcome(status, message=message, cpu_seconds=cpu_seconds)


def ended(ending: Ending, limits: Limits) -> Over:
    """What it means that a child's process ended as `ending` tells, and no answer had come."""
    code, used = ending.code, ending.cpu_seconds
    if code is None:
        return lost("The worker was lost while the program ran; run it again.")
    if code < 0 and (_signal(code) == "SIGXCPU" or (code == -9 and used >= limits.cpu_seconds)):
        spent = f"The program used up its {limits.cpu_seconds} seconds of processor time; do less work."
        return Over("cpu limit", spent, used)
    if code == OUT_OF_MEMORY_CODE:
        return Over("out of memory", out_of_memory(limits), used)
    if code < 0 and _signal(code) == "SIGSYS":
        return Over("forbidden operation", _FORBIDDEN, used)
    if code < 0 or code > 255:
        cause = _signal(code) + _CAUSES.get(-code, "")
        return Over("crashed", f"The program's process crashed ({cause}); nothing else is affected.", used)
    reason = f"The program ended its own process (exit code {code}) before there was a result; leave out os._exit."
    return Over("ended without a result", reason, used)


def lost(reason: str) -> Over:
    """The worker itself failed."""
    return Over("crashed", reason)


def time_limit(limits: Limits) -> Over:
    """The wall clock ran out."""
    seconds = f"{limits.wall_seconds:g} seconds"
    return Over("time limit", f"The program was ended after {seconds}; look for a loop that never ends, or do less.")


def stopped() -> Over:
    """A person pressed Stop."""
    return Over("stopped", "The run was stopped.")


def replaced() -> Over:
    """The same session asked for another run while this one waited."""
    return Over("stopped", "A newer run took the place of this one before it began.")


def busy(others: int) -> Over:
    """No slot came free, and `others` wait for one."""
    wait = "1 other waits" if others == 1 else f"{others:,} others wait"
    return Over("busy", f"Many programs are running at this moment, and {wait}; try again in a few seconds.")


def no_room() -> Over:
    """The system has no process or descriptor left."""
    return Over("busy", "There is no room for another program at this moment; try again in a few seconds.")


def spent(limits: Limits, seconds: float) -> Over:
    """The session has used up its processor time, and gets some again after `seconds`."""
    budget = f"The programs run here used up their {limits.budget_seconds:g} seconds of processor time"
    again = f"there is some again in {math.ceil(seconds)} seconds"
    return Over("busy", f"{budget}; {again}. Look for a loop that never ends, or do less.")


def unwalled() -> Over:
    """This system has nothing to hold a program with, and the limits ask for it."""
    return Over(
        "refused",
        "Programs do not run here: this system has no protection (seccomp) from them, and others can reach the page. "
        "Run it on Linux, or for this computer alone.",
    )


def too_large(length: int, limits: Limits) -> Over:
    """The answer has `length` bytes, which is more than is taken."""
    size = f"The record of this run has {length / MEGABYTE:,.1f} MB, and {limits.result_mb} MB can be shown"
    return Over("too large", f"{size}; use smaller tensors or fewer steps.")


def out_of_memory(limits: Limits) -> str:
    """What is said when a program asks for too much memory."""
    return f"The program needed more than its {limits.memory_mb:,} MB of memory; use smaller tensors or fewer steps."


def _signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code:#x}"
