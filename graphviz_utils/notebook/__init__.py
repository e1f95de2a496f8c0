"""The living picture in a notebook: what a cell shows where it ends in a run or a picture, and a live widget."""

from graphviz_utils.notebook.framing import framed
from graphviz_utils.notebook.live import widget

__all__ = ["framed", "widget"]
