"""The graph behind the picture, for other programs, and what the file of it is called."""

import re
from pathlib import PurePath

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml
from graphviz_utils.graph import scoped
from graphviz_utils.model import Look, Moment, Trace

__all__ = ["exported", "file_stem"]

_LONGEST = 80


def exported(trace: Trace, look: Look, moment: Moment) -> str:
    """The run as GraphML: what the look's scope takes in, unfolded, with the numbers of the moment."""
    return to_graphml(annotate(scoped(trace, look.scope, moment), trace, moment))


def file_stem(name: str) -> str:
    """The name of a program's file without its end, as every system takes it for the name of another file."""
    stem = re.sub(r"[^\w.-]+", "_", PurePath(name).stem).strip("._-")
    return stem[:_LONGEST] or "picture"
