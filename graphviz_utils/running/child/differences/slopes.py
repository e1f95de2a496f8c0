"""The slope of a function of one number, from its values around a point: central, one-sided, or none, and how sure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

__all__ = ["DOUBLE", "SINGLE", "Kind", "Rise", "Slope", "slope"]

Rise = Callable[[float], float]
"""How much the function grows when its argument is moved by a step; NaN or infinite where it has no value."""

Kind = Literal["smooth", "kink", "jump", "steep", "edge", "alone", "unsettled"]

DOUBLE = (2.0**-9, 2.0**-15, 2.0**-21, 2.0**-27)
"""Steps to begin with in double precision, each where the one before does not settle."""
SINGLE = (2.0**-3, 2.0**-5, 2.0**-8)
_FINER = (2.0**-6, 2.0**-12)
_WITHIN = (2.0**-2, 2.0**-5)
"""Steps in parts of a number that is smaller than all other steps."""
_TINIEST = 1e-290
_EPSILON = 2.0**-52

_LEVELS = 4
"""How often a step is halved, at the most."""
_PRECISE = 1e-9
"""So small an error, in parts of the slope, needs no further halving."""
_HOPELESS = 0.01
"""So large an error, after two halvings, will not come down either."""
_SETTLED = 1e-6
"""With so small an error a slope is taken."""
_ROUGH = 0.02
"""With so small an error it is taken where no step gives a better one."""
_BENT = 1e-4
"""So much, in parts of the slope, those of both sides may differ and be one."""
_LASTING = 0.5
"""A bend of which as much is left with the next step, which is far smaller, is a kink."""
_GROWTH = 0.75
_ALIKE = 0.02
"""So much secants may differ that tell of one slope."""
_STEADY = 0.1
"""So much the powers may differ that tell how secants grow."""
_JUMPING = 0.9


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope at a point. `below` and `above` are those of either side; NaN on a side where there is none.

    `error` is how far off `value` may be, and `secant` the steepest that a small step away from the point was. At a
    *kink* `value` lies in the middle. At a *jump* the slopes are those beside it. A *steep* function grows without
    bound on at least one side: its slope is infinite there. At an *edge* the function has values on one side only, and
    *alone* on neither. What is *unsettled* gave another slope with each step.
    """

    kind: Kind
    value: float
    error: float
    below: float
    above: float
    secant: float = 0.0


def slope(rise: Rise, at: float, noise: float, steps: Sequence[float] = DOUBLE) -> Slope:
    """The slope of a function that rises by `rise` around `at`, where a rise may be off by `noise`.

    Central differences with steps that are halved, extrapolated to no step at all; where that does not settle, the
    slopes of both sides; and where they do not either, still smaller steps: the function may turn fast.
    """
    rise = cache(rise)
    steps = [step * _unit(at) for step in steps]
    found = _from_both(rise, noise, steps) or _from_sides(rise, noise, steps[-2:])
    if found.kind == "unsettled":
        return _from_both(rise, noise, [steps[-1] * fine for fine in _FINER]) or found
    if _TINIEST < abs(at) < steps[-1] and found.kind == "smooth":
        within = _from_both(rise, noise, [abs(at) * part for part in _WITHIN])
        return within if within is not None and within.error < found.error else found
    return found


def _from_both(rise: Rise, noise: float, steps: Sequence[float]) -> Slope | None:
    """A slope, or a kink: a bend that stays as large however small the steps. None where neither settles."""
    before: _Central | None = None
    roughly: list[_Central] = []
    for step in steps:
        central = _central(rise, step, noise)
        if central is not None and central.doubt <= _SETTLED:
            if not central.is_bent:
                return _smooth(central)
            if before is not None and before.is_bent:
                lasting = abs(central.bend) / abs(before.bend)
                if lasting < _LASTING:
                    return _smooth(central)
                if lasting < 1 / _LASTING:
                    return _kink(central)
        elif central is not None and central.doubt <= _ROUGH and not central.is_bent:
            roughly.append(central)
        before = central
    return _smooth(min(roughly, key=lambda central: central.doubt)) if roughly else None


def _unit(at: float) -> float:
    """Steps grow with a large number, if not as fast: its own rounding is not to be seen in them."""
    return 2.0 ** round(math.log2(abs(at)) * _GROWTH) if math.isfinite(at) and abs(at) > 1 else 1.0


# -- both sides together


@dataclass(frozen=True, slots=True)
class _Central:
    """A central difference. `bend` is how much the slope above exceeds the one below, without a step.

    `doubt` is its error in parts of its size, 0 where that is no more than rounding explains.
    """

    value: float
    error: float
    below: float
    above: float
    secant: float
    doubt: float
    is_bent: bool

    @property
    def bend(self) -> float:
        return self.above - self.below


