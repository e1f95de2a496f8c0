"""What a picture and the run behind it are as files, for other programs and for slides."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml
from graphviz_utils.graph import scoped
from graphviz_utils.model import Look, Moment, Trace
from graphviz_utils.page.images import Drawn
from graphviz_utils.page.runs import Ran
from graphviz_utils.slides import animation, pdf_pages, png_sequence
from graphviz_utils.viewer import standalone

__all__ = ["File", "exported", "file_stem", "files_of"]

_LONGEST = 80


def exported(trace: Trace, look: Look, moment: Moment) -> str:
    """The run as GraphML: what the look's scope takes in, unfolded, with the numbers of the moment."""
    return to_graphml(annotate(scoped(trace, look.scope, moment), trace, moment))


@dataclass(frozen=True, slots=True)
class File:
    """A file to take along: what its button says, what it is called, and what makes it when it is asked for."""

    label: str
    stem: str
    suffix: str
    mime: str
    made: Callable[[], str | bytes]

    @property
    def name(self) -> str:
        """The name it is saved under."""
        return f"{self.stem}.{self.suffix}"


def files_of(ran: Ran, shown: Drawn, look: Look, moment: Moment) -> tuple[File, ...]:
    """What there is to take along of a run that is drawn as `shown`."""
    trace = cast(Trace, ran.trace)
    stem, picture, series = file_stem(ran.program.name), shown.picture, shown.series
    steps = (
        File("Steps as PDF pages", stem, "steps.pdf", "application/pdf", lambda: pdf_pages(series, look.theme)),
        File("Steps as an animation", stem, "gif", "image/gif", lambda: animation(series, look.theme)),
        File("Steps as PNGs", stem, "zip", "application/zip", lambda: png_sequence(series, look.theme)),
    )
    return (
        File("SVG", stem, "svg", "image/svg+xml", lambda: picture.file("svg")),
        File("PDF", stem, "pdf", "application/pdf", lambda: picture.file("pdf")),
        File("PNG, 2×", stem, "png", "image/png", lambda: picture.file("png")),
        File("This viewer, as a file", stem, "html", "text/html", lambda: standalone(shown.scene)),
        *(steps if shown.has_pages else ()),
        File("DOT", stem, "dot", "text/vnd.graphviz", lambda: picture.file("dot")),
        File("GraphML", stem, "graphml", "application/xml", lambda: exported(trace, look, moment)),
        File("Recorded run", stem, "json", "application/json", trace.to_json),
    )


def file_stem(name: str) -> str:
    """The name of a program's file without its end, as every system takes it for the name of another file."""
    stem = re.sub(r"[^\w.-]+", "_", PurePath(name).stem).strip("._-")
    return stem[:_LONGEST] or "picture"
