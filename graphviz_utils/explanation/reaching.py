"""All ways down to one element, without walking each: how many, what they sum to, and the largest of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from graphviz_utils.explanation.unrolling import Place, Port, Step, Unrolled
from graphviz_utils.model import Edge

__all__ = ["MOST_STEPS", "Reach", "Way", "Ways", "rank"]

MOST_STEPS = 250_000
"""Between elements, on all ways to one of them: some two seconds."""


class Way(NamedTuple):
    """One way down: its first step and the way that goes on from there. `size` is its product, without sign.

    At its end there is no step.
    """

    size: float
    step: Step | None
    rest: "Way | None"


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways down from a place: how many there are, the sum of their products, and that of their sizes.

    `signs` are those of their products: -1, 0 (for NaN, too), 1. `largest` are some of the ways. They are the largest
    times anything, too: where there are more than were asked for, as many that are 0 are among them, which an infinite
    factor before them turns into NaN.
    """

    count: int
    sum: float
    size: float
    signs: frozenset[int]
    largest: tuple[Way, ...]
    steps: tuple[Step, ...] = ()

    def times(self, value: float) -> float:
        """The sum of the products if `value` comes before each."""
        if not math.isinf(value) or self.sum != self.sum:
            return value * self.sum
        return math.nan if len(self.signs) > 1 or 0 in self.signs else value * self.sum


@dataclass(frozen=True)
class Reach:
    """Where the ways to `end` come from.

    `ways` are those from each place, `elements` the places by port. Where nobody can tell how an edge goes on upwards,
    it is among the `blocked`, those next to the end first; a port where a hook made another gradient of what had
    arrived is among the `changed`, and no way leads further up from there.
    """

    end: Place
    ways: Mapping[Place, Ways]
    elements: Mapping[Port, Sequence[int]]
    blocked: tuple[Edge, ...]
    changed: tuple[Port, ...]
    is_whole: bool = True

    @classmethod
    def of(cls, unrolled: Unrolled, end: Place, most: int) -> Self:
        """The reach of `end`, with the `most` largest ways from each place."""
        climb = _Climb(unrolled, end, most)
        is_whole = climb.up()
        return cls(end, climb.ways, climb.elements, tuple(climb.blocked), tuple(climb.changed()), is_whole)


class _Climb:
    """From the end up to the roots, one node after the other, each after those it sent gradients to."""

    def __init__(self, unrolled: Unrolled, end: Place, most: int) -> None:
        self.ways = {end: Ways(1, 1.0, 1.0, frozenset({1}), (Way(1.0, None, None),))}
        self.blocked: list[Edge] = []
        self.elements: dict[Port, list[int]] = {end[:2]: [end.element]}
        self._unrolled, self._end, self._most = unrolled, end[:2], most

    def up(self) -> bool:
        """Climb; whether it was done before there were too many steps."""
        taken = 0
        for target in reversed(self._unrolled.of.order):
            steps: dict[Place, list[Step]] = {}
            for edge in self._unrolled.edges.get(target, ()):
                for step in self._onto(edge):
                    steps.setdefault(step.above, []).append(step)
                    taken += 1
            if taken > MOST_STEPS:
                return False
            for place in sorted(steps):
                self._arrive(place, steps[place])
        return True

    def changed(self) -> Iterator[Port]:
        """The ports that were reached, and at which a hook changed the gradient."""
        return (port for port in self.elements if self._is_changed(port))

    def _is_changed(self, port: Port) -> bool:
        return port != self._end and self._unrolled.is_changed(port)

    def _onto(self, edge: Edge) -> Iterator[Step]:
        """The steps along an edge that lead to where there is a way on."""
        port = edge.source, edge.source_output
        elements = self.elements.get(port, ())
        if not elements or self._is_changed(port):
            return
        steps = self._unrolled.steps(edge)
        if steps is None:
            self.blocked.append(edge)
            return
        for element in elements:
            yield from steps.get(element, ())

    def _arrive(self, place: Place, steps: list[Step]) -> None:
        self.ways[place] = _joined([(step, self.ways[step.below]) for step in steps], self._most)
        self.elements.setdefault(place[:2], []).append(place.element)


def rank(size: float) -> tuple[bool, float]:
    """What paths are sorted by: NaN is larger than any number."""
    return (True, 0.0) if size != size else (False, size)


def _joined(steps: list[tuple[Step, Ways]], most: int) -> Ways:
    """The ways that begin with one of these steps, each to be followed by its ways."""
    ways = [Way(abs(step.value) * way.size, step, way) for step, below in steps for way in below.largest]
    if len(ways) > most:
        ranked = sorted(ways, key=lambda way: rank(way.size), reverse=True)
        ways = ranked[:most] + [way for way in ranked[most:] if way.size == 0][:most]
    return Ways(
        sum(below.count for _, below in steps),
        sum(below.times(step.value) for step, below in steps),
        sum(abs(step.value) * below.size for step, below in steps),
        frozenset({_sign(step.value) * sign for step, below in steps for sign in below.signs}),
        tuple(ways),
        tuple(step for step, _ in steps),
    )


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
