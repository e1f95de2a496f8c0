"""`widget()`: the living picture in the page of a notebook, which follows what its cells do."""

from typing import TYPE_CHECKING

from graphviz_utils.model import LAST, Look, Moment, RenderError, Trace

if TYPE_CHECKING:
    from graphviz_utils.notebook.mounting import LivePicture

__all__ = ["widget"]


def widget(trace: Trace, look: Look = Look(), moment: Moment = LAST) -> "LivePicture":
    """A widget that shows a run; its `show` goes on to another one in place, at the step where the reader is.

    Raises:
        RenderError: anywidget is missing, or the picture cannot be drawn.
        TraceError: `moment` names a pass that the run does not have.
    """
    try:
        from graphviz_utils.notebook.mounting import LivePicture
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets"):
            raise
        raise RenderError(
            "the live widget needs the package anywidget: install it with  pip install anywidget  and restart the "
            "kernel; without it a cell that ends in the run shows the same picture"
        ) from None
    live = LivePicture()
    live.show(trace, look, moment)
    return live
