"""What became of every press: none is dropped, and one without its picture counts as longer than any."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

__all__ = ["Press", "Tally", "percentile", "tallied"]


@dataclass(frozen=True, slots=True)
class Press:
    """One press on Run: how it ended, and how many seconds after it was planned."""

    outcome: str
    seconds: float
    is_loop: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """All presses of a class; `seconds` are those that were answered as asked, `outcomes` and `loops` count all."""

    seconds: tuple[float, ...]
    outcomes: Mapping[str, int]
    loops: Mapping[str, int]
    lasted: float
    """From the first planned press to the last answer."""
    facts: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """The tally on one line, for another process."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, line: str) -> "Tally":
        """The tally that another process wrote."""
        return msgspec.json.decode(line, type=cls)

    @property
    def asked(self) -> int:
        """How often Run was pressed on a program that ends."""
        return sum(self.outcomes.values())

    @property
    def failed(self) -> int:
        """How many of these were not answered as asked."""
        return self.asked - len(self.seconds)

    def percentile(self, share: float) -> float:
        """The seconds within which this share of all presses was answered; infinite where too many were not."""
        return percentile((*self.seconds, *[math.inf] * self.failed), share)


def percentile(numbers: Iterable[float], share: float) -> float:
    """The least of the numbers that this share of them does not exceed; NaN of none."""
    ordered = sorted(numbers)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1] if ordered else math.nan


def tallied(presses: Iterable[Press], lasted: float, facts: Mapping[str, float]) -> Tally:
    """The presses of a class, counted."""
    kept = [*presses]
    ends = [press for press in kept if not press.is_loop]
    return Tally(
        tuple(press.seconds for press in ends if press.outcome == "ok"),
        dict(Counter(press.outcome for press in ends)),
        dict(Counter(press.outcome for press in kept if press.is_loop)),
        lasted,
        facts,
    )
