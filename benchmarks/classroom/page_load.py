"""A class against the page: `python -m benchmarks.classroom.page_load ADDRESS STUDENTS SECONDS SHORTEST LONGEST LOOPS`.

Every student is a tab with a WebSocket of its own, all in this one process.
"""

import asyncio
import math
import statistics
import sys
import time

from websockets.exceptions import WebSocketException

from benchmarks.classroom.programs import ENDLESS, NAMES, Edit, edits
from benchmarks.classroom.tab import Finished, Tab
from benchmarks.classroom.tally import Press, tallied
from benchmarks.classroom.timetable import Timetable

__all__: list[str] = []

_OPENING = 60.0  # seconds that a student waits for the first picture
_PATIENCE = 20.0  # seconds that a student waits for any other
_OPENED_AT_ONCE = 4
_ENDINGS = {"Many programs": "busy", "ended after": "time limit", "processor time": "cpu limit"}


class _Class:
    """The students of a timetable, and what became of their presses."""

    def __init__(self, address: str, timetable: Timetable) -> None:
        self.presses: list[Press] = []
        self.openings: list[float] = []
        self._address = address
        self._timetable = timetable
        self._begin = 0.0
        self._door = asyncio.Semaphore(_OPENED_AT_ONCE)
        self._begun = asyncio.Event()

    async def take_place(self) -> float:
        """Let everybody come in, then press as planned; how long it took until all was answered."""
        students = [asyncio.create_task(self._attend(student)) for student in range(self._timetable.students)]
        while len(self.openings) < self._timetable.students:
            await asyncio.sleep(0.1)
        print("begin", flush=True)
        self._begin = time.monotonic()
        self._begun.set()
        await asyncio.gather(*students)
        return self._clock()

    def _clock(self) -> float:
        return time.monotonic() - self._begin

    async def _attend(self, student: int) -> None:
        name = NAMES[student % len(NAMES)]
        tab = await self._come_in(f"scenario={name}")
        await self._begun.wait()
        if self._timetable.is_looping(student):
            while self._clock() < self._timetable.seconds:
                self.presses.append(await self._press(tab, None, self._clock()))
        else:
            programs = edits(name, student, self._timetable.students)
            for instant in self._timetable.presses(student):
                await asyncio.sleep(instant - self._clock())
                self.presses.append(await self._press(tab, next(programs), instant))
        if tab is not None:
            await tab.close()

    async def _come_in(self, query: str) -> Tab | None:
        """A tab with its first picture."""
        async with self._door:
            begin, tab = time.monotonic(), None
            try:
                tab = await Tab.opened(self._address, query)
                seen = await tab.finished(lambda run: run.settled and bool(run.picture), _OPENING)
            except (OSError, WebSocketException):
                seen = None
            self.openings.append(seen.when - begin if seen and seen.picture else math.inf)
            return tab

    async def _press(self, tab: Tab | None, program: Edit | None, planned: float) -> Press:
        """One press on Run, waited for; later than planned if the press before was answered late."""
        if tab is None or self._clock() > self._timetable.seconds + _PATIENCE:
            return Press("never pressed", math.inf, program is None)
        try:
            await tab.press(ENDLESS if program is None else program.code)
            seen = await tab.finished(lambda run: _is_answer(run, program), _PATIENCE)
        except WebSocketException:
            seen = None
        waited = (time.monotonic() if seen is None else seen.when) - self._begin - planned
        return Press(_ending(seen, program), waited, program is None)


def _is_answer(run: Finished, program: Edit | None) -> bool:
    """Whether a run shows what was asked for, or says why not; one that was on its way before does neither."""
    return run.settled and (bool(run.words) or (program is not None and program.is_shown_in(run.picture)))


def _ending(seen: Finished | None, program: Edit | None) -> str:
    """How a press ended."""
    if seen is None:
        return "no answer"
    if program is not None and program.is_shown_in(seen.picture):
        return "ok"
    found = (ending for words, ending in _ENDINGS.items() if words in seen.words)
    return next(found, seen.words.strip()[:60])


def _main() -> None:
    students, loops = int(sys.argv[2]), int(sys.argv[6])
    seconds, shortest, longest = map(float, sys.argv[3:6])
    pupils = _Class(sys.argv[1], Timetable(students, seconds, shortest, longest, loops))
    lasted = asyncio.run(pupils.take_place())
    opened = [seconds for seconds in pupils.openings if seconds < math.inf]
    facts = {"not opened": students - len(opened), "opening": statistics.median(opened or [0.0])}
    facts |= {"slowest opening": max(opened, default=0.0), "generator": time.process_time()}
    print(tallied(pupils.presses, lasted, facts).to_json())


if __name__ == "__main__":
    _main()
