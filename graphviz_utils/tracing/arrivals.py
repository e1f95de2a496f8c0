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
    """The sum of what arrived, in order of arrival; for gradients that were not kept, what the node `used`."""
    if len(arrivals) == 1:
        return arrivals[0].held.snapshot
    tensors = [arrival.tensor for arrival in arrivals if arrival.tensor is not None]
    if not tensors or len(tensors) < len(arrivals):
        return used
    with unseen():
        return camera.snapshot(reduce(torch.add, tensors))


def _memory(tensor: torch.Tensor) -> int:
    """The address of a tensor's elements; 0 for one that has none to show (empty, sparse, wrapped)."""
    try:
        return tensor.data_ptr()
    except RuntimeError:
        return 0
