"""What autograd nodes keep for their backward, and which of their slots an argument feeds."""

from collections.abc import Iterator
from functools import cache

import torch

from graphviz_utils.tracing.entries import ArgumentEntry, GradFn, Place

__all__ = ["assign_slots", "saved_tensors"]


def saved_tensors(fn: GradFn) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors `fn` keeps, by the names of `derivatives.yaml`; those it cannot give back any more are left out.

    PyTorch refuses one that was overwritten in place since, and one that a backward pass has freed.
    """
    kind: type = type(fn)
    for name in _saved_names(kind):
        try:
            kept = getattr(fn, name)
        except RuntimeError:
            continue
        label = name.removeprefix("_saved_")
        if isinstance(kept, torch.Tensor):
            yield label, kept
        elif isinstance(kept, (tuple, list)):
            yield from ((f"{label}[{i}]", part) for i, part in enumerate(kept) if isinstance(part, torch.Tensor))


@cache
def _saved_names(kind: type) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if name.startswith("_saved_"))


def assign_slots(arguments: tuple[ArgumentEntry, ...], following: tuple[Place | None, ...]) -> None:
    """Tell each argument the slot it has among next_functions.

    Slots follow the order of the arguments that can have a gradient, so one pass from left to right finds them: an
    argument in the graph takes the next slot if it leads there, one outside of it takes the next slot if it is empty.
    """
    slot = 0
    for argument in arguments:
        if not argument.takes_slot or slot == len(following):
            continue
        in_graph = argument.place is not None and argument.place[0].kind in ("op", "leaf")
        if following[slot] == (argument.place if in_graph else None):
            argument.slot = slot
            slot += 1
