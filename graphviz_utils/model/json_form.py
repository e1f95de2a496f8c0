"""The JSON form of a Trace: strict JSON out, checked data in."""

import math
from typing import Any, TypeVar

import msgspec

from graphviz_utils.model.errors import TraceError
from graphviz_utils.model.snapshot import Snapshot
from graphviz_utils.model.trace import Trace

__all__ = ["decoded", "encoded", "plain"]

T = TypeVar("T", bound=Trace)


def encoded(trace: Trace) -> str:
    """`trace` as strict JSON; NaN and infinities become words, complex numbers pairs."""
    plain = msgspec.to_builtins(trace, enc_hook=_pair)
    plain["names"] = {name: {"node": b.node, "output": b.output} for name, b in trace.names.items()}
    return msgspec.json.encode(plain if _is_strict(trace) else _strict(plain)).decode()


def decoded(text: str | bytes, kind: type[T]) -> T:
    """The `kind` that `text` spells, every reference in it resolved; TraceError otherwise."""
    try:
        trace = msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise TraceError(
            f"not a trace file: {error}; a trace is what Trace.save or `python -m graphviz_utils run` writes"
        ) from None
    _check_references(trace)
    return trace


def plain(part: Any) -> Any:
    """Any part of a trace as the dicts, lists, numbers and words of its strict JSON form."""
    return _strict(msgspec.to_builtins(part, enc_hook=_pair))


def _pair(number: Any) -> tuple[float, float]:
    if isinstance(number, complex):
        return number.real, number.imag
    raise NotImplementedError(type(number).__name__)


def _is_strict(trace: Trace) -> bool:
    """Whether every number of `trace` has a spelling in strict JSON already."""
    snapshots: list[Snapshot | None] = [value.tensor for value in trace.values]
    for pass_ in trace.passes:
        snapshots += [root.seed for root in pass_.roots]
        snapshots += [row.tensor for row in pass_.edge_grads] + [row.tensor for row in pass_.returned]
        snapshots += [tensor for row in pass_.node_grads for tensor in (row.sum, row.tensor)]
        snapshots += [tensor for row in pass_.leaves for tensor in (row.before, row.after)]
    snapshots += [saved.tensor for node in trace.nodes for saved in node.saved]
    snapshots += [tensor for claim in trace.claims for tensor in (claim.expected, claim.actual)]
    literals = (argument.literal for node in trace.nodes for argument in node.arguments if argument.is_literal)
    return all(tensor is None or tensor.is_finite for tensor in snapshots) and all(map(_is_plain, literals))


def _is_plain(literal: Any) -> bool:
    if isinstance(literal, (list, tuple)):
        return all(map(_is_plain, literal))
    return not isinstance(literal, float) or math.isfinite(literal)


def _strict(data: Any) -> Any:
    if isinstance(data, float) and not math.isfinite(data):
        return "nan" if math.isnan(data) else "inf" if data > 0 else "-inf"
    if isinstance(data, dict):
        return {key: _strict(part) for key, part in data.items()}
    if isinstance(data, (list, tuple)):
        return [_strict(part) for part in data]
    return data


def _check_references(trace: Trace) -> None:
    """Every node that anything names exists, ids are unique, and times of firing belong to fired nodes."""
    known = {node.id for node in trace.nodes}
    if len(known) != len(trace.nodes):
        raise TraceError("not a trace file: two nodes share one id; every id must be unique")
    named = [id_ for edge in trace.edges for id_ in (edge.source, edge.target)]
    named += [value.node for value in trace.values] + [binding.node for binding in trace.bindings]
    named += [str(argument.node) for node in trace.nodes for argument in node.arguments if not argument.is_literal]
    for pass_ in trace.passes:
        named += [row.node for rows in (pass_.roots, pass_.node_grads, pass_.returned, pass_.leaves) for row in rows]
        named += [*pass_.order, *(row.target for row in pass_.edge_grads)]
        if len(pass_.fired_at) not in (0, len(pass_.order)):
            raise TraceError("not a trace file: fired_at and order of a pass have different lengths")
        if pass_.parent is not None and not 0 <= pass_.parent < len(trace.passes):
            raise TraceError(f"not a trace file: a pass names parent {pass_.parent}, which does not exist")
    stray = next((id_ for id_ in named if id_ not in known), None)
    if stray is not None:
        raise TraceError(f"not a trace file: something refers to node {stray!r}, which is not among its nodes")
