"""The graph behind the picture, for other programs."""

from graphviz_utils.annotation import annotate
from graphviz_utils.exporting import to_graphml
from graphviz_utils.graph import build_graph, focused, roots_of
from graphviz_utils.model import Look, Moment, Trace

__all__ = ["exported"]


def exported(trace: Trace, look: Look, moment: Moment) -> str:
    """The run as GraphML: what the look's scope takes in, unfolded, with the numbers of the moment."""
    graph = build_graph(trace)
    graph = focused(graph, roots_of(trace, moment)) if look.scope == "backward" else graph
    return to_graphml(annotate(graph, trace, moment))
