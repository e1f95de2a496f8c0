"""What all paths to an element sum to, and in sentences why they do not tell all of its derivative."""

import math
from collections.abc import Iterator, Sequence

from graphviz_utils.explanation.listing import Start
from graphviz_utils.explanation.reaching import MOST_STEPS, Reach
from graphviz_utils.explanation.slopes import MOST_ELEMENTS, numbers
from graphviz_utils.explanation.unrolling import Port, Unrolled, agree
from graphviz_utils.model import Edge, Node

__all__ = ["called", "judged"]

_MOST_NAMED = 3


def called(node: Node) -> str:
    """What a sentence calls a node: by the program's name, or by what it does and where."""
    line = "" if node.line is None else f" (line {node.line})"
    return node.variable or f"{node.label or node.name}{line}"


def judged(unrolled: Unrolled, reach: Reach, begin: Sequence[Start] | None) -> tuple[float | None, str]:
    """What all paths sum to, `None` where nobody can tell, and what is to be said of it."""
    node = unrolled.trace.node(reach.end.node)
    who = f"{'' if math.prod(node.outputs[0].shape) == 1 else 'this element of '}{called(node)}"
    if not reach.is_whole:
        return None, f"More than {MOST_STEPS:,} steps between single elements lead to {who}: too many to follow."
    reasons = [*_blocked(unrolled, reach.blocked), *_changed(unrolled, reach)]
    if begin is None:
        return None, " ".join([*reasons, "What some paths begin with was not seen, or is no real number."])
    total = sum((start.ways.times(start.seed) for start in begin), 0.0)
    size = sum(abs(start.seed) * start.ways.size for start in begin)
    grad = unrolled.grad(reach.end)
    if not begin and not reasons:
        reasons.append(
            f"This backward pass sent nothing to {who}."
            if grad is None
            else f"No path without a 0 on it leads to {who}."
        )
    if grad is None or agree(total, grad, size, _dtype(unrolled)):
        return total, " ".join(reasons)
    if grad != grad and (lost := _nan(unrolled, reach)):
        return math.nan, " ".join([*reasons, lost])
    difference = (
        f"The paths sum to {total:.4g}, but autograd sent {grad:.4g}: on the way a gradient was changed unseen, or "
        "became too large or too small for its type."
    )
    return total, " ".join([*reasons, difference])


def _blocked(unrolled: Unrolled, edges: Sequence[Edge]) -> Iterator[str]:
    """Why nobody can tell how paths go on upwards along `edges`."""
    by_cause: dict[str, dict[str, None]] = {}
    for edge in edges:
        names = by_cause.setdefault(_cause(unrolled, edge), {})
        names[called(unrolled.trace.node(edge.target))] = None
    for cause, names in by_cause.items():
        its, it = ("its", "it") if len(names) == 1 else ("their", "they")
        yield (
            f"Paths cannot be followed through {_listed(list(names))}: {its} local derivative was not recorded because "
            f"{cause}. They begin at what {it} sent."
        )


def _changed(unrolled: Unrolled, reach: Reach) -> Iterator[str]:
    """What hooks did to gradients on the way, and to what had arrived at the end."""
    names = list(dict.fromkeys(_output_called(unrolled, port) for port in reach.changed))
    if names:
        yield f"A hook changed the gradient of {_listed(names)}: paths begin anew at what it made of that."
    end = reach.end[:2]
    if unrolled.is_changed(end):
        yield f"A hook then changed what had arrived at {_output_called(unrolled, end)}."


def _nan(unrolled: Unrolled, reach: Reach) -> str:
    """Where NaN came about without a path that leads there; empty if that is not to be seen."""
    for place, ways in reach.ways.items():
        is_steep = any(not math.isfinite(reach.ways[step.below].times(step.value)) for step in ways.steps)
        received = numbers(unrolled.used(place.node).get(place.output)) if is_steep else None
        if received is not None and received[place.element : place.element + 1] == (0,):
            who = called(unrolled.trace.node(place.node))
            return f"NaN comes along no path: {who} received 0 where its slope is infinite, and 0 · ∞ is NaN."
    return ""


def _cause(unrolled: Unrolled, edge: Edge) -> str:
    target = unrolled.trace.node(edge.target)
    taken = unrolled.trace.node(edge.source).outputs[edge.source_output]
    given = target.outputs[0] if target.outputs else taken
    if any(meta.dtype.startswith("complex") for meta in (given, taken)):
        return "complex numbers have none of this kind"
    if target.operator is None and target.name.endswith("Backward"):
        return "a program's own code is not asked for one"
    if len(target.outputs) > 1:
        return "nodes with several outputs are not asked for one"
    if max(math.prod(given.shape), math.prod(taken.shape)) > MOST_ELEMENTS:
        return f"tensors of more than {MOST_ELEMENTS} elements are not asked about"
    if not any(pass_.jacobians for pass_ in unrolled.trace.passes):
        return "nobody asked for any (`record(derivatives=2000)` does)"
    return "PyTorch gave none"


def _output_called(unrolled: Unrolled, port: Port) -> str:
    node = unrolled.trace.node(port[0])
    return called(node) if len(node.outputs) == 1 else f"output {port[1]} of {called(node)}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED:,} more"]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _dtype(unrolled: Unrolled) -> str:
    """The least precise type that the pass computed with."""
    types = {meta.dtype for id_ in unrolled.of.order for meta in unrolled.trace.node(id_).outputs}
    return next((dtype for dtype in ("bfloat16", "float16", "float32") if dtype in types), "float64")
