"""The picture of a recorded run: the whole journey from trace to drawing, in one paragraph."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import cleaned, text_classes, to_dot
from graphviz_utils.graph import Graph, folded, leaves_per_use, scoped, without_constants
from graphviz_utils.model import LAST, Look, Moment, RenderError, Trace
from graphviz_utils.rendering import Format, LayoutTimeoutError, Patience, file_of, lettered, pdf_of, png_of, svg_of

__all__ = ["NOTHING_DRAWN", "Picture", "draw"]

NOTHING_DRAWN = "Nothing is drawn: no tensor in this run requires a gradient."

_FEWEST = 8  # nodes that are still drawn when a layout did not end in time
_MANY_USES = 12  # a layout bears some fan-out of a leaf; dozens of long wires make it slow and unreadable


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn run. `svg` is bare, for a page that has the fonts; `notes` says in sentences what was left out."""

    dot: str
    svg: str
    title: str = ""
    notes: tuple[str, ...] = ()

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

    def _repr_svg_(self) -> str:
        return self.standalone_svg()


def draw(trace: Trace, look: Look = Look(), moment: Moment = LAST, stop: Event | None = None) -> Picture:
    """The picture of one moment of a recorded run.

    A layout that does not end in time is tried once more with a quarter of the nodes; `stop`, set by another thread,
    ends it at once.

    Raises:
        RenderError: Graphviz is missing, gave up twice or was stopped.
        TraceError: `moment` names a pass that the run does not have.
    """
    whole, title = _chosen(trace, look, moment), cleaned(trace.title, 300)

    def laid_out(budget: int) -> Picture:
        graph = folded(whole, budget)
        dot = to_dot(annotate(graph, trace, moment), look)
        svg = svg_of(dot, title, classes=text_classes(look), patience=Patience(stop=stop))
        return Picture(dot, svg, title, tuple(_notes(whole, graph)))

    try:
        return laid_out(look.budget)
    except LayoutTimeoutError:
        fewer = max(_FEWEST, min(len(whole), look.budget) // 4)
    try:
        return laid_out(fewer)
    except LayoutTimeoutError as error:
        raise error.advising(f'try Look(budget={max(1, fewer // 2)}) or Look(leaves="per-use")') from None


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
