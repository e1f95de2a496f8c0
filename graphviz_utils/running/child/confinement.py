"""What is taken away from a child before a program runs in it. Steps stand in the order in which they are called."""

import ctypes
import mmap
import os
import signal
import sys
from pathlib import Path

from graphviz_utils.advice import refused
from graphviz_utils.model import MEGABYTE, Limits, Protection, Unwalled
from graphviz_utils.running import endings, kernel

__all__ = ["Reserve", "confine", "die_with_parent", "keep_only"]

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


class Reserve:
    """Memory set aside while the program runs, so that its answer can be written when it has taken all the rest."""

    def __init__(self) -> None:
        self._mapped = None if sys.platform != "linux" else _untouched(_RESERVE_MB * MEGABYTE)

    def release(self) -> None:
        """Let the answer have it."""
        if self._mapped is not None:
            self._mapped.close()


def confine(limits: Limits, source: str) -> Reserve:
    """Hold this process, in which the program `source` is going to run, to `limits`, for good.

    Raises:
        OSError: a wall that this system has cannot be put up.
        Over: it has none, and `limits` do not let this program run without.
    """
    _limit(limits)
    reserve = Reserve()
    os.environ.clear()
    walled = sys.platform == "linux" and limits.protection != "limits only" and _walled_in(limits.protection)
    if not walled:
        _check_unwalled(limits.unwalled, source)
    return reserve


def _check_unwalled(unwalled: Unwalled, source: str) -> None:
    if unwalled == "refuse":
        raise endings.unwalled()
    if unwalled == "read first" and (reason := refused(source)):
        raise endings.Over("refused", reason)


def _limit(limits: Limits) -> None:
    if sys.platform == "win32":
        return  # Windows has no such limits; the page's clock is what ends a run there
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    if sys.platform == "linux":
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        ceiling = mapped + (limits.memory_mb + _RESERVE_MB) * MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def _walled_in(protection: Protection) -> bool:
    """Whether the kernel now asks a filter before each system call, after all that can be put up was."""
    kernel.gain_nothing_new()
    kernel.become_opaque()
    version = kernel.landlock_version()
    if version and protection != "seccomp only":
        kernel.deny_files_and_networks(version)
    if protection == "landlock only" or not kernel.seccomp_available():
        return False
    kernel.allow_only_listed_calls()
    return True


def _untouched(size: int) -> mmap.mmap:
    """Addresses without memory behind them."""
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
