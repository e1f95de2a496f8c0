"""A trace that would not fit gives up numbers: the elements of its largest tensors first, then their grids."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing.snapshots import GRID, grid_of

__all__ = ["FEW_ELEMENTS", "thinned"]

MOST_BYTES = 16 * 1024 * 1024
BYTES_PER_NUMBER = 26
"""A double written out in JSON with its comma, at the longest."""

FEW_ELEMENTS = MOST_BYTES // (2 * BYTES_PER_NUMBER)
"""So many elements fit, whatever they are."""

Choice = dict[int, Snapshot]


def thinned(trace: Trace) -> Trace:
    """`trace` with not more than 16 MB of numbers in its JSON form; its notes say what was given up."""
    for weight, shrunk, words in ((_gain, _without_elements, "elements"), (_grid, _without_grid, "grids")):
        excess = sum(map(_bytes, _snapshots(trace))) - MOST_BYTES
        if excess > 0:
            chosen = _largest(trace, excess, weight)
            least = min(snapshot.numel for snapshot in chosen.values()) if chosen else 0
            trace = _replaced(trace, {key: shrunk(snapshot) for key, snapshot in chosen.items()})
            where = f"{len(chosen):,} tensors with {least:,} elements or more"
            note = f"The numbers take more than 16 MB: of {where} the {words} were left out."
            trace = replace(trace, notes=(*trace.notes, note))
    return trace


def _largest(trace: Trace, excess: int, weight: Callable[[Snapshot], int]) -> Choice:
    """As many snapshots as must give up their weight, largest tensors first, by identity: equal runs choose alike."""
    rows = Counter[int]()
    known: Choice = {}
    for snapshot in _snapshots(trace):
        rows[id(snapshot)] += 1
        known[id(snapshot)] = snapshot
    chosen: Choice = {}
    for key, snapshot in sorted(known.items(), key=lambda item: -item[1].numel):
        if excess <= 0:
            break
        if weight(snapshot):
            chosen[key] = snapshot
            excess -= weight(snapshot) * rows[key]
    return chosen


def _bytes(snapshot: Snapshot) -> int:
    return _elements(snapshot) + _grid(snapshot)


def _elements(snapshot: Snapshot) -> int:
    """What the elements take, where they can be given up."""
    is_kept = snapshot.data is not None and snapshot.shape
    return snapshot.numel * BYTES_PER_NUMBER * (2 if snapshot.is_complex else 1) if is_kept else 0


def _gain(snapshot: Snapshot) -> int:
    """What giving up the elements saves: a grid takes their place."""
    grid = min(snapshot.numel, GRID * GRID) * BYTES_PER_NUMBER * (2 if snapshot.is_complex else 1)
    return max(0, _elements(snapshot) - grid)


def _grid(snapshot: Snapshot) -> int:
    """What the grid takes."""
    numbers = sum(map(len, snapshot.grid or ()))
    return numbers * BYTES_PER_NUMBER * (2 if snapshot.is_complex else 1)


def _without_elements(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, data=None, grid=grid_of(snapshot.data, len(snapshot.shape)))


def _without_grid(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, grid=None)


def _snapshots(trace: Trace) -> Iterator[Snapshot]:
    return (snapshot for snapshot in trace.snapshots() if snapshot is not None)


def _replaced(part: Any, choice: Choice) -> Any:
    """`part` with other snapshots in place of the chosen ones."""
    if isinstance(part, Snapshot):
        return choice.get(id(part), part)
    if isinstance(part, tuple):
        return tuple(_replaced(each, choice) for each in part)
    if hasattr(part, "__dataclass_fields__"):
        return replace(part, **{name: _replaced(getattr(part, name), choice) for name in part.__dataclass_fields__})
    return part
