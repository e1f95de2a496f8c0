"""Walking from autograd's nodes to what they depend on: with a loop, each node once."""

from collections.abc import Container, Iterable

from graphviz_utils.tracing.entries import GradFn

__all__ = ["inputs_first", "reachable"]


def reachable(fns: Iterable[GradFn], known: Container[GradFn] = ()) -> list[GradFn]:
    """`fns` and every node they depend on, each once; nothing is looked for behind a node that is `known`."""
    found = dict.fromkeys(fns)
    waiting = list(found)
    while waiting:
        for source, _ in waiting.pop().next_functions:
            if source is not None and source not in found and source not in known:
                found[source] = None
                waiting.append(source)
    return list(found)


def inputs_first(fn: GradFn, known: Container[GradFn]) -> list[GradFn]:
    """`fn` and all it depends on that is not `known`, in order of creation.

    Sequence numbers tell that order but for leaves, which have none and come right before their first consumer.
    """
    found = dict.fromkeys(reachable([fn], known))
    if len(found) == 1:
        return [fn]
    order: dict[GradFn, None] = {}
    operators = [each for each in found if each.next_functions or not hasattr(each, "variable")]
    for operator in sorted(operators, key=lambda each: int(each._sequence_nr())):
        for source, _ in operator.next_functions:
            if source in found and not source.next_functions:
                order.setdefault(source)
        order.setdefault(operator)
    return list(order)
