"""The steps of a drawn run: its operators in the order they ran, its backward passes in the order the engine fired."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphviz_utils.graph import Graph
from graphviz_utils.model import LAST, Moment, Node, Trace

__all__ = ["MOST_PASSES", "Chapter", "Step", "Steps", "steps_of"]

MOST_PASSES = 8
_MOST_BOXES = 4_000
"""In the pictures of all passes together, where there is more than one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: an operator computed its value, or the engine fired a node in pass `backward`.

    `nodes` are the drawn nodes it is about: one, or every copy of a leaf that is drawn beside its uses.
    """

    nodes: tuple[str, ...]
    at: int
    backward: int | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a part of the run begins: `step` is the last one before it. `backward` is the pass it is, if it is one."""

    title: str
    step: int
    backward: int | None = None


@dataclass(frozen=True)
class Steps:
    """The steps through a picture. Step 0 is before everything; after step `n` the first `n` of `rows` have happened.

    `passes` are the backward passes that run through the picture, in the order in which they began: the last
    `MOST_PASSES` if there are more, and fewer of a graph of more than 500 nodes, for each pass has a picture.
    """

    graph: Graph
    rows: tuple[Step, ...]
    passes: tuple[int, ...]
    chapters: tuple[Chapter, ...]

    @cached_property
    def value_steps(self) -> Mapping[str, int]:
        """By drawn node: the step that shows its value. What was there before shows it where it is first taken."""
        computed = {
            id_: number for number, step in enumerate(self.rows, 1) if step.backward is None for id_ in step.nodes
        }
        seen = dict(computed)
        for source, target in self.graph.edges():
            if source not in computed:
                seen[source] = min(seen.get(source, len(self.rows)), computed.get(target, 0))
        return {id_: seen.get(id_, 0) for id_ in self.graph}

    @cached_property
    def grad_steps(self) -> Mapping[int, Mapping[str, int]]:
        """By pass and drawn node: the step in which the engine fired it, its gradient complete."""
        fired: dict[int, dict[str, int]] = {number: {} for number in self.passes}
        for number, step in enumerate(self.rows, 1):
            if step.backward is not None:
                fired[step.backward].update(dict.fromkeys(step.nodes, number))
        return fired


def steps_of(graph: Graph, trace: Trace, moment: Moment = LAST) -> Steps:
    """The steps through a drawn graph of `trace`, up to `moment`.

    Of what is folded into a box the last member makes the step. A pass belongs to the picture if the engine fired an
    operator in it that is drawn.
    """
    at, _ = trace.moment(moment)
    drawn = _drawn(graph, trace)
    begun = (index for index, pass_ in enumerate(trace.passes) if pass_.at <= at)
    most = max(1, min(MOST_PASSES, _MOST_BOXES // max(1, len(graph))))
    passes = tuple(index for index in begun if _crosses(trace.passes[index].order, drawn))[-most:]
    rows = [*_forward(graph, trace, at)]
    for index in passes:
        rows += _backward(trace, index, drawn, at)
    rows.sort(key=lambda step: step.at)
    steps = tuple(rows)
    return Steps(graph, steps, passes, tuple(_chapters(trace, steps, passes)))


def _drawn(graph: Graph, trace: Trace) -> Mapping[str, tuple[tuple[str, ...], bool]]:
    """By recorded id: the drawn nodes it is a part of, and whether it is an operator."""
    places: dict[str, tuple[tuple[str, ...], bool]] = {}
    for id_, data in graph.nodes(data=True):
        for node in _recorded(data, trace):
            drawn = places.get(node.id, ((), False))[0]
            places[node.id] = (drawn if id_ in drawn else (*drawn, id_), node.kind == "op")
    return places


def _recorded(data: Mapping[str, Any], trace: Trace) -> list[Node]:
    """The nodes of the run that a drawn one stands for; a leaf drawn beside its use is the leaf."""
    fold, node = data.get("fold"), data.get("node")
    if fold is not None:
        return [trace.node(member.partition("@")[0]) for member in fold.members]
    return [] if node is None else [node]


def _crosses(order: tuple[str, ...], drawn: Mapping[str, tuple[tuple[str, ...], bool]]) -> bool:
    return any(drawn[id_][1] for id_ in order if id_ in drawn)


def _forward(graph: Graph, trace: Trace, at: int) -> Iterator[Step]:
    """One step for each drawn node that was computed by `at`."""
    for id_, data in graph.nodes(data=True):
        computed = [node.at for node in _recorded(data, trace) if node.kind in ("op", "detached")]
        if computed and max(computed) <= at:
            yield Step((id_,), max(computed))


def _backward(trace: Trace, index: int, drawn: Mapping[str, tuple[tuple[str, ...], bool]], at: int) -> Iterator[Step]:
    """One step for each drawn node that the engine fired in a pass; the last firing of a box is the box's."""
    pass_ = trace.passes[index]
    times = pass_.fired_at or tuple(range(pass_.at, pass_.at + len(pass_.order)))
    fired: dict[tuple[str, ...], int] = {}
    for id_, time in zip(pass_.order, times, strict=True):
        if id_ in drawn and time <= at:
            fired.pop(drawn[id_][0], None)
            fired[drawn[id_][0]] = time
    return (Step(nodes, time, index) for nodes, time in fired.items())


def _chapters(trace: Trace, steps: tuple[Step, ...], passes: tuple[int, ...]) -> Iterator[Chapter]:
    """A chapter for each cell in which anything drawn was computed, and one for each pass."""
    starts: list[tuple[int, str, int | None]] = [(cell.at, cell.title or "Forward", None) for cell in trace.cells]
    starts = starts or [(0, "Forward", None)]
    for index in passes:
        pass_ = trace.passes[index]
        around = [title for at, title, backward in starts if at <= pass_.at and backward is None]
        starts.append((pass_.at, pass_.call, index))
        if pass_.ended is not None:
            starts.append((pass_.ended, around[-1] if around else "Forward", None))
    starts.sort(key=lambda start: start[0])
    ends = [start[0] for start in starts[1:]] + [trace.end + 1]
    for (begin, title, backward), end in zip(starts, ends, strict=True):
        inside = [number for number, step in enumerate(steps) if begin <= step.at < end]
        if inside:
            yield Chapter(title, inside[0], backward)
