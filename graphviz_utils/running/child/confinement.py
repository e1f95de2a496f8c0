"""What is taken away from a child before a program runs in it. Steps stand in the order in which they are called."""

import ctypes
import os
import signal
import sys
from pathlib import Path

from graphviz_utils.running.job import MEGABYTE, Limits

__all__ = ["allow_reserve", "confine", "die_with_parent", "keep_only"]

_PR_SET_PDEATHSIG = 1
_RESERVE_MB = 512
_ASIDE = 512
_MAX_DESCRIPTOR = 65536


def die_with_parent() -> None:
    """Be killed when the parent's only thread ends (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def keep_only(*kept: int) -> None:
    """Point descriptors 0 to 2 to the null device, renumber `kept` from 3 on, and close all others."""
    aside = [os.dup2(descriptor, _ASIDE + place) for place, descriptor in enumerate(kept)]
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    for place, descriptor in enumerate(aside, start=3):
        os.dup2(descriptor, place, inheritable=False)
    os.closerange(3 + len(kept), _MAX_DESCRIPTOR)


def confine(limits: Limits) -> None:
    """Hold this process to `limits`, for good."""
    if sys.platform == "win32":
        return  # Windows has no such limits; the page's clock is what ends a run there
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    if sys.platform == "linux":
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        ceiling = mapped + limits.memory_mb * MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling + _RESERVE_MB * MEGABYTE))


def allow_reserve() -> None:
    """Let the answer be written with memory that the program could not take."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
