"""Holds the numbers that a closed form comes to against those that autograd sent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from graphviz_utils.model import Check, Snapshot, Verdict
from graphviz_utils.running.child.comparing import two_texts
from graphviz_utils.running.child.derivation.kinks import Sides
from graphviz_utils.running.child.derivation.precision import Precision
from graphviz_utils.running.child.derivation.reckoning import Reckoned
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["Element", "judged"]

_OF_ELEMENT, _OF_STEPS = 8, 4
"""How many units of rounding an element may be off: of its own size, and of what its steps add up to."""
_OF_CONSTANTS = 1e-7
"""PyTorch keeps some constants, the sixth of a hard sigmoid for one, in single precision whatever the tensor's."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a leaf: what autograd sent, what its derivative comes to, its `sides` where it is at an edge."""

    sent: float
    reckoned: Reckoned
    sides: Sides | None = None

    @property
    def value(self) -> float:
        """The derivative: where pieces meet that have the same slope after all, that slope."""
        return self.reckoned.value if self.sides is None else self.sides.below


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: Verdict
    off: float = 0.0
    allowed: float = 0.0
    is_far: bool = False
    """Whether only the steps on the way explain how far off it is."""


def judged(autograd: Snapshot, elements: Sequence[Element], precision: Precision) -> Check:
    """The verdict on a leaf, without formula and derivation."""
    values = [element.value for element in elements]
    places = list(np.ndindex(*autograd.shape))
    rounded = _rounded(values, autograd.dtype)
    findings = [_found(element, value, precision) for element, value in zip(elements, rounded, strict=True)]
    verdict = max((finding.verdict for finding in findings), key=_SEVERITY.index, default=_SEVERITY[0])
    first = next((number for number, finding in enumerate(findings) if finding.verdict == verdict), 0)
    expected = _snapshot(values, autograd)
    if verdict == "differs":
        return Check("derived", "differs", _difference(elements[first], rounded[first], places[first]), expected)
    if verdict == "open":
        return Check("derived", "open", f"the closed form has no value{_at(places[first])}")
    if verdict == "kink":
        return _kink_check(autograd, elements, places[first], elements[first])
    return Check("derived", verdict, _rounding(findings, precision.dtype) if verdict == "close" else "", expected)


_SEVERITY: tuple[Verdict, ...] = ("equal", "close", "kink", "open", "differs")


def _found(element: Element, rounded: float, precision: Precision) -> _Finding:
    sent, value, sides = element.sent, element.value, element.sides
    if math.isnan(value):
        return _Finding("open")
    near = precision.epsilon * _OF_ELEMENT * max(abs(sent), abs(value)) + precision.smallest
    allowed = max(near, precision.epsilon * _OF_STEPS * element.reckoned.error, _OF_CONSTANTS * abs(value))
    if sides is not None and abs(sides.above - sides.below) > allowed:
        return _Finding("kink" if sides.least - allowed <= sent <= sides.greatest + allowed else "differs")
    if sent in (rounded, value):
        return _Finding("equal")
    off = abs(sent - value)
    if math.isfinite(off) and off <= allowed:
        return _Finding("close", off, allowed, off > near)
    return _Finding("differs")


def _rounding(findings: Sequence[_Finding], dtype: str) -> str:
    worst = max(findings, key=lambda finding: finding.off)
    told = f"the largest difference is {worst.off:.2g}"
    if not worst.is_far:
        return f"{told}, within the rounding of {dtype}"
    return f"{told}; the roundings to {dtype} on the way may add up to {worst.allowed:.2g}"


def _difference(element: Element, rounded: float, place: tuple[int, ...]) -> str:
    sides = element.sides
    if sides is not None and sides.below == sides.above:
        told = f"{_text(sides.below)} on both sides{_at(place)}, and autograd's is {_text(element.sent)}"
        return f"the slope is {told}: where pieces meet, each operator took a slope of its own"
    if sides is not None:
        told = f"between {_text(sides.least)} and {_text(sides.greatest)}"
        return f"autograd's is {_text(element.sent)}, and all slopes that meet{_at(place)} lie {told}"
    left, right = two_texts(element.sent, rounded)
    where = f"{_at(place)}, where the first difference is" if place else ""
    return f"autograd's is {left} and the closed form's is {right}{where}"


def _kink_check(autograd: Snapshot, elements: Sequence[Element], place: tuple[int, ...], element: Element) -> Check:
    assert element.sides is not None
    below, above, sent = map(_text, (element.sides.below, element.sides.above, element.sent))
    low = [each.value for each in elements]
    high = [each.value if each.sides is None else each.sides.above for each in elements]
    note = f"a kink{_at(place)}: the slope is {below} below and {above} above, and autograd took {sent}"
    if (
        not min(element.sides.below, element.sides.above)
        <= element.sent
        <= max(element.sides.below, element.sides.above)
    ):
        note += ", for each operator took a slope of its own"
    return Check("derived", "kink", note, below=_snapshot(low, autograd), above=_snapshot(high, autograd))


def _text(number: float) -> str:
    return f"{number or 0.0:.6g}"


def _at(place: tuple[int, ...]) -> str:
    return f" at {''.join(f'[{number}]' for number in place)}" if place else ""


def _rounded(values: Sequence[float], dtype: str) -> list[float]:
    return [float(number) for number in torch.tensor(values, dtype=torch.float64).to(getattr(torch, dtype)).tolist()]


def _snapshot(values: Sequence[float], like: Snapshot) -> Snapshot | None:
    tensor = torch.tensor(values, dtype=torch.float64).to(getattr(torch, like.dtype)).reshape(like.shape)
    return Camera(1).snapshot(tensor)
