"""Work that goes on in a thread of its own, so that nobody waits for it who does not want to."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Attempt"]

T = TypeVar("T")


class Attempt(Generic[T]):
    """`work` in the background, begun at once; it is handed an event that is set when it is to end."""

    def __init__(self, work: Callable[[threading.Event], T]) -> None:
        self._stop = threading.Event()
        self._over = threading.Event()
        self._results: list[T] = []
        self._error: Exception | None = None
        self._begun = time.monotonic()
        threading.Thread(target=self._do, args=(work,), daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether there is a result, or an error in place of one."""
        return self._over.is_set()

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
        return self._over.wait(seconds)

    def result(self) -> T:
        """What the work gave, once it is over; the error that ended it is raised here."""
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _do(self, work: Callable[[threading.Event], T]) -> None:
        try:
            self._results.append(work(self._stop))
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asks for the result
            self._error = error
        finally:
            self._over.set()
