"""Which of the processes goes first when there is more to compute than the machine can."""

import os
import sys
from contextlib import suppress

__all__ = ["give_way"]

_LAST = 19


def give_way(leader: int) -> None:
    """Let a process of ours, and the group it leads, compute only when nothing else wants the processor.

    The caller knows that `leader` is not collected yet, so that its id is nobody else's. Windows knows no such thing.
    """
    if sys.platform == "win32":
        return
    with suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, leader) < _LAST:
            os.setpriority(os.PRIO_PGRP, leader, _LAST)
        elif sys.platform == "linux":  # the page itself is last in line, and this is later still
            os.sched_setscheduler(leader, os.SCHED_IDLE, os.sched_param(0))
