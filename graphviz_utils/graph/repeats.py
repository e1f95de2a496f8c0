"""Find what repeats in a row of operators: the turns of a loop, the layers of a network."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import islice
from operator import eq

from graphviz_utils.graph.items import Item

__all__ = ["without_repeats"]

_PATCHES = (1, 4, 16, 64)
"""Lengths of what is compared to find out how far apart repeats are."""
_CANDIDATES = 5
_WORTH = 20
"""A repeat must hide more than this part of a row, so that the search ends soon."""
_ALIKE = re.compile(rb"\x01+")


def without_repeats(items: Sequence[Item], lines_matter: bool) -> list[Item] | None:
    """`items` with the middle turns of the best repeat in one box, first and last turn left open; `None` without any.

    The best is the period that hides most. At least three turns make a repeat. With `lines_matter`, operators are alike
    only if they stand on the same line of the program.
    """
    tokens = _tokens(items, lines_matter)
    period = _best_period(tokens)
    if period is None:
        return None
    folded: list[Item] = []
    done = 0
    for row in _repeats(tokens, period):
        start, turns = _turns(items, row, period)
        first, last = start + period, start + (turns - 1) * period
        folded += items[done:first]
        folded.append(_repeat(items[first:last], turns - 2))
        done = last
    return folded + list(items[done:])


def _repeat(middle: Sequence[Item], turns: int) -> Item:
    period = len(middle) // turns
    module = middle[0].module if all(item.module == middle[0].module for item in middle) else _index(middle[0])
    return Item(
        members=tuple(id_ for item in middle for id_ in item.members),
        alike=(turns, *(item.alike for item in middle[:period])),
        name="",
        module=module if all(_index(item) == _index(middle[0]) for item in middle) else (),
        line=middle[0].line,
        label=f"× {turns}  {_name(middle, period)}",
        counted=turns,
    )


def _tokens(items: Sequence[Item], lines_matter: bool) -> list[int]:
    """Equal numbers for alike items. An item that begins a module with an index is unlike those within.

    A root is like no other, so that it is not hidden, unless it is the last of all: a last turn stays open.
    """
    seen: dict[Hashable, int] = {}
    tokens: list[int] = []
    before: tuple[str, ...] = ()
    for i, item in enumerate(items, start=1):
        here = _index(item)
        looks = (item.alike, item.line if lines_matter else None, here != before and here != ())
        is_unlike = item.alike is None or (item.is_root and i < len(items))
        tokens.append(-i if is_unlike else seen.setdefault(looks, len(seen)))
        before = here
    return tokens


def _best_period(tokens: Sequence[int]) -> int | None:
    """The distance at which most can be hidden, if it is worth a box; the smaller of equals."""
    best, hidden_by_best = None, len(tokens) // _WORTH
    patches, length = list(tokens), 1
    for wanted in _PATCHES:
        while length < wanted:
            patches, length = _doubled(patches, length), 2 * length
        for period in _distances(patches):
            hidden = sum((end - start) // period * period - 2 * period - 1 for start, end in _repeats(tokens, period))
            if (hidden, -period) > (hidden_by_best, -(best or 0)):
                best, hidden_by_best = period, hidden
        if 2 * hidden_by_best > len(tokens):
            break
    return best


def _doubled(patches: Sequence[int], length: int) -> list[int]:
    """For each place, a number for the patch of twice the length that begins there."""
    seen: dict[tuple[int, int], int] = {}
    return [seen.setdefault(pair, len(seen)) for pair in zip(patches, islice(patches, length, None), strict=False)]


def _distances(patches: Sequence[int]) -> list[int]:
    """The commonest distances between a patch and the one before that is alike."""
    last: dict[int, int] = {}
    distances: Counter[int] = Counter()
    for i, patch in enumerate(patches):
        if patch in last:
            distances[i - last[patch]] += 1
        last[patch] = i
    common = sorted(distances.items(), key=lambda entry: (-entry[1] * entry[0], entry[0]))
    return [distance for distance, _ in common[:_CANDIDATES]]


def _repeats(tokens: Sequence[int], period: int) -> list[tuple[int, int]]:
    """From where to where something of length `period` stands three times or more; a piece of it may follow."""
    same = bytes(map(eq, tokens, islice(tokens, period, None)))
    rows = ((run.start(), run.end() + period) for run in _ALIKE.finditer(same))
    return [(start, end) for start, end in rows if end - start >= max(3 * period, 4)]


def _turns(items: Sequence[Item], row: tuple[int, int], period: int) -> tuple[int, int]:
    """Where the first turn begins and how many there are.

    A turn begins where the program goes back to an earlier line or on to the next module, if three turns remain.
    """
    start, end = row
    latest = min(period, end - start - 3 * period + 1)
    begin = start + max(range(latest), key=lambda shift: (_begins(items, start + shift + period), -shift))
    return begin, (end - begin) // period


def _begins(items: Sequence[Item], i: int) -> int:
    before, here = items[i - 1], items[i]
    back = before.line is not None and here.line is not None and here.line < before.line
    return 2 * (_index(before) != _index(here) != ()) + back


def _index(item: Item) -> tuple[str, ...]:
    """The path down to its first index."""
    depth = next((i for i, part in enumerate(item.module) if part.isdecimal()), -1)
    return item.module[: depth + 1]


def _name(middle: Sequence[Item], period: int) -> str:
    """What one turn is called: its modules, its operator, or its lines."""
    first, last = _index(middle[0]), _index(middle[-1])
    if len({_index(item) for item in middle}) * period == len(middle) and first != () != last:
        return ".".join(first) + ("" if first == last else f"–{last[-1]}")
    if period == 1 and middle[0].name:
        return middle[0].name
    module, most = Counter(item.module for item in middle[:period]).most_common(1)[0]
    inside = ".".join(module) if 2 * most >= period else ""
    lines = sorted({item.line for item in middle[:period] if item.line is not None})
    if not lines:
        return inside or f"{period} operators"
    where = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}–{lines[-1]}"
    return f"{inside} ({where})" if inside else where
