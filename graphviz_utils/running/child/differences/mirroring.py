"""Symmetric matrices: PyTorch reads one triangle of them, and shares the gradient between both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphviz_utils.running.child.differences.judging import Finding, Judged, judged

__all__ = ["READING_ONE_TRIANGLE", "with_mirror_images"]

READING_ONE_TRIANGLE = frozenset(("LinalgCholeskyExBackward0", "LinalgEighBackward0"))
"""The nodes of operators that do so."""


def with_mirror_images(rows: Mapping[int, Judged], shape: Sequence[int], scale: float) -> dict[int, Judged]:
    """`rows`, in which an element that differs is close if it is right together with its mirror image.

    Where one is, the direction that moves all elements says nothing, and is left out.
    """
    changed = dict(rows)
    for place, row in rows.items():
        other = rows.get(_mirrored(place, shape)) if place >= 0 else None
        if (
            row.verdict == "differs"
            and other is not None
            and _together(row, other, scale).verdict in ("equal", "close")
        ):
            changed[place] = replace(row, verdict="close", is_shared=True)
    if changed != rows:
        changed.pop(-1, None)
    return changed


def _mirrored(place: int, shape: Sequence[int]) -> int:
    """The number of the element that a transposition puts at `place`."""
    size = shape[-1]
    matrix, inner = divmod(place, size * size)
    row, column = divmod(inner, size)
    return (matrix * size + column) * size + row


def _together(one: Judged, other: Judged, scale: float) -> Judged:
    slopes = one.slope, other.slope
    value, error = sum(slope.value for slope in slopes), sum(slope.error for slope in slopes)
    both = Finding(one.finding.sent + other.finding.sent, replace(one.slope, value=value, error=error))
    return judged(both, scale, 0.0)
