"""The recorded run as a networkx graph, and the steps that turn one graph into the next."""

from graphviz_utils.graph.building import Graph, build_graph
from graphviz_utils.graph.focusing import focused, without_constants
from graphviz_utils.graph.folding import Fold, folded
from graphviz_utils.graph.roots import roots_of
from graphviz_utils.graph.scoping import scoped
from graphviz_utils.graph.splitting import leaves_per_use

__all__ = [
    "Fold",
    "Graph",
    "build_graph",
    "focused",
    "folded",
    "leaves_per_use",
    "roots_of",
    "scoped",
    "without_constants",
]
