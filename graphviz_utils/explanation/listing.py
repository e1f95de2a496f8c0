"""Where paths begin, the largest of them one by one, and what the others sum to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphviz_utils.explanation.reaching import Reach, Way, Ways, rank
from graphviz_utils.explanation.slopes import numbers
from graphviz_utils.explanation.unrolling import Place, Port, Step, Unrolled
from graphviz_utils.model import Snapshot

__all__ = ["Listed", "Start", "listed", "starts", "sum_of_others"]


class Start(NamedTuple):
    """Where paths begin: with `seed`, at a place from which `ways` lead down."""

    place: Place
    seed: float
    ways: Ways


class Listed(NamedTuple):
    """One path, from the start with the number `start`, and its product."""

    start: int
    steps: tuple[Step, ...]
    value: float


class _Begun(NamedTuple):
    size: float
    start: int
    way: Way


def starts(unrolled: Unrolled, reach: Reach) -> tuple[Start, ...] | None:
    """Where the paths to an element begin, unless with 0; `None` where it was not seen with what some of them do.

    They begin at the roots, where a blocked edge was sent along, and where a hook made a gradient into another.
    """
    found = []
    for port, tensor in _beginnings(unrolled, reach):
        elements = reach.elements.get(port, ())
        seeds = numbers(tensor) if elements else ()
        if seeds is None or max(elements, default=-1) >= len(seeds):
            return None
        places = (Place(*port, element) for element in elements)
        found += [Start(place, seeds[place.element], reach.ways[place]) for place in places]
    return tuple(start for start in found if start.seed != 0)


def listed(begin: Sequence[Start], most: int) -> list[Listed]:
    """The `most` largest paths, NaN before all; of equal ones that which begins or turns off first."""
    begun = [
        _Begun(abs(start.seed) * way.size, number, way)
        for number, start in enumerate(begin)
        for way in start.ways.largest
    ]
    begun.sort(key=lambda each: rank(each.size), reverse=True)
    return [_walked(each.start, begin[each.start].seed, each.way) for each in begun[:most]]


def sum_of_others(begin: Sequence[Start], ways: Mapping[Place, Ways], known: Sequence[Listed]) -> float:
    """What all paths but the `known` ones sum to: each leaves those at some place, or does not begin with them."""
    trees: dict[int, dict[Step, Any]] = {}
    for each in known:
        tree = trees.setdefault(each.start, {})
        for step in each.steps:
            tree = tree.setdefault(step, {})
    total = 0.0
    for number, start in enumerate(begin):
        if number not in trees:
            total += start.ways.times(start.seed)
        else:
            total += sum(_leaving(start, ways, trees[number]))
    return total


def _beginnings(unrolled: Unrolled, reach: Reach) -> Iterator[tuple[Port, Snapshot | None]]:
    changed = frozenset(reach.changed)
    for root in unrolled.of.roots:
        if (root.node, root.output) not in changed:
            yield (root.node, root.output), root.seed
    for edge in reach.blocked:
        yield (edge.source, edge.source_output), unrolled.sent[edge.target, edge.slot]
    for port in reach.changed:
        yield port, unrolled.arrived[port].tensor


def _walked(number: int, seed: float, way: Way) -> Listed:
    steps: list[Step] = []
    while way.step is not None and way.rest is not None:
        steps.append(way.step)
        way = way.rest
    value = 1.0
    for step in reversed(steps):  # in the order in which sizes were multiplied, so that they are those of the values
        value *= step.value
    return Listed(number, tuple(steps), seed * value)


def _leaving(start: Start, ways: Mapping[Place, Ways], tree: Mapping[Step, Any]) -> Iterator[float]:
    """What the ways sum to that leave the paths in `tree`, by where they do."""
    ahead = [(start.place, start.seed, tree)]
    while ahead:
        place, product, taken = ahead.pop()
        for step in ways[place].steps:
            if step in taken:
                ahead.append((step.below, product * step.value, taken[step]))
            else:
                yield ways[step.below].times(product * step.value)
