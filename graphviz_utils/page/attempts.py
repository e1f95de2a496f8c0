"""Work that goes on in a thread of its own, so that nobody waits for it who does not want to."""

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphviz_utils.model import GraphvizUtilsError

__all__ = ["Attempt", "Ended", "ended", "unhurried"]

T = TypeVar("T")


class Attempt(Generic[T]):
    """`work` in the background, begun at once; it is handed an event that is set when it is to end.

    That is also when nobody holds the attempt any more: a visitor who has left waits for nothing.
    """

    def __init__(self, work: Callable[[threading.Event], T]) -> None:
        self._stop = threading.Event()
        self._shared: _Shared[T] = _Shared(work, self._stop)
        self._begun = time.monotonic()
        weakref.finalize(self, self._stop.set)
        _COUNT.add(1)
        threading.Thread(target=self._shared.do, daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether there is a result, or an error in place of one."""
        return self._shared.over.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked it to end."""
        return self._stop.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._begun

    def stop(self) -> None:
        """Ask it to end."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, but no longer than `seconds`; whether it is."""
        return self._shared.over.wait(seconds)

    def result(self) -> T:
        """What the work gave, once it is over; the error that ended it is raised here."""
        self._shared.over.wait()
        if self._shared.error is not None:
            raise self._shared.error
        return self._shared.results[0]


def unhurried(seconds: float) -> float:
    """`seconds` while few attempts go on; up to twelve times as long the more there are.

    Every look at whether something is done costs the page about as much as showing it. If hundreds look several times
    a second, nothing is left for what they wait for.
    """
    return seconds * min(max(1.0, _COUNT.going_on / _FEW), 12.0)


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """What an attempt gave, or in words why it gave nothing; `bug` is an error of ours that is behind that."""

    result: T | None
    words: str = ""
    bug: Exception | None = None


def ended(attempt: Attempt[T]) -> Ended[T]:
    """How an attempt ended that is over."""
    try:
        return Ended(attempt.result())
    except GraphvizUtilsError as error:
        return Ended(None, str(error))
    except Exception as error:  # noqa: BLE001 - whoever shows the words raises it, when nothing is lost by it any more
        name = type(error).__name__
        return Ended(None, f"Something in this page itself went wrong ({name}); its server's log tells more.", error)


class _Count:
    """How many attempts go on in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.going_on = 0

    def add(self, number: int) -> None:
        """`number` more, or fewer."""
        with self._lock:
            self.going_on += number


_COUNT = _Count()
_FEW = 8


class _Shared(Generic[T]):
    """What an attempt and its thread both hold; the thread does not hold the attempt."""

    def __init__(self, work: Callable[[threading.Event], T], stop: threading.Event) -> None:
        self.over = threading.Event()
        self.results: list[T] = []
        self.error: Exception | None = None
        self._work = work
        self._stop = stop

    def do(self) -> None:
        """Do the work."""
        try:
            self.results.append(self._work(self._stop))
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asks for the result
            self.error = error
        finally:
            _COUNT.add(-1)
            self.over.set()
