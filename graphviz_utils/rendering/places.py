"""How many layouts go on at once: a few short ones, and beside them a few long ones that leave the processor to all."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["Place", "Places"]

_SHORT = 1.0  # seconds after which a layout is a long one
_MEEKNESS = 15  # how much a long one is nicer than others, on Unix


class Place:
    """One layout's place among those that may go on."""

    def __init__(self, short: threading.Semaphore, long: threading.Semaphore) -> None:
        self._short, self._long = short, long
        self._held = short
        self._begun = time.monotonic()
        self._is_meek = False

    def look_after(self, process: int) -> None:
        """Let a layout that has become a long one give way to others."""
        if time.monotonic() - self._begun < _SHORT:
            return
        if not self._is_meek and sys.platform != "win32":
            with suppress(OSError):  # it has just ended
                os.setpriority(os.PRIO_PROCESS, process, _MEEKNESS)
        self._is_meek = True
        if self._held is self._short and self._long.acquire(blocking=False):
            self._held = self._long
            self._short.release()

    def leave(self) -> None:
        """Make room for the next."""
        self._held.release()


class Places:
    """`slots` for short layouts, in which most are done, and as many for long ones: these never keep others waiting."""

    def __init__(self, slots: int) -> None:
        self._short, self._long = threading.BoundedSemaphore(slots), threading.BoundedSemaphore(slots)

    @contextmanager
    def place(self, glance: Callable[[], float]) -> Iterator[Place]:
        """A place, as soon as one is free; `glance` says how long to wait before it is asked again, or raises."""
        while not self._short.acquire(timeout=glance()):
            pass
        place = Place(self._short, self._long)
        try:
            yield place
        finally:
            place.leave()