def _central(rise: Rise, step: float, noise: float) -> _Central | None:
    """Differences at `step` and its halves by Ridders' scheme; None where a value is missing."""
    last: list[float] = []
    best, error = math.nan, math.inf
    ups: list[float] = []
    downs: list[float] = []
    for level in range(_LEVELS):
        step = step / 2 if level else step
        up, down = rise(step), rise(-step)
        if not (math.isfinite(up) and math.isfinite(down)):
            return None
        ups.append(up / step)
        downs.append(-down / step)
        row = [(ups[-1] + downs[-1]) / 2]
        for order, coarser in enumerate(last, start=1):
            row.append(row[-1] + (row[-1] - coarser) / (4**order - 1))
            doubt = max(abs(row[order] - row[order - 1]), abs(row[order] - coarser))
            if doubt <= error:
                best, error = row[order], doubt
        last = row
        floor = noise / step + _EPSILON * abs(ups[-1] - downs[-1])  # what is small beside the step is lost in it
        if error <= max(_PRECISE * abs(best), floor) or (len(row) == 3 and error > _HOPELESS * abs(best) + 16 * floor):
            break
    above, below = 2 * ups[-1] - ups[-2], 2 * downs[-1] - downs[-2]
    size = max(abs(best), abs(ups[-1]), abs(downs[-1]))
    is_bent = abs(above - below) > _BENT * size + 16 * floor + 8 * error
    doubt = 0.0 if error <= 4 * floor else error / size
    return _Central(best, error + floor, below, above, max(abs(ups[-1]), abs(downs[-1])), doubt, is_bent)


def _smooth(central: _Central) -> Slope:
    return Slope("smooth", central.value, central.error, central.below, central.above, central.secant)


def _kink(central: _Central) -> Slope:
    middle = (central.below + central.above) / 2
    return Slope("kink", middle, central.error, central.below, central.above)


# -- each side by itself


@dataclass(frozen=True, slots=True)
class _Side:
    kind: Literal["slope", "jump", "steep", "none", "unsettled"]
    value: float = math.nan
    error: float = math.inf


def _from_sides(rise: Rise, noise: float, steps: Sequence[float]) -> Slope:
    below, above = (_side(rise, noise, [sign * step for step in steps]) for sign in (-1, 1))
    kinds = {below.kind, above.kind}
    found = below.value, above.value
    errors = [side.error for side in (below, above) if side.kind in ("slope", "jump")]
    error = max(errors, default=math.inf)
    if kinds == {"none"}:
        return Slope("alone", math.nan, math.inf, *found)
    if "unsettled" in kinds:
        return Slope("unsettled", math.nan, math.inf, *found)
    if "none" in kinds:
        only = above if below.kind == "none" else below
        return Slope("jump" if only.kind == "jump" else "edge", only.value, error, *found)
    middle = (below.value + above.value) / 2
    if "jump" in kinds:
        return Slope("jump", middle, error, *found)
    if "steep" in kinds:
        return Slope("steep", middle, error, *found)
    gap = abs(above.value - below.value)
    if gap <= max(_ALIKE * max(abs(above.value), abs(below.value)), 2 * error):
        return Slope("smooth", middle, error + gap, *found)
    return Slope("kink", middle, error, *found)


def _side(rise: Rise, noise: float, steps: Sequence[float]) -> _Side:
    """The slope on the side to which `steps` lead, from secants over each step and over half of it."""
    (wide, wide_half), (narrow, narrow_half) = [(rise(h) / h, rise(h / 2) / (h / 2)) for h in steps]
    if not (math.isfinite(narrow) and math.isfinite(narrow_half)):
        return _Side("none")
    floor = 4 * noise / abs(steps[-1])
    at_once = 2 * narrow_half - narrow
    if not (math.isfinite(wide) and math.isfinite(wide_half)):
        return _Side("slope", at_once, abs(at_once - narrow_half) + floor)
    size = max(abs(wide), abs(narrow))
    if abs(narrow - wide) <= max(_ALIKE * size, floor):
        extrapolated = 2 * wide_half - wide
        return _Side("slope", extrapolated, min(abs(extrapolated - at_once), abs(extrapolated - wide_half)) + floor)
    power = _power(wide, wide_half, narrow, narrow_half, abs(steps[0] / steps[1]))
    if power is None:
        return _Side("unsettled")
    if power > _JUMPING:
        return _Side("jump", 2 * wide - wide_half, floor)
    return _Side("steep", math.copysign(math.inf, narrow)) if power > 0 else _Side("slope", 0.0, abs(narrow) + floor)


def _power(wide: float, wide_half: float, narrow: float, narrow_half: float, shrunk: float) -> float | None:
    """By which power of the step secants grow as it shrinks, if it is one: 1 at a jump, 1/2 for a root."""
    if not all(secant * wide > 0 for secant in (wide, wide_half, narrow, narrow_half)):
        return None
    powers = (
        math.log2(wide_half / wide),
        math.log2(narrow_half / narrow),
        math.log(narrow / wide, shrunk),
    )
    return powers[2] if max(powers) - min(powers) < _STEADY and abs(powers[2]) > _STEADY else None
