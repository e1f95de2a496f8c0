"""From a tensor that already exists to its graph, over chains of operations; the size is their number."""

import graphviz_utils
from benchmarks.cases.answering import Step, answer
from benchmarks.models import chain


def built(size: int) -> Step:
    """Ours: the walk, the trace and the networkx graph."""
    y = chain(size)
    return lambda: graphviz_utils.build_graph(graphviz_utils.trace_of(y)), 3


def torchviz(size: int) -> Step:
    """torchviz: the walk and its DOT text in one."""
    from torchviz import make_dot

    y = chain(size)
    return lambda: make_dot(y), 3


if __name__ == "__main__":
    answer({"ours": built, "torchviz": torchviz})
