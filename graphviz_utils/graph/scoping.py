"""How much of a run is looked at."""

from graphviz_utils.graph.building import Graph, build_graph
from graphviz_utils.graph.focusing import focused
from graphviz_utils.graph.roots import roots_of
from graphviz_utils.model import LAST, Moment, Scope, Trace

__all__ = ["scoped"]


def scoped(trace: Trace, scope: Scope, moment: Moment = LAST) -> Graph:
    """The graph of the run: all of it, or with scope `backward` what the roots of `moment` depend on."""
    graph = build_graph(trace)
    return focused(graph, roots_of(trace, moment)) if scope == "backward" else graph
