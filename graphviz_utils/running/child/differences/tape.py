"""What a run did, operator by operator, as far as a run with another leaf must do alike."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import torch

from graphviz_utils.running.child.differences.ending import Unrepeatable
from graphviz_utils.tracing.snapshots import unseen

__all__ = ["Held", "Tape", "Use", "is_real"]

_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """What an operator gave that autograd does not follow: by place among its results, and among what it wrote into.

    Both are counted among the plain parts of what it returned and of what it was given.
    """

    results: tuple[tuple[int, Any], ...]
    written: tuple[tuple[int, torch.Tensor], ...]

    @property
    def has_real(self) -> bool:
        """Whether something in it moves with a leaf step by step, and not in leaps."""
        return any(is_real(value) for _, value in (*self.results, *self.written))


@dataclass(frozen=True, slots=True)
class Use:
    """An operator that took a leaf: its number, and the leaf's places among its arguments.

    `sequence` tells when the operator's node was made; `None`: it made none, for it only compared or counted.
    `is_anew`: it was run again, for a pass that can be differentiated.
    """

    operator: int
    leaf: torch.Tensor
    places: tuple[int, ...]
    sequence: int | None
    is_anew: bool = False


@dataclass(slots=True)
class Tape:
    """Operators in order; what of them is `held`; the `uses` of leaves; what was read and left behind besides.

    `readings` are the numbers that the program made of tensors without an operator, `grads` what each pass but the last
    left on the leaves or returned.
    """

    operators: list[Any] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    readings: list[Any] = field(default_factory=list)
    grads: list[tuple[torch.Tensor | None, ...]] = field(default_factory=list)
    bytes_kept: int = 0

    def first_uses(self) -> list[Use]:
        """The first use of every leaf, in the order in which operators took them."""
        first: dict[int, Use] = {}
        for use in sorted(self.uses, key=lambda use: (use.operator, use.places)):
            first.setdefault(id(use.leaf), use)
        return list(first.values())

    def places(self, leaf: torch.Tensor, sequences: Set[int]) -> Mapping[int, tuple[int, ...]]:
        """By the operator's number, where `leaf` stands among its arguments.

        Operators are meant whose nodes were made at `sequences`, and such as compared the leaf or counted by it.
        """
        uses = [use for use in self.uses if use.leaf is leaf]
        if not any(use.is_anew or use.sequence in sequences for use in uses):
            return {}
        taken = [use for use in uses if use.is_anew or use.sequence is None or use.sequence in sequences]
        return {use.operator: use.places for use in taken}

    def kept(self, value: Any) -> Any:
        """A copy of `value` that nothing changes any more."""
        if not isinstance(value, torch.Tensor):
            return value
        self.bytes_kept += value.numel() * value.element_size()
        if self.bytes_kept > _MOST_BYTES:
            raise Unrepeatable("more is computed beside the graph than can be held while a leaf is moved")
        with unseen():
            return value.detach().clone()


def is_real(value: Any) -> bool:
    """Whether `value` is made of real or complex numbers, and not of truth values or whole numbers."""
    if isinstance(value, torch.Tensor):
        return value.is_floating_point() or value.is_complex()
    return isinstance(value, (float, complex))
