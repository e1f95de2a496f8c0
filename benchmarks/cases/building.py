"""From a tensor that already exists to its graph, over chains of operations; the size is their number."""

import graphviz_utils
from benchmarks.cases.answering import Step, answer
from benchmarks.models import chain


def built(size: int) -> Step:
    """Ours from the tensor: the walk with every saved value, the trace, the networkx graph."""
    y = chain(size)
    return lambda: graphviz_utils.build_graph(graphviz_utils.trace_of(y)), 5


def graph_only(size: int) -> Step:
    """Ours from the trace: the networkx graph."""
    trace = graphviz_utils.trace_of(chain(size))
    return lambda: graphviz_utils.build_graph(trace), 5


def torchviz(size: int) -> Step:
    """torchviz as it comes: the walk and its DOT text in one, no values."""
    from torchviz import make_dot

    y = chain(size)
    return lambda: make_dot(y), 5


def torchviz_saved(size: int) -> Step:
    """torchviz asked to show what the nodes saved: shapes, no numbers."""
    from torchviz import make_dot

    y = chain(size)
    return lambda: make_dot(y, show_attrs=True, show_saved=True), 5


if __name__ == "__main__":
    answer({"ours": built, "graph": graph_only, "torchviz": torchviz, "torchviz saved": torchviz_saved})
