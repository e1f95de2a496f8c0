"""When each student presses Run: planned ahead, so that a slow answer does not lower the load."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Timetable"]


@dataclass(frozen=True, slots=True)
class Timetable:
    """`students` press for `seconds`, each again after `shortest` to `longest` seconds, evenly spread.

    The first `loops` of them press on an endless loop. The same timetable plans the same instants.
    """

    students: int
    seconds: float
    shortest: float
    longest: float
    loops: int = 0

    def presses(self, student: int) -> Iterator[float]:
        """The planned instants of one student, in seconds from the beginning.

        The class is in full swing by then: it began long before, one student after the other.
        """
        chance = random.Random(student)  # noqa: S311 - a plan, not a secret
        instant = chance.uniform(-11, -10) * self.longest
        while instant < self.seconds:
            if instant >= 0:
                yield instant
            instant += chance.uniform(self.shortest, self.longest)

    def is_looping(self, student: int) -> bool:
        """Whether the student's program never ends."""
        return student < self.loops

    def planned(self) -> int:
        """How many presses there are to be, those on endless loops left out."""
        return sum(1 for student in range(self.loops, self.students) for _ in self.presses(student))
