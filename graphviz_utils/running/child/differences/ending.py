"""How a run that is made again ends: where it was to end, out of time, or because it went another way."""

import time

__all__ = ["Astray", "Deadline", "Ended", "Failed", "OutOfTime", "Reached", "Unrepeatable"]

_PATIENCE = 2
_MOST_INTERRUPTIONS = 100
"""A program that catches everything, and goes on, is left alone after so many."""


class Ended(BaseException):
    """Ends a run from within; a program that catches `Exception` does not notice."""


class Reached(Ended):
    """The pass that was wanted has come."""


class OutOfTime(Ended):
    """There is no time left for this run."""


class Astray(Ended):
    """The program does something else than it did before."""


class Unrepeatable(Ended):
    """Something cannot be repeated; the message says what."""


class Failed(Unrepeatable):
    """The program fails; the message says with what."""


class Deadline:
    """When all runs together have to be over: after `seconds` of computing, or twice as many in a crowd."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + _PATIENCE * seconds
        self._cpu_until = time.process_time() + seconds
        self._interruptions = 0

    def check(self) -> None:
        """OutOfTime when the clock on the wall says so; this takes no time itself."""
        if time.monotonic() > self._until and self._interruptions < _MOST_INTERRUPTIONS:
            self._interruptions += 1
            raise OutOfTime

    def check_used(self) -> None:
        """OutOfTime when enough was computed, or the clock on the wall says so."""
        if time.process_time() > self._cpu_until or time.monotonic() > self._until:
            raise OutOfTime
