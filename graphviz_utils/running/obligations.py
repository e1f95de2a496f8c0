"""What is to be proved of a run: one row for each leaf and pass, and how rows that others filled are put together."""

from collections.abc import Iterable
from dataclasses import replace

from graphviz_utils.model import BackwardPass, Check, Limits, Proof, Snapshot, Trace, TraceError

__all__ = ["merged", "no_closed_form", "out_of_time", "unproved"]


def unproved(trace: Trace, backward: int | None = None) -> tuple[Proof, ...]:
    """A row without checks for each leaf to which pass `backward` sent a gradient; `None`: every outermost pass.

    Raises:
        TraceError: the run has no such pass.
    """
    if backward is not None and not 0 <= backward < len(trace.passes):
        raise TraceError(f"pass {backward} was asked for, but this run has {len(trace.passes)} (counted from 0)")
    outermost = (index for index, pass_ in enumerate(trace.passes) if pass_.parent is None)
    indices = outermost if backward is None else (backward,)
    return tuple(row for index in indices for row in _rows(trace, index))


def merged(trace: Trace, proofs: Iterable[Proof]) -> Trace:
    """`trace` with `proofs` among its own, by pass and leaf; a new check replaces an old one of the same way."""
    rows: dict[tuple[int, str], Proof] = {(row.backward, row.node): row for row in trace.proofs}
    for row in proofs:
        known = rows.get((row.backward, row.node))
        rows[row.backward, row.node] = row if known is None else replace(known, checks=_together(known, row))
    position = {node.id: place for place, node in enumerate(trace.nodes)}
    ordered = sorted(rows.values(), key=lambda row: (row.backward, position[row.node]))
    return replace(trace, proofs=tuple(ordered))


def no_closed_form(reason: str) -> Check:
    """Nothing was derived that could be held against autograd's number, and why."""
    return Check("derived", "open", f"no closed form {reason}")


def out_of_time(limits: Limits) -> str:
    """Why nothing was derived when time ran out."""
    seconds = f"{limits.derivation_seconds:.2g}"
    return f"found within {seconds} second{'' if seconds == '1' else 's'}"


def _together(old: Proof, new: Proof) -> tuple[Check, ...]:
    checks = {check.way: check for check in (*old.checks, *new.checks)}
    return tuple(checks[way] for way in sorted(checks))


def _rows(trace: Trace, index: int) -> Iterable[Proof]:
    sent = _sent(trace.passes[index])
    for leaf in sorted((trace.node(id_) for id_ in sent), key=lambda node: int(node.id[1:])):
        if leaf.kind == "leaf":
            yield Proof(leaf.id, leaf.variable or leaf.id, index, sent[leaf.id])


def _sent(pass_: BackwardPass) -> dict[str, Snapshot]:
    """What the pass added to the `.grad` of each node or returned for it, after all its hooks."""
    used = ((row.node, row.sum if row.tensor is None else row.tensor) for row in pass_.node_grads)
    returned = ((row.node, row.tensor) for row in pass_.returned)
    return {id_: tensor for id_, tensor in (*used, *returned) if tensor is not None}
