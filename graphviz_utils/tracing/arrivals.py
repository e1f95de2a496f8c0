"""Gradients on their way to a node: known again without being kept alive, added up as the engine adds them."""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple, Self

import torch

from graphviz_utils.model import Snapshot
from graphviz_utils.tracing.snapshots import KEPT_ELEMENTS, Camera, unseen, version_of

__all__ = ["Arrival", "Held", "sum_of"]


class Held(NamedTuple):
    """A tensor's memory, its version and its snapshot: enough to know it again."""

    memory: int
    version: int
    snapshot: Snapshot | None

    @classmethod
    def of(cls, tensor: torch.Tensor, snapshot: Snapshot | None) -> Self:
        """What to hold of `tensor`."""
        return cls(_memory(tensor), version_of(tensor), snapshot)

    def is_unchanged(self, tensor: torch.Tensor) -> bool:
        """Whether `tensor`, alive all the time, is the one that was held, and nobody wrote into it."""
        return self.memory == _memory(tensor) != 0 and self.version == version_of(tensor)


class Arrival(NamedTuple):
    """A gradient that was sent, with the tensor itself where it is to be added up again.

    Holding a large gradient would keep the engine from handing its memory on.
    """

    held: Held
    tensor: torch.Tensor | None

    @classmethod
    def of(cls, grad: torch.Tensor, snapshot: Snapshot | None, is_hooked: bool) -> Self:
        """`grad` as it was sent; kept if it is small, or if a hook may change the sum it goes into."""
        return cls(Held.of(grad, snapshot), grad if is_hooked or grad.numel() <= KEPT_ELEMENTS else None)


def sum_of(arrivals: Sequence[Arrival], used: Snapshot | None, camera: Camera) -> Snapshot | None:
    """The sum of what arrived, in order of arrival.

    Gradients that were too large to be kept are not added up: their sum is what the node `used` if that agrees with
    the elements in their grids, and else was not seen (a hook changed it).
    """
    if len(arrivals) == 1:
        return arrivals[0].held.snapshot
    tensors = [arrival.tensor for arrival in arrivals if arrival.tensor is not None]
    with unseen():
        if tensors and len(tensors) == len(arrivals):
            return camera.snapshot(reduce(torch.add, tensors))
        return used if used is not None and _agrees([each.held.snapshot for each in arrivals], used) else None


def _agrees(parts: Sequence[Snapshot | None], total: Snapshot) -> bool:
    """Whether the grids of `parts` add up to that of `total`, within what rounding explains."""
    grids = [part.grid for part in parts if part is not None and part.grid is not None]
    if not parts or total.grid is None or len(grids) < len(parts):
        return not parts
    added = torch.tensor(grids, dtype=torch.complex128)
    shown = torch.tensor(total.grid, dtype=torch.complex128)
    slack = 4 * torch.finfo(getattr(torch, total.dtype)).eps * added.abs().sum(0)
    return bool((((added.sum(0) - shown).abs() <= slack) | ~shown.isfinite()).all())


def _memory(tensor: torch.Tensor) -> int:
    """The address of a tensor's elements; 0 for one that has none to show (empty, sparse, wrapped)."""
    try:
        return tensor.data_ptr()
    except RuntimeError:
        return 0
