"""What is said of a leaf whose gradient was held against differences."""

import math
from collections.abc import Sequence

from graphviz_utils.running.child.comparing import two_texts
from graphviz_utils.running.child.differences.judging import Judged
from graphviz_utils.running.child.differences.slopes import Slope

__all__ = ["Naming", "agreement", "difference", "kink", "off", "tried", "unsettled"]

_WORTH_TELLING = 1e-15
_SEEN = 1e-9
_SMALL, _GREAT = 1e-4, 1e6
_NOTHING = 1e-9


class Naming:
    """How the elements of a leaf are called: by their indices, or its name; a complex one by its two parts."""

    def __init__(self, name: str, shape: Sequence[int], is_complex: bool) -> None:
        self._name = name
        self._shape = tuple(shape)
        self._is_complex = is_complex

    @property
    def count(self) -> int:
        """How many numbers the leaf has; a complex element has two."""
        return math.prod(self._shape) * (2 if self._is_complex else 1)

    def __call__(self, number: int) -> str:
        """Where number `number` stands, counted through the whole leaf."""
        part = ""
        if self._is_complex:
            number, odd = divmod(number, 2)
            part = "the imaginary part" if odd else "the real part"
        index = ""
        for size in reversed(self._shape):
            number, place = divmod(number, size)
            index = f"[{place}]{index}"
        return " of ".join(word for word in (part, index or self._name) if word)


def agreement(rows: Sequence[Judged], scale: float) -> str:
    """How well the elements agree that do, in a leaf whose largest gradient is `scale`; empty: exactly."""
    largest = max((row.apart for row in rows), default=0.0)
    words = [f"within {_distance(largest, scale)}"] if largest > _WORTH_TELLING * scale else []
    doubts = [row.slope.error for row in rows if row.verdict == "close"]
    if doubts:
        words.append(f"differences are good to {_distance(max(doubts), scale)} here")
    if any(math.isinf(row.slope.value) for row in rows):
        words.append("the slope grows without bound as the step shrinks")
    elif any(row.slope.kind == "edge" for row in rows):
        words.append("taken on the one side where the function has values")
    return ", ".join(words)


def off(dtype: str, distance: float, scale: float) -> str:
    """How far from the numbers of double precision those of `dtype` are; empty where nobody would see it."""
    return f"{dtype} itself is off by {_distance(distance, scale)}" if distance > _SEEN * scale else ""


def kink(where: str, others: int, row: Judged, chosen: float) -> str:
    """What happens where there is no single slope and autograd chose one; so it is in so many `others`, too."""
    words = f"{where} {_sides(row.slope)}, and autograd chose {_text(chosen)}"
    return words + (f"; {others} more like it" if others else "")


def unsettled(row: Judged) -> str:
    """Why there is nothing to hold against what autograd sent."""
    if row.finding.has_hole and math.isnan(row.finding.sent):
        return "the function has no value"
    if row.slope.kind == "alone":
        return "the function has no values around"
    return "each step gives another slope" if row.slope.kind == "unsettled" else "rounding hides the slope"


def difference(where: str, row: Judged, sent: float) -> str:
    """Both numbers where they differ."""
    if row.slope.kind not in ("smooth", "edge"):
        return f"{where} autograd sent {_text(sent)}, but {_sides(row.slope)}"
    left, value = two_texts(sent, row.slope.value)
    branch = ", a comparison changing exactly there" if row.is_branch else ""
    return f"{where} autograd sent {left}, and differences give {value} ± {row.slope.error:.1g}{branch}"


def tried(count: int, total: int, is_all_at_once: bool) -> str:
    """How much of a leaf was tried; empty for all of it."""
    if count == total:
        return ""
    besides = ", and all of them at once along one direction" if is_all_at_once else ""
    return f"{count:,} of {total:,} numbers were tried{besides}"


def _sides(slope: Slope) -> str:
    sides = f"the slope is {_text(slope.below)} below and {_text(slope.above)} above"
    return f"the function jumps, and beside that {sides}" if slope.kind == "jump" else sides


def _distance(distance: float, scale: float) -> str:
    """A distance, in parts of `scale` where that is far from 1."""
    if _SMALL < scale < _GREAT or distance > scale:
        return f"{distance:.1g}"
    return f"{distance / scale:.1g} of its size"


def _text(number: float) -> str:
    return f"{0.0 if abs(number) < _NOTHING else number:.6g}"
