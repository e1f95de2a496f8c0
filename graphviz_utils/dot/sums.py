"""How a gradient was added up, in words, and whether a hook changed the sum afterwards."""

import cmath
from collections.abc import Iterable, Sequence

from graphviz_utils.dot.numerals import number_text
from graphviz_utils.model import Number, Snapshot

__all__ = ["is_changed", "sum_text"]

_MOST_TERMS = 6
_PRECISION = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float64": 2.0**-52, "complex128": 2.0**-52}
_SINGLE = 2.0**-23


def sum_text(
    terms: Sequence[Snapshot | None], total: Snapshot, used: Snapshot, digits: int, thing: str = "gradients"
) -> str:
    """How the `terms` (things of this sort) made the `total`, and the total what the node `used`.

    Empty for a single term that nothing changed.
    """
    changed = is_changed(total, used, terms)
    if len(terms) < 2 and not changed:
        return ""
    if thing == "gradients" and all(part is None or part.shape == () for part in (total, used, *terms)):
        return _written_out(terms, total.item(), used.item() if changed else None, digits)
    words = [f"sum of {len(terms)} {thing}"] * (len(terms) > 1) + ["changed by a hook"] * changed
    return ", ".join(words)


def is_changed(total: Snapshot, used: Snapshot, terms: Iterable[Snapshot | None] = ()) -> bool:
    """Whether what a node `used` differs from the `total` that arrived by more than what rounding explains."""
    if total.shape != used.shape:
        return True
    before, after = _known(total), _known(used)
    if len(before) != len(after):
        return False  # one was kept whole and the other was not, so nothing can be told
    largest = max(
        (abs(number) for part in (total, *terms) if part for number in _known(part) if cmath.isfinite(number)),
        default=0.0,
    )
    slack = 4 * _PRECISION.get(used.dtype, _SINGLE) * largest
    return any(_differ(one, other, slack) for one, other in zip(before, after, strict=True))


def _written_out(terms: Sequence[Snapshot | None], total: Number, used: Number | None, digits: int) -> str:
    numbers = ["?" if term is None else number_text(term.item(), digits) for term in terms]
    if len(numbers) > _MOST_TERMS:
        numbers = [*numbers[:3], f"… ({len(numbers)} terms)"]
    arrived = number_text(total, digits)
    told = f"{' + '.join(numbers).replace('+ −', '− ')} = {arrived}" if len(terms) > 1 else arrived
    return told if used is None else f"{told} → {number_text(used, digits)} (hook)"


def _known(tensor: Snapshot) -> tuple[Number, ...]:
    """The elements that were kept: all, or those of the grid and the norm of all."""
    if tensor.data is not None:
        return tuple(tensor.elements())
    return (*(number for row in tensor.grid or () for number in row), tensor.stats.norm or 0.0)


def _differ(one: Number, other: Number, slack: float) -> bool:
    if cmath.isfinite(one) and cmath.isfinite(other):
        return abs(one - other) > slack
    return cmath.isfinite(one) != cmath.isfinite(other)
