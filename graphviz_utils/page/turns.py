"""Who computes in the page's process: a few at a time, for they share one lock, and more would only make all late."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Turns", "aside", "turn"]


class Turns:
    """At most `slots` threads are in their turn. Who waits for something else steps aside meanwhile."""

    def __init__(self, slots: int) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn of this thread, when it has come; within one, nothing more is taken."""
        if self._is_mine():
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Others may go while this thread waits; it goes on when there is a turn for it again."""
        if not self._is_mine():
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def _is_mine(self) -> bool:
        return bool(getattr(self._mine, "held", False))

    def _take(self) -> None:
        self._free.acquire()
        self._mine.held = True

    def _give(self) -> None:
        self._mine.held = False
        self._free.release()


_PAGE = Turns(2)  # one would do for Python's lock; two, so that a large run's table does not keep everybody waiting

turn = _PAGE.turn
aside = _PAGE.aside
