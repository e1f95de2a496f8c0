"""Holds a record that came from outside against what the recorder writes: what fits together there must do so here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from graphviz_utils.model.errors import TraceError
from graphviz_utils.model.limits import Limits
from graphviz_utils.model.rows import Argument, BackwardPass

if TYPE_CHECKING:
    from graphviz_utils.model.trace import Trace

_TraceT = TypeVar("_TraceT", bound="Trace")

__all__ = ["bounded", "check_form", "check_text", "cut"]

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_DEEPEST_LITERAL = 8
_LONGEST_LITERAL = 10_000
_MARK = 60
"""The most characters of a line that says that a text was cut: nobody cuts that off again."""


def check_text(text: str | bytes, limits: Limits) -> None:
    """Not more lists and tables than a page takes from strangers; TraceError otherwise. Nothing is read for this."""
    opening = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    if opening > limits.trace_parts:
        raise TraceError(
            f"not a trace file: it has {opening:,} lists and tables, and a recorded run may have {limits.trace_parts:,}"
        )


def bounded(trace: _TraceT, limits: Limits) -> _TraceT:
    """`trace` with texts no longer than a page shows, which say where they were cut.

    Raises:
        TraceError: there is more of anything else than a page shows.
    """
    for what, count, most in (
        ("nodes", len(trace.nodes), limits.trace_nodes),
        ("edges", len(trace.edges), limits.trace_edges),
        ("arguments", sum(len(node.arguments) for node in trace.nodes), limits.trace_edges),
        ("backward passes", len(trace.passes), limits.trace_passes),
        ("cells", len(trace.cells), limits.trace_cells),
        ("claims", len(trace.claims), limits.trace_cells),
        ("proofs", len(trace.proofs), limits.trace_cells),
    ):
        if count > most:
            raise TraceError(f"this run has {count:,} {what}, and up to {most:,} are shown here; record less")
    cells, room = [], limits.stdout_characters
    for cell in trace.cells:
        stdout, display = cut(cell.stdout, room), cut(cell.display or "", limits.text_characters)
        room = max(0, room - len(stdout))
        is_whole = stdout is cell.stdout and display is (cell.display or "")
        cells.append(cell if is_whole else replace(cell, stdout=stdout, display=display))
    error = trace.error
    if error is not None and len(error.message) > limits.text_characters:
        error = replace(error, message=cut(error.message, limits.text_characters))
    return replace(trace, cells=tuple(cells), error=error)


def cut(text: str, limit: int) -> str:
    """`text`, or as much of it as `limit` allows and a line that says so."""
    return text if len(text) <= limit + _MARK else f"{text[:limit]}\n… cut after {limit:,} characters"


def check_form(trace: "Trace") -> None:
    """Ids, references, the order of things and literals are such as a recorder writes; TraceError otherwise."""
    outputs = {f"n{i}": len(node.outputs) for i, node in enumerate(trace.nodes)}
    for node, wanted in zip(trace.nodes, outputs, strict=True):
        if node.id != wanted:
            raise _wrong(f"where node {wanted} is due stands {node.id!r}; every id counts the nodes before it")
    for id_, output in _places(trace):
        if output >= outputs.get(id_, 0):
            raise _wrong(f"something refers to output {output} of {id_!r}, which is not among its nodes' outputs")
    for id_ in _targets(trace):
        if id_ not in outputs:
            raise _wrong(f"something refers to {id_!r}, which is not among its nodes")
    _check_sources(trace)
    _check_flow(trace, {id_: i for i, id_ in enumerate(outputs)})
    for number, pass_ in enumerate(trace.passes):
        _check_pass(pass_, number)
    for claim in trace.claims:
        if claim.backward is not None and claim.backward >= len(trace.passes):
            raise _wrong(f"a claim is about pass {claim.backward}, which does not exist")
    for proof in trace.proofs:
        if proof.backward >= len(trace.passes):
            raise _wrong(f"a proof is about pass {proof.backward}, which does not exist")
    _check_rising([pass_.at for pass_ in trace.passes], "passes")
    _check_rising([cell.at for cell in trace.cells], "cells")


def _places(trace: "Trace") -> Iterator[tuple[str, int]]:
    """Every output of a node that something refers to; on the way, every literal is looked at."""
    for edge in trace.edges:
        yield edge.source, edge.source_output
    for value in trace.values:
        yield value.node, value.output
    for binding in trace.bindings:
        yield binding.node, binding.output
    for node in trace.nodes:
        for argument in node.arguments:
            yield from _place(argument)
    for pass_ in trace.passes:
        for rows in (pass_.roots, pass_.node_grads, pass_.returned):
            for row in rows:
                yield row.node, row.output


def _place(argument: Argument) -> Iterable[tuple[str, int]]:
    if not isinstance(argument.node, str):
        literal = argument.literal
        if literal is not None and literal is not True and literal is not False:
            _check_literal(literal)
        return ()
    if not isinstance(argument.output, int):
        raise _wrong(f"argument {argument.name[:40]!r} names a node, but none of its outputs")
    return ((argument.node, argument.output),)


def _targets(trace: "Trace") -> Iterator[str]:
    for edge in trace.edges:
        yield edge.target
    for pass_ in trace.passes:
        yield from pass_.order
        for sent in pass_.edge_grads:
            yield sent.target
        for jacobian in pass_.jacobians:
            yield jacobian.target
        for leaf in pass_.leaves:
            yield leaf.node
    for proof in trace.proofs:
        yield proof.node
        yield from (row.node for check in proof.checks for row in check.deductions if row.node is not None)


def _check_literal(literal: Any, depth: int = 0) -> None:
    """Numbers that PyTorch can take, text, and lists of them."""
    if isinstance(literal, (list, tuple)):
        if depth == _DEEPEST_LITERAL or len(literal) > _LONGEST_LITERAL:
            raise _wrong("a literal is longer or deeper than any that an operator takes")
        for part in literal:
            _check_literal(part, depth + 1)
    elif isinstance(literal, int):
        if not _SMALLEST <= literal <= _LARGEST:
            raise _wrong("a literal is a whole number of more than 64 bits")
    elif isinstance(literal, str):
        if len(literal) > _LONGEST_LITERAL:
            raise _wrong(f"a literal is a text of {len(literal):,} characters")
    elif not (literal is None or isinstance(literal, (float, complex))):
        raise _wrong(f"a literal is a {type(literal).__name__}, and not a number, a text or a list of them")


def _check_sources(trace: "Trace") -> None:
    """A leaf and a constant are one tensor each, which nothing else is computed for."""
    sources = {node.id for node in trace.nodes if node.kind in ("leaf", "constant")}
    fed = {edge.target for edge in trace.edges}
    fed.update(node.id for node in trace.nodes if any(isinstance(each.node, str) for each in node.arguments))
    for node in trace.nodes:
        if node.id in sources and (node.id in fed or len(node.outputs) != 1):
            raise _wrong(f"{node.id} is a {node.kind}: nothing flows into one, and it has one output")


def _check_flow(trace: "Trace", position: Mapping[str, int]) -> None:
    """Values only flow forward. Edges that all run from an earlier to a later node need no search."""
    flows = [(position[edge.source], position[edge.target]) for edge in trace.edges]
    for target, node in enumerate(trace.nodes):
        flows += [(position[each.node], target) for each in node.arguments if isinstance(each.node, str)]
    if all(source < target for source, target in flows):
        return
    following: list[list[int]] = [[] for _ in position]
    awaited = [0] * len(position)
    for source, target in flows:
        following[source].append(target)
        awaited[target] += 1
    ready = [place for place, count in enumerate(awaited) if not count]
    for place in ready:
        for target in following[place]:
            awaited[target] -= 1
            if not awaited[target]:
                ready.append(target)
    if len(ready) < len(position):
        raise _wrong("its edges form a circle, but values only flow forward")


def _check_pass(pass_: BackwardPass, number: int) -> None:
    if pass_.parent is not None and pass_.parent >= number:
        raise _wrong(f"pass {number} names parent {pass_.parent}, which does not come before it")
    if len(pass_.fired_at) not in (0, len(pass_.order)):
        raise _wrong("fired_at and order of a pass have different lengths")
    ended = () if pass_.ended is None else (pass_.ended,)
    _check_rising([pass_.at, *pass_.fired_at, *ended], "moments of a pass")


def _check_rising(moments: list[int], what: str) -> None:
    if moments != sorted(moments):
        raise _wrong(f"its {what} do not stand in the order of their moments")


def _wrong(reason: str) -> TraceError:
    return TraceError(f"not a trace file: {reason}")
