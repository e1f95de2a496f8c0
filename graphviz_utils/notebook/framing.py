"""The living picture as HTML for the cell of a notebook: a frame of its own, which neither side reaches out of."""

import html

from graphviz_utils.model import GraphvizUtilsError, Subject
from graphviz_utils.viewer import scene, standalone

__all__ = ["framed"]

_HEIGHT = 600
_STYLE = f"display: block; width: 100%; height: {_HEIGHT}px; border: 0"


def framed(subject: Subject) -> str:
    """The standalone file in a frame, or in words why there is none.

    In the frame only the file's own script runs, without a way to the notebook and its kernel; a saved notebook steps
    on without a kernel, and as HTML too.
    """
    try:
        page = standalone(scene(subject.trace, subject.look, subject.moment))
    except GraphvizUtilsError as error:
        return f"<p>{html.escape(str(error))}</p>"
    title = html.escape(subject.trace.title or "A picture")
    return (
        f'<iframe title="{title}" sandbox="allow-scripts" allow="fullscreen; clipboard-write" style="{_STYLE}" '
        f'srcdoc="{html.escape(page)}"></iframe>'
    )
