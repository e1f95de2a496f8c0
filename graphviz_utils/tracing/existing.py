"""`trace_of()`: the graph of tensors that exist already, whoever computed them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from graphviz_utils.model import RecordingError, Trace
from graphviz_utils.tracing.backward import BackwardMode
from graphviz_utils.tracing.entries import NodeEntry
from graphviz_utils.tracing.ledger import Ledger
from graphviz_utils.tracing.naming import Namer
from graphviz_utils.tracing.operators import OperatorMode
from graphviz_utils.tracing.recording import let_go
from graphviz_utils.tracing.saving import saved_tensors
from graphviz_utils.tracing.snapshots import DEFAULT_FILM, Camera, unseen, version_of
from graphviz_utils.tracing.stage import Stage
from graphviz_utils.tracing.writing import Text, written

__all__ = ["trace_of"]

Params = torch.nn.Module | Mapping[str, torch.Tensor] | Iterable[tuple[str, torch.Tensor]]


def trace_of(tensors: Any, params: Params = (), *, backward: bool = False, title: str = "") -> Trace:
    """The graph behind `tensors`, with what can still be known of its numbers.

    These are the values of the tensors themselves, of the leaves, and of every tensor that a node saved for its
    backward; operators, source lines and the other values are seen by `record()` alone. No `.grad` changes.

    Args:
        tensors: a tensor, or a nest of lists, tuples and dicts of them; keys and indices name them (`["loss"]`).
        params: names for leaves: a module, its `named_parameters()`, or a dict.
        backward: run the backward pass too, with ones as seed gradients; hooks run, and the graph is kept for later.
        title: what the picture calls the graph.

    Raises:
        RecordingError: none of the tensors has a graph, or its backward pass fails (it ran before and was freed, say).
    """
    named = list(_named_tensors(tensors, ""))
    roots = [tensor for _, tensor in named if tensor.requires_grad]
    if not roots:
        raise RecordingError(
            f"none of the {len(named)} tensors given requires a gradient, so there is no graph to show; "
            "pass the result of a computation on a tensor made with requires_grad=True, before any detach()"
        )
    stage, ledger = Stage(""), Ledger(Camera(DEFAULT_FILM), torch._C._autograd._get_sequence_nr())
    namer = Namer(ledger, "", None)
    names = [*_named_params(params), *((name, tensor) for name, tensor in named if name and tensor.requires_grad)]
    with unseen():
        for tensor in roots:
            _look_behind(tensor, ledger, stage)
        for name, tensor in names:
            namer.bind({name: tensor}, is_ours=True)
    mode = BackwardMode(ledger, stage, OperatorMode(ledger, namer, stage))
    if backward:
        leaves = [entry.fn.variable for entry in ledger.nodes if entry.kind == "leaf" and entry.fn is not None]
        seeds = [torch.ones_like(tensor) for tensor in roots]
        try:
            with mode:
                torch.autograd.grad(roots, leaves, seeds, retain_graph=True, allow_unused=True)
        except RuntimeError as error:
            raise RecordingError(f"the backward pass of these tensors cannot be run: {error}") from error
    trace = written(Text(title, "", None), ledger, namer, stage, mode.passes)
    let_go(ledger)
    return trace


def _look_behind(tensor: torch.Tensor, ledger: Ledger, stage: Stage) -> None:
    """Enter every node that `tensor` depends on, and every value that one of them holds."""
    known = len(ledger.nodes)
    place = ledger.place(tensor)
    if place is not None:
        ledger.see(tensor, place)
    for entry in ledger.nodes[known:]:
        with stage.guarded("a saved tensor"):
            _look_into(entry, ledger)


def _look_into(entry: NodeEntry, ledger: Ledger) -> None:
    if entry.kind == "leaf" and entry.fn is not None:
        ledger.see(entry.fn.variable, (entry, 0))
    elif entry.fn is not None:
        saved = list(saved_tensors(entry.fn))
        entry.saved = tuple((name, ledger.camera.snapshot(tensor), version_of(tensor)) for name, tensor in saved)
        for _, tensor in saved:
            place = ledger.known_place(tensor)
            if place is not None and place[0].kind == "op":
                ledger.see(tensor, place)


def _named_tensors(nest: Any, name: str) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(nest, torch.Tensor):
        yield name, nest
    elif isinstance(nest, Mapping):
        for key, part in nest.items():
            yield from _named_tensors(part, f"{name}.{key}" if name else str(key))
    elif isinstance(nest, (list, tuple)):
        for i, part in enumerate(nest):
            yield from _named_tensors(part, f"{name}[{i}]" if name else f"output {i}")
    elif nest is not None:
        raise RecordingError(
            f"a {type(nest).__name__} was given, but trace_of takes a tensor or a nest of lists, tuples and dicts of "
            "tensors; pick the tensors out and pass those"
        )


def _named_params(params: Params) -> Iterable[tuple[str, torch.Tensor]]:
    if isinstance(params, torch.nn.Module):
        return params.named_parameters()
    return params.items() if isinstance(params, Mapping) else params
