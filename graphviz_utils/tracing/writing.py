"""The finished ledger becomes a Trace: ids by order of creation, names, labels, and not more than 16 MB of numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from msgspec import UNSET

from graphviz_utils.model import (
    Argument,
    BackwardPass,
    Binding,
    Edge,
    EdgeGrad,
    Failure,
    Jacobian,
    LeafGrad,
    Limits,
    Node,
    NodeGrad,
    Returned,
    Root,
    SavedTensor,
    Trace,
    Value,
)
from graphviz_utils.model.shortening import with_short_names
from graphviz_utils.tracing.entries import ArgumentEntry, NodeEntry
from graphviz_utils.tracing.labels import label_of
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.naming import Namer
from graphviz_utils.tracing.passes import PassEntry
from graphviz_utils.tracing.stage import Stage
from graphviz_utils.tracing.thinning import FEW_ELEMENTS, thinned

__all__ = ["Text", "written"]

SPELLINGS = 5
"""In how many rows of a trace one snapshot may stand: a value, saved by two nodes, a sum, and what was used of it."""


class Text(NamedTuple):
    """What a trace says beside its numbers."""

    title: str
    source: str
    error: Failure | None


def written(text: Text, ledger: Ledger, namer: Namer, stage: Stage, passes: Sequence[PassEntry]) -> Trace:
    """The record of a run that is over."""
    _give_variables(ledger)
    modules = _module_paths(stage, namer)
    entries = list(_of_interest(ledger.nodes))
    ids = {entry: f"n{i}" for i, entry in enumerate(entries)}
    trace = Trace(
        title=text.title,
        source=text.source,
        cells=(),
        nodes=tuple(_node(entry, ids, modules) for entry in entries),
        edges=tuple(_edges(entries, ids)),
        values=tuple(
            Value(ids[value.place[0]], value.place[1], value.version, value.at, value.snapshot)
            for value in ledger.values
            if value.place[0] in ids
        ),
        bindings=tuple(
            Binding(binding.name, ids[binding.place[0]], binding.place[1], binding.at)
            for binding in sorted(ledger.bindings, key=lambda binding: binding.outer)
        ),
        passes=tuple(_pass(pass_, ids) for pass_ in passes),
        error=text.error,
        notes=tuple(_notes(ledger, stage)),
    )
    trace = with_short_names(trace, Limits().name_characters)
    return thinned(trace) if ledger.camera.elements_kept * SPELLINGS > FEW_ELEMENTS else trace


def _of_interest(entries: Sequence[NodeEntry]) -> Iterable[NodeEntry]:
    """All but the copies that autograd detaches for itself when a node saves its own result."""
    used = {argument.place[0] for entry in entries for argument in entry.arguments if argument.place is not None}
    for entry in entries:
        if entry.operator != "aten.detach.default" or entry.variable is not None or entry in used:
            yield entry


def _notes(ledger: Ledger, stage: Stage) -> Iterable[str]:
    if ledger.camera.is_out_of_film:
        yield f"The run was long: after the first {ledger.camera.taken:,} tensors only the structure was recorded."
    for (what, kind), count in sorted(stage.faults.items()):
        yield f"{count:,} times {what} could not be recorded and is missing here ({kind})."


def _give_variables(ledger: Ledger) -> None:
    """A node's variable is the first name the program itself gave it, else the first inside a function."""
    for outer in (True, False):
        for binding in ledger.bindings:
            entry, output = binding.place
            if binding.outer is outer and entry.variable is None and output == 0:
                entry.variable = binding.name
    for entry in ledger.nodes:
        if entry.grad_of is not None and entry.variable is None:
            entry.variable = f"{entry.grad_of.variable or 'leaf'}.grad"


def _module_paths(stage: Stage, namer: Namer) -> Mapping[torch.nn.Module, str]:
    """The dotted path of every module below those the program called, the caller's variable first."""
    paths: dict[torch.nn.Module, str] = {}
    for root in stage.roots:
        name = namer.module_name(root) or type(root).__name__
        for path, module in root.named_modules():
            paths.setdefault(module, f"{name}.{path}" if path else name)
    return paths


def _node(entry: NodeEntry, ids: Mapping[NodeEntry, str], modules: Mapping[torch.nn.Module, str]) -> Node:
    return Node(
        id=ids[entry],
        kind=entry.kind,
        name=entry.name,
        operator=entry.operator,
        label=label_of(entry),
        variable=entry.variable,
        line=entry.line,
        module=None if entry.module is None else modules.get(entry.module, type(entry.module).__name__),
        at=entry.at,
        arguments=tuple(_argument(argument, ids) for argument in entry.arguments),
        outputs=entry.outputs,
        saved=tuple(SavedTensor(*saved) for saved in entry.saved),
    )


def _argument(argument: ArgumentEntry, ids: Mapping[NodeEntry, str]) -> Argument:
    if argument.place is None:
        return Argument(argument.name, argument.slot, literal=argument.literal)
    return Argument(argument.name, argument.slot, UNSET, ids[argument.place[0]], argument.place[1])


def _edges(entries: Iterable[NodeEntry], ids: Mapping[NodeEntry, str]) -> Iterable[Edge]:
    for entry in entries:
        for slot, place in enumerate(entry.next):
            if place is not None:
                yield Edge(ids[place[0]], place[1], ids[entry], slot)


def _pass(entry: PassEntry, ids: Mapping[NodeEntry, str]) -> BackwardPass:
    return BackwardPass(
        call=entry.call,
        line=entry.line,
        at=entry.at,
        parent=entry.parent,
        roots=tuple(Root(ids[node], output, seed) for (node, output), seed in entry.roots),
        order=tuple(ids[node] for node, _ in entry.order),
        edge_grads=tuple(EdgeGrad(ids[node], slot, sent) for node, slot, sent in entry.edge_grads),
        node_grads=tuple(NodeGrad(ids[node], output, total, used) for (node, output), total, used in entry.node_grads),
        returned=tuple(Returned(ids[node], output, tensor) for (node, output), tensor in entry.returned),
        leaves=tuple(LeafGrad(ids[node], before, after) for node, before, after in entry.leaves),
        fired_at=tuple(at for _, at in entry.order),
        jacobians=tuple(Jacobian(ids[node], slot, matrix) for node, slot, matrix in entry.jacobians),
        ended=entry.ended,
    )
