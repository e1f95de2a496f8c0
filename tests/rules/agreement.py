"""Every rule on trial: what it says is sent along an edge, held against what autograd really sent there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from graphviz_utils.model import BackwardPass, Node, Snapshot, Trace
from graphviz_utils.rules import Application, Expression, Rule, UnseenError, array, is_pointwise, names_in, rule_of
from graphviz_utils.tracing import record

__all__ = ["Verdict", "recorded", "trials"]

_TOLERANCES = {"float64": 1e-9, "complex128": 1e-9, "float32": 2e-4, "complex64": 2e-4, "bfloat16": 5e-2}
_LOOSE = 2e-2
_ROUNDED = {"HardsigmoidBackward0": 1e-7, "SoftplusBackward0": 5e-9}
"""PyTorch keeps the sixth of a hard sigmoid in single precision, and takes e⁻²⁰ beside 1 for nothing."""


@dataclass(frozen=True)
class Verdict:
    """One rule at one edge, or at one node's value (`argument` is `None`); `fault` is empty where they agree."""

    node: str
    argument: str | None
    fault: str


def recorded(program: Callable[[], object], derivatives: int = 0) -> Trace:
    """The run of a program whose results, if it gives any back, are differentiated with random seeds."""
    with record(derivatives=derivatives) as run:
        results = [each for each in _tensors(program()) if each.requires_grad and each.layout is torch.strided]
        if results:
            torch.autograd.backward(results, [torch.randn_like(each) for each in results])
    return run.trace


def trials(trace: Trace, find: Callable[[Node], Rule] = rule_of) -> Iterator[Verdict]:
    """Each curated rule of a run at each edge along which it was seen what was sent, and at each value it computes."""
    for pass_ in trace.passes:
        yield from _trials_of(trace, pass_, find)
    for node in trace.nodes:
        rule = find(node)
        if node.kind in ("op", "detached") and rule.source == "curated" and rule.forward is not None:
            yield from _forward(Application(trace, node, rule))


def _trials_of(trace: Trace, pass_: BackwardPass, find: Callable[[Node], Rule]) -> Iterator[Verdict]:
    received: dict[str, dict[int, Snapshot | None]] = {}
    for row in pass_.node_grads:
        received.setdefault(row.node, {})[row.output] = row.tensor
    for sent in pass_.edge_grads:
        node = trace.node(sent.target)
        rule = find(node)
        argument = next((each.name for each in node.arguments if each.slot == sent.slot), None)
        if rule.source != "curated" or argument is None or node.id not in received:
            continue
        applied = Application(trace, node, rule, received[node.id])
        is_kept = sent.tensor is None or sent.tensor.data is not None
        if is_kept and not _is_too_large(applied, applied.backward(argument)):
            yield _trial(applied, argument, sent.tensor)


def _is_too_large(applied: Application, expression: Expression | None) -> bool:
    """Whether a tensor was seen whose elements were not kept."""
    tensors = [applied.value(name) for name in (names_in(expression) if expression is not None else ())]
    return any(tensor is not None and tensor.data is None for tensor in tensors)


def _trial(applied: Application, argument: str, sent: Snapshot | None) -> Verdict:
    name = applied.node.name
    if applied.backward(argument) is None:
        return Verdict(name, argument, "the rule has no formula for this argument")
    try:
        expected = applied.sent(argument)
    except UnseenError as unseen:
        return Verdict(name, argument, f"{unseen} was not seen")
    if sent is None:
        return Verdict(name, argument, "" if not np.any(expected) else "autograd sent nothing")
    return Verdict(name, argument, _difference(expected, sent, _ROUNDED.get(name, 0)))


def _forward(applied: Application) -> Iterator[Verdict]:
    """What a rule computes against the value that was seen; of several outputs those that the formula gives."""
    expression, name = applied.forward, applied.node.name
    if expression is None:
        yield Verdict(name, None, "the rule's forward formula needs what is not known")
        return
    if _is_too_large(applied, expression):
        return
    try:
        found = applied.number(expression)
    except UnseenError as unseen:
        yield Verdict(name, None, f"{unseen} was not seen")
        return
    for output, part in enumerate(found if isinstance(found, (tuple, list)) else (found,)):
        value = applied.value(f"results[{output}]")
        if value is not None and value.data is not None:
            computed = np.broadcast_to(part, value.shape) if is_pointwise(expression) else part
            yield Verdict(name, None, _difference(computed, value))


def _difference(expected: Any, seen: Snapshot, least: float = 0) -> str:
    actual, expected = array(seen), np.asarray(expected)
    if expected.shape != actual.shape:
        return f"the rule gives the shape {expected.shape}, PyTorch {actual.shape}"
    if not np.iscomplexobj(actual) and np.iscomplexobj(expected):
        return "the rule gives a complex number, PyTorch a real one"
    tolerance = max(least, _TOLERANCES.get(seen.dtype, _LOOSE))
    if np.allclose(expected, actual, rtol=tolerance, atol=tolerance, equal_nan=True):
        return ""
    return f"the rule gives {expected.tolist()}, PyTorch {actual.tolist()}"


def _tensors(nest: Any) -> Iterator[torch.Tensor]:
    if isinstance(nest, torch.Tensor):
        yield nest
    elif isinstance(nest, (tuple, list)):
        for part in nest:
            yield from _tensors(part)
    elif isinstance(nest, Mapping):
        yield from _tensors(tuple(nest.values()))
