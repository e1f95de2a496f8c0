"""The picture of a recorded run: the whole journey from trace to drawing, in one paragraph."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Literal, TypeVar

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import Rooms, cleaned, rooms_for, text_classes, to_dot
from graphviz_utils.graph import Graph, folded, leaves_per_use, scoped, without_constants
from graphviz_utils.model import LAST, Look, Moment, RenderError, Shown, Subject, Trace
from graphviz_utils.rendering import Format, LayoutTimeoutError, Patience, file_of, lettered, pdf_of, png_of, svg_of
from graphviz_utils.stepping import Steps, steps_of

__all__ = ["NOTHING_DRAWN", "Picture", "Series", "draw", "draw_series"]

T = TypeVar("T")

NOTHING_DRAWN = "Nothing is drawn: no tensor in this run requires a gradient."

_FEWEST = 8  # nodes that are still drawn when a layout did not end in time
_MOST_WIRES = 8_000
_MOST_WIRES_AT_ONE = 1_000
_MANY_USES = 12  # a layout bears some fan-out of a leaf; dozens of long wires make it slow and unreadable


@dataclass(frozen=True, slots=True, repr=False)
class Picture(Shown):
    """A drawn run. `svg` is bare, for a page that has the fonts; `notes` says in sentences what was left out."""

    dot: str
    svg: str
    title: str = ""
    notes: tuple[str, ...] = ()
    subject: Subject | None = field(default=None, compare=False)
    """What `draw` was given, for a notebook in which the picture can be stepped through."""

    def __repr__(self) -> str:
        return f"<Picture {self.title!r}: {len(self.svg):,} characters of SVG>"

    def png(self, scale: float = 2) -> bytes:
        """A PNG of the natural size times `scale`."""
        return png_of(self.svg, scale)

    def pdf(self) -> bytes:
        """A PDF page with selectable text."""
        return pdf_of(self.svg, self.title)

    def standalone_svg(self) -> str:
        """The SVG with its letters inside, which looks the same in every viewer."""
        return lettered(self.svg)

    def file(self, format: Format | Literal["dot"]) -> bytes:  # noqa: A002 - files are asked for by format
        """The picture as a file of this format.

        Raises:
            RenderError: there is no such format.
        """
        return self.dot.encode() if format == "dot" else file_of(self.svg, format, self.title)

    def save(self, path: str | Path) -> None:
        """Write the picture in the format that the end of `path` names: .svg, .png, .pdf or .dot.

        Raises:
            RenderError: the name ends in something else.
        """
        path = Path(path)
        match path.suffix.lower().removeprefix("."):
            case "svg" | "png" | "pdf" | "dot" as format_:
                path.write_bytes(self.file(format_))
            case _:
                raise RenderError(f"{path.name} does not say what to write; end its name in .svg, .png, .pdf or .dot")

    def _to_show(self) -> Subject | None:
        return self.subject

    def _repr_svg_(self) -> str:
        return self.standalone_svg()


@dataclass(frozen=True, slots=True, repr=False)
class Series:
    """One picture with the gradients of one backward pass after another; nothing stands elsewhere in the next.

    There is one of `graphs` (what is drawn, annotated) and `pictures` for each pass of `steps`, and one alone where
    there is no pass.
    """

    steps: Steps
    graphs: tuple[Graph, ...]
    pictures: tuple[Picture, ...]
    look: Look
    rooms: Rooms | None = None
    """What was kept for the numbers, where more than one picture had to agree."""

    def __repr__(self) -> str:
        return (
            f"<Series {self.last.title!r}: {len(self.steps.rows):,} steps, backward passes: {len(self.steps.passes):,}>"
        )

    @property
    def last(self) -> Picture:
        """The picture of the last pass: how the run ended."""
        return self.pictures[-1]


def draw(trace: Trace, look: Look = Look(), moment: Moment = LAST, stop: Event | None = None) -> Picture:
    """The picture of one moment of a recorded run.

    A layout that does not end in time is tried once more with a quarter of the nodes; `stop`, set by another thread,
    ends it at once.

    Raises:
        RenderError: Graphviz is missing, gave up twice or was stopped.
        TraceError: `moment` names a pass that the run does not have.
    """
    whole = _chosen(trace, look, moment)

    def drawn(graph: Graph) -> Picture:
        return _picture(annotate(graph, trace, moment), look, None, _notes(whole, graph), stop)

    return replace(_in_time(whole, look, drawn), subject=Subject(trace, look, moment))


def draw_series(
    trace: Trace,
    look: Look = Look(),
    moment: Moment = LAST,
    stop: Event | None = None,
    before: Series | None = None,
) -> Series:
    """The picture of a moment, with each backward pass that ran through it by then; it raises what `draw` raises.

    Of the series `before`, drawn of the same graph with other numbers in the same look, as much room is kept as it
    needed: what grew once does not shrink again, so pictures that follow each other come to stand still.
    """
    whole, (at, _) = _chosen(trace, look, moment), trace.moment(moment)

    def drawn(graph: Graph) -> Series:
        steps = steps_of(graph, trace, moment)
        moments = [Moment(at=at, backward=index) for index in steps.passes] or [moment]
        graphs = tuple(annotate(graph, trace, each) for each in moments)
        rooms = _rooms(graphs, look, before)
        pictures = (_picture(each, look, rooms, _notes(whole, graph), stop) for each in graphs)
        return Series(steps, graphs, tuple(pictures), look, rooms)

    return _in_time(whole, look, drawn)


def _rooms(graphs: Sequence[Graph], look: Look, before: Series | None) -> Rooms | None:
    """The room that pictures must agree on; `None` for a picture of its own."""
    if before is not None and before.look == look and _is_same(graphs[0], before.graphs[0]):
        return rooms_for(graphs, look, before.rooms or rooms_for(before.graphs, look))
    return rooms_for(graphs, look) if len(graphs) > 1 else None


def _is_same(one: Graph, other: Graph) -> bool:
    return list(one) == list(other) and list(one.edges(keys=True)) == list(other.edges(keys=True))


def _picture(graph: Graph, look: Look, rooms: Rooms | None, notes: Iterable[str], stop: Event | None) -> Picture:
    dot, title = to_dot(graph, look, rooms), cleaned(graph.graph["title"], 300)
    svg = svg_of(dot, title, classes=text_classes(look), patience=Patience(stop=stop))
    return Picture(dot, svg, title, tuple(notes))


def _in_time(whole: Graph, look: Look, drawn: Callable[[Graph], T]) -> T:
    """What is `drawn` of the graph folded to the budget; of fewer nodes if the layout did not end in time."""
    try:
        return drawn(_bearable(whole, look.budget))
    except LayoutTimeoutError:
        fewer = max(_FEWEST, min(len(whole), look.budget) // 4)
    try:
        return drawn(_bearable(whole, fewer))
    except LayoutTimeoutError as error:
        raise error.advising(f'try Look(budget={max(1, fewer // 2)}) or Look(leaves="per-use")') from None


def _bearable(whole: Graph, budget: int) -> Graph:
    """The graph folded to the budget, or to less where too many wires would be left."""
    while True:
        graph = folded(whole, budget)
        crowd = max((max(graph.in_degree(id_), graph.out_degree(id_)) for id_ in graph), default=0)
        if graph.number_of_edges() <= _MOST_WIRES and crowd <= _MOST_WIRES_AT_ONE:
            return graph
        if budget <= _FEWEST:
            raise RenderError(
                f"{graph.number_of_edges():,} wires are too many for a picture, or {crowd:,} at one node; up to "
                f"{_MOST_WIRES:,} are drawn, {_MOST_WIRES_AT_ONE:,} at one: use a tensor in fewer places at once"
            )
        budget = max(_FEWEST, min(len(whole), budget) // 4)


def _chosen(trace: Trace, look: Look, moment: Moment) -> Graph:
    """The part of the run that the look asks for."""
    graph = scoped(trace, look.scope, moment)
    graph = graph if look.constants else without_constants(graph)
    if look.leaves == "once":
        return graph
    return leaves_per_use(graph, 2 if look.leaves == "per-use" else _MANY_USES)


def _notes(whole: Graph, graph: Graph) -> Iterator[str]:
    if not graph:
        yield NOTHING_DRAWN
    copied = dict.fromkeys(name for _, name in graph.nodes(data="use_of") if name is not None)
    if copied:
        shared = "A shared tensor is" if len(copied) == 1 else f"{len(copied):,} shared tensors are"
        yield f"{shared} drawn beside each use."
    if len(graph) < len(whole):
        yield f"{len(whole):,} nodes are folded into {len(graph):,}."
