"""Tries the elements of all leaves in turn, for as long as there is time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import torch

from graphviz_utils.running.child.differences.ending import OutOfTime
from graphviz_utils.running.child.differences.experiment import Experiment, Ground, Rising
from graphviz_utils.running.child.differences.judging import Finding
from graphviz_utils.running.child.differences.slopes import DOUBLE, SINGLE, slope

__all__ = ["Probe", "probed", "real"]

_MOST_ELEMENTS = 64
"""Of a larger leaf so many elements are tried."""

_FEW = 16
"""In a leaf with more, all of them are moved at once first: there may not be time for each."""

_SEED = 0
_FINE = 1e-12


@dataclass(slots=True)
class Probe:
    """What was found out about one leaf: by the number of an element, and `along` a direction that moves all of them.

    A complex element counts as two, its real and its imaginary part. `sent` is what autograd sent in the run that was
    differenced.
    """

    leaf: int
    sent: torch.Tensor
    findings: dict[int, Finding] = field(default_factory=dict)
    along: Finding | None = None


def real(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers of a tensor in one row, in double precision; a complex one gives two."""
    plain = torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor
    return plain.reshape(-1).to(torch.float64)


def probed(experiment: Experiment, ground: Ground, leaves: Sequence[int]) -> tuple[Probe, ...]:
    """Everything about `leaves` that there was time for."""
    tries = [_Try(experiment, ground, leaf) for leaf in leaves]
    try:
        for row in zip_longest(*(each.steps() for each in tries)):
            del row
    except OutOfTime:
        pass
    return tuple(each.probe for each in tries)


class _Try:
    """One leaf being tried."""

    def __init__(self, experiment: Experiment, ground: Ground, leaf: int) -> None:
        seen = ground.survey.leaves[leaf]
        assert seen.grad is not None
        self.probe = Probe(leaf, real(seen.grad))
        self._experiment = experiment
        self._ground = ground
        self._value = seen.value

    def steps(self) -> Iterator[None]:
        """Each step finds out one thing more."""
        if not self._ground.knows(self.probe.leaf):
            return
        count = self.probe.sent.numel()
        if count > _FEW and bool(self.probe.sent.isfinite().all()):
            chance = torch.Generator().manual_seed(_SEED)
            signs = torch.randint(0, 2, (count,), generator=chance) * 2.0 - 1
            self.probe.along = self._found(signs.to(torch.float64), 0.0)
            yield
        at = real(self._value)
        tried = min(count, _MOST_ELEMENTS)
        for element in (place * count // tried for place in range(tried)):
            direction = torch.zeros(count, dtype=torch.float64)
            direction[element] = 1
            self.probe.findings[element] = self._found(direction, float(at[element]))
            yield

    def _found(self, direction: torch.Tensor, at: float) -> Finding:
        """What the number does along `direction`, from where the moved element is `at`."""
        noise, steps = self._ground.noise, DOUBLE if self._ground.epsilon < _FINE else SINGLE
        sent = float((self.probe.sent * direction)[direction != 0].sum())
        rising = Rising(self._experiment, self._ground, self.probe.leaf, self._shaped(direction))
        held = slope(rising.held, at, noise, steps)
        free = slope(rising.free, at, noise, steps[-2:]) if _crosses_here(rising, steps[-2]) else None
        return Finding(sent, held, free, self._ground.has_hole)

    def _shaped(self, direction: torch.Tensor) -> torch.Tensor:
        """`direction` in shape and type of the leaf."""
        value = self._value
        if value.is_complex():
            pairs = direction.reshape(*value.shape, 2)
            return torch.view_as_complex(pairs.contiguous()).to(value.dtype)
        return direction.reshape(value.shape).to(value.dtype)


def _crosses_here(rising: Rising, glance: float) -> bool:
    """Whether a comparison changes within the smallest of steps, and not only somewhere near."""
    if not rising.crossed:
        return False
    for step in (glance, -glance):
        rising.held(step)
    return not rising.crossed.isdisjoint((glance, -glance))
