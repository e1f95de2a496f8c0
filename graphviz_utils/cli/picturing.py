"""What `draw` writes: one run as the file that was asked for."""

import argparse
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from graphviz_utils.cli.saying import Refused, say_wrong
from graphviz_utils.model import Look, Moment, Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphviz_utils.drawing import Picture

__all__ = ["FORMATS", "Output", "pictured", "refuse_senseless"]

T = TypeVar("T")

Output = Literal["svg", "pdf", "png", "html", "gif", "zip", "dot", "graphml", "json"]
FORMATS: tuple[Output, ...] = get_args(Output)

_STEPPED = ("pdf", "html", "gif", "zip")
"""What can hold more than one step; all but the first always do."""


def refuse_senseless(options: argparse.Namespace, format_: Output) -> None:
    """End the command where its options ask for what a file of this format cannot be."""
    if options.steps and format_ not in _STEPPED:
        raise Refused(f"--steps asks for every step, and .{format_} holds one picture; write .{', .'.join(_STEPPED)}")
    if options.no_proofs and format_ != "html":
        raise Refused(f"--no-proofs is for an .html file, the only one with proofs in it, and .{format_} was asked for")
    if options.present and format_ != "html":
        raise Refused(f"--present is how an .html file opens, and .{format_} was asked for; end OUT in .html")


def pictured(trace: Trace, look: Look, options: argparse.Namespace, format_: Output) -> bytes:
    """The bytes of the file; notes are said on the way."""
    moment = Moment(backward=options.backward)
    match format_:
        case "graphml" | "json":
            return _exported(trace, look, moment, format_).encode()
        case "html" | "gif" | "zip":
            return _stepped(trace, look, moment, format_, options.present)
        case "pdf" if options.steps:
            return _stepped(trace, look, moment, format_, options.present)
        case _:
            from graphviz_utils.drawing import draw as drawn

            picture = _laid_out(look, lambda: drawn(trace, look, moment))
            _say_notes(picture, trace)
            return picture.file(format_)


def _stepped(trace: Trace, look: Look, moment: Moment, format_: Output, present: bool) -> bytes:
    from graphviz_utils.drawing import draw_series

    series = _laid_out(look, lambda: draw_series(trace, look, moment))
    _say_notes(series.last, trace)
    if format_ == "html":
        from graphviz_utils.viewer import scene_of, standalone

        return standalone(scene_of(trace, series, look), present).encode()
    from graphviz_utils.slides import animation, pdf_pages, png_sequence

    write = {"pdf": pdf_pages, "gif": animation, "zip": png_sequence}[format_]
    return write(series, look.theme)


def _laid_out(look: Look, drawn: "Callable[[], T]") -> T:
    from graphviz_utils.rendering import LayoutTimeoutError

    try:
        return drawn()
    except LayoutTimeoutError as error:
        raise error.advising(f"draw fewer than {look.budget} nodes (--budget), or --leaves per-use") from None


def _say_notes(picture: "Picture", trace: Trace) -> None:
    from graphviz_utils.drawing import NOTHING_DRAWN

    for note in (*picture.notes, *trace.notes):
        if trace.error is None or note != NOTHING_DRAWN:
            say_wrong(note)


def _exported(trace: Trace, look: Look, moment: Moment, format_: str) -> str:
    from graphviz_utils.annotation import annotate
    from graphviz_utils.exporting import to_graphml, to_json
    from graphviz_utils.graph import scoped

    graph = annotate(scoped(trace, look.scope, moment), trace, moment)
    return to_graphml(graph) if format_ == "graphml" else to_json(graph)
