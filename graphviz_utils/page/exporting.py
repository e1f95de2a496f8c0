"""What a picture and the run behind it are as files, for other programs and for slides."""

import re
from collections.abc import Callable
from pathlib import PurePath

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml
from graphviz_utils.graph import scoped
from graphviz_utils.model import Look, Moment, Theme, Trace
from graphviz_utils.page.images import Drawn
from graphviz_utils.slides import animation, pdf_pages, png_sequence

__all__ = ["exported", "file_stem", "step_files"]

_LONGEST = 80


def exported(trace: Trace, look: Look, moment: Moment) -> str:
    """The run as GraphML: what the look's scope takes in, unfolded, with the numbers of the moment."""
    return to_graphml(annotate(scoped(trace, look.scope, moment), trace, moment))


def step_files(shown: Drawn, theme: Theme) -> tuple[tuple[str, str, str, Callable[[], bytes]], ...]:
    """The steps of a picture as files: what a button says, how the file's name ends, its type and what makes it."""
    series = shown.series
    return (
        ("Steps as PDF pages", "steps.pdf", "application/pdf", lambda: pdf_pages(series, theme)),
        ("Steps as an animation", "gif", "image/gif", lambda: animation(series, theme)),
        ("Steps as PNGs", "zip", "application/zip", lambda: png_sequence(series, theme)),
    )


def file_stem(name: str) -> str:
    """The name of a program's file without its end, as every system takes it for the name of another file."""
    stem = re.sub(r"[^\w.-]+", "_", PurePath(name).stem).strip("._-")
    return stem[:_LONGEST] or "picture"
