"""A class against the runner: `python -m benchmarks.classroom.runner_load STUDENTS SECONDS SHORTEST LONGEST LOOPS`.

The worker lives in this process, as it lives in the page's; every student is a thread, as every visitor has one.
"""

import resource
import sys
import threading
import time

from benchmarks.classroom.programs import ENDLESS, NAMES, Edit, edits
from benchmarks.classroom.tally import Press, tallied
from benchmarks.classroom.timetable import Timetable
from graphviz_utils import read_scenario
from graphviz_utils.page import tensor_text
from graphviz_utils.running import Job, Outcome, Worker

__all__: list[str] = []


class _Class:
    """The students of a timetable, and what became of their presses."""

    def __init__(self, timetable: Timetable) -> None:
        self.presses: list[Press] = []
        self._timetable = timetable
        self._worker = Worker()
        self._worker.warm_up()
        self._worker.run(Job(read_scenario(next(edits(NAMES[0], 0, 1)).source)))
        self._begin = 0.0

    def take_place(self) -> float:
        """Let everybody press as planned; how long it took until all was answered."""
        students = [threading.Thread(target=self._attend, args=(name,)) for name in range(self._timetable.students)]
        self._begin = time.monotonic() + 0.5
        for student in students:
            student.start()
        for student in students:
            student.join()
        lasted = self._clock()
        self._worker.close()
        return lasted

    def _attend(self, student: int) -> None:
        if self._timetable.is_looping(student):
            while self._clock() < self._timetable.seconds:
                self.presses.append(self._press(student, None, self._clock()))
            return
        programs = edits(NAMES[student % len(NAMES)], student, self._timetable.students)
        for instant in self._timetable.presses(student):
            time.sleep(max(0.0, instant - self._clock()))
            self.presses.append(self._press(student, next(programs), instant))

    def _press(self, student: int, program: Edit | None, planned: float) -> Press:
        """One press on Run, waited for; later than planned if the press before was answered late."""
        job = Job(read_scenario(ENDLESS if program is None else program.source))
        outcome = self._worker.run(job, session=f"student {student}")
        return Press(_ending(outcome, program), self._clock() - planned, program is None)

    def _clock(self) -> float:
        return time.monotonic() - self._begin


def _ending(outcome: Outcome, program: Edit | None) -> str:
    """How a run ended; one that gives another program's numbers is not ok."""
    if outcome.status != "ok" or program is None or outcome.trace is None:
        return outcome.status
    leaf = next(node for node in outcome.trace.nodes if node.kind == "leaf")
    return "ok" if program.is_shown_in(tensor_text(outcome.trace.value(leaf.id))) else "another's result"


def _main() -> None:
    students, loops = int(sys.argv[1]), int(sys.argv[5])
    seconds, shortest, longest = map(float, sys.argv[2:5])
    pupils = _Class(Timetable(students, seconds, shortest, longest, loops))
    before = _cpu_seconds()
    lasted = pupils.take_place()
    print(tallied(pupils.presses, lasted, {"cpu": _cpu_seconds() - before}).to_json())


def _cpu_seconds() -> float:
    """Processor time of this process and of all its children that have ended."""
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


if __name__ == "__main__":
    _main()
