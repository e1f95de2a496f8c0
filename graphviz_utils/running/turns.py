"""Who runs next: a queue that is fair between sessions, and lanes that keep long runs out of the way of short ones."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graphviz_utils.model import Limits
from graphviz_utils.running import endings
from graphviz_utils.running.accounts import Accounts
from graphviz_utils.running.conversation import Stop

__all__ = ["Turn", "Turns"]

_GLANCE_SECONDS = 0.2


class Turn:
    """One run, from its place in the queue to its end. `used` is the processor time to charge its session with."""

    def __init__(self, session: str, limits: Limits) -> None:
        self.session = session
        self.limits = limits
        self.used = 0.0
        self.is_long = self.is_replaced = False
        self.called = threading.Event()


class Turns:
    """Lets `slots` short runs go on at a time, and as many long ones beside them.

    Of one session one run goes on and one waits: a newer one takes the place of the one that waits. A free slot goes to
    the session that has used the fewest whole seconds of processor time of late, and among equals to who came first.
    So students whose programs end at once are served in the order in which they came; who runs endless loops comes
    after everybody else, with runs that count as long ones from the start. A run without a session is held to none of
    this, and owes nothing.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._lock = threading.Lock()
        self._waiting: list[Turn] = []
        self._running: list[Turn] = []
        self._accounts = Accounts()

    @contextmanager
    def turn(
        self, session: str, limits: Limits, stop: Stop | None = None, is_serving: Callable[[], bool] = lambda: True
    ) -> Iterator[Turn]:
        """A turn, when it has come; its session is charged when it ends.

        Time in which the worker is not `is_serving` does not count as waiting.

        Raises:
            Over: it does not come, and why.
        """
        turn = Turn(session, limits)
        try:
            self._join(turn)
            self._await(turn, stop, is_serving)
            yield turn
        finally:
            self._leave(turn)

    def give_way(self, turn: Turn) -> None:
        """Let `turn`, which has become a long one, go on beside the slots as soon as there is a place."""
        with self._lock:
            turn.is_long = True
            self._let_in()

    def _join(self, turn: Turn) -> None:
        with self._lock:
            if turn.session:
                if wait := self._accounts.wait(turn.session, turn.limits, time.monotonic()):
                    raise endings.spent(turn.limits, wait)
                self._replace(turn.session)
            self._waiting.append(turn)
            self._let_in()
            if not turn.called.is_set() and len(self._waiting) > turn.limits.queue_length:
                raise endings.busy(len(self._waiting) - 1)

    def _replace(self, session: str) -> None:
        """End the wait of the run of `session` that waits, if there is one."""
        for turn in [turn for turn in self._waiting if turn.session == session]:
            self._waiting.remove(turn)
            turn.is_replaced = True
            turn.called.set()

    def _await(self, turn: Turn, stop: Stop | None, is_serving: Callable[[], bool]) -> None:
        left = turn.limits.queue_seconds
        while not turn.called.wait(_GLANCE_SECONDS):
            if stop is not None and stop.is_set():
                raise endings.stopped()
            left -= _GLANCE_SECONDS if is_serving() else 0
            if left <= 0:
                raise endings.busy(len(self._waiting) - 1)
        if turn.is_replaced:
            raise endings.replaced()

    def _leave(self, turn: Turn) -> None:
        with self._lock:
            for place in (self._waiting, self._running):
                if turn in place:
                    place.remove(turn)
            self._accounts.charge(turn.session, turn.used, turn.limits, time.monotonic())
            self._let_in()

    def _let_in(self) -> None:
        while (turn := self._next()) is not None:
            self._waiting.remove(turn)
            self._running.append(turn)
            turn.is_long = self._owed(turn) >= 1
            turn.called.set()

    def _next(self) -> Turn | None:
        """Whose turn it is, if there is a free slot. Long runs hold one only where no place beside them is left."""
        aside = min(sum(turn.is_long for turn in self._running), self._slots)
        if len(self._running) - aside >= self._slots:
            return None
        occupied = {turn.session for turn in self._running if turn.session}
        return min((turn for turn in self._waiting if turn.session not in occupied), key=self._owed, default=None)

    def _owed(self, turn: Turn) -> int:
        """Whole seconds that its session has used of late."""
        return int(self._accounts.owed(turn.session, turn.limits, time.monotonic()))
