"""The graph behind the picture, for other programs."""

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml
from graphviz_utils.graph import scoped
from graphviz_utils.model import Look, Moment, Trace

__all__ = ["exported"]


def exported(trace: Trace, look: Look, moment: Moment) -> str:
    """The run as GraphML: what the look's scope takes in, unfolded, with the numbers of the moment."""
    return to_graphml(annotate(scoped(trace, look.scope, moment), trace, moment))
