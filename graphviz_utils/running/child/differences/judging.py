"""What a slope says of the number that autograd sent."""

import math
from dataclasses import dataclass

from graphviz_utils.model import Verdict
from graphviz_utils.running.child.differences.slopes import Slope

__all__ = ["Finding", "Judged", "judged"]

_TOLERANCE = 1e-6
_TELLING = 0.1
_SLIGHT = 1e-9
"""Where numbers cancel, a gradient as small as this, in parts of them, is as good as none."""
_DOUBTS = 8
"""A slope may be off by so many times its estimated error before anybody is accused."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One element of a leaf: what was `sent` to it, and its slope.

    `free` is the slope where the program's comparisons follow the leaf, if one of them changes exactly here. With
    `has_hole`, the function has no value for a part of what the pass begins from.
    """

    sent: float
    slope: Slope
    free: Slope | None = None
    has_hole: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one element, and the slope that it rests on.

    `is_shared`: only together with the element at its mirror image.
    """

    finding: Finding
    verdict: Verdict
    slope: Slope
    is_shared: bool = False

    @property
    def apart(self) -> float:
        """The distance between both numbers; 0 for infinite ones, and for those that are shared."""
        if self.is_shared:
            return 0.0
        apart = abs(self.finding.sent - self.slope.value)
        return apart if math.isfinite(apart) else 0.0

    @property
    def is_branch(self) -> bool:
        """Whether a comparison changes here, which autograd does not know of."""
        return self.slope is self.finding.free


def judged(finding: Finding, scale: float, inner: float) -> Judged:
    """The verdict on one element of a leaf whose largest gradient is `scale`.

    `inner` is the size of the numbers that the function is made of, and that may cancel in it.
    """
    if finding.has_hole and math.isnan(finding.sent):
        return Judged(finding, "open", finding.slope)
    verdict = _verdict(finding.sent, finding.slope, scale, inner)
    if finding.free is not None and verdict != "differs":
        freely = _verdict(finding.sent, finding.free, scale, inner)
        if freely in ("kink", "differs"):
            return Judged(finding, freely, finding.free)
    return Judged(finding, verdict, finding.slope)


def _verdict(sent: float, slope: Slope, scale: float, inner: float) -> Verdict:
    if slope.kind in ("unsettled", "alone"):
        return "open"
    if math.isnan(sent):
        return "differs"
    error = _DOUBTS * slope.error
    if slope.kind in ("smooth", "edge"):
        return _by_value(sent, slope.value, error, max(scale, slope.secant, _SLIGHT * inner))
    sides = slope.below, slope.above
    if slope.kind == "jump":
        return "kink" if any(_is_near(sent, side, error) for side in sides) else "differs"
    if slope.kind == "steep" and slope.below == slope.above:
        return "equal" if sent == slope.above else "differs"
    low, high = sorted(sides)
    return "kink" if low <= sent <= high or any(_is_near(sent, side, error) for side in sides) else "differs"


def _by_value(sent: float, value: float, error: float, scale: float) -> Verdict:
    if math.isinf(value) or math.isinf(sent):
        return "equal" if sent == value else "differs"
    size = max(abs(sent), abs(value), scale) or 1.0
    if error > _TELLING * size:
        return "open"
    if not _is_near(sent, value, error):
        return "differs"
    return "equal" if abs(sent - value) <= _TOLERANCE * size and error <= 10 * _TOLERANCE * size else "close"


def _is_near(sent: float, value: float, error: float) -> bool:
    return sent == value or abs(sent - value) <= error + _TOLERANCE * max(abs(sent), abs(value))
