"""Tries the elements of all leaves in turn, for as long as there is time."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
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


def real(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers of a tensor in one row, in double precision; a complex one gives two."""
    plain = torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor
    return plain.reshape(-1).to(torch.float64)


def probed(experiment: Experiment, ground: Ground, leaves: Sequence[int]) -> tuple["Probe", ...]:
    """Everything about `leaves` that there was time for."""
    noise = experiment.noise(ground)
    probes = tuple(Probe(experiment, ground, leaf, noise) for leaf in leaves)
    with suppress(OutOfTime):
        for each in zip_longest(*(probe.steps() for probe in probes)):
            del each
    return probes


class Probe:
    """What was found out about one leaf: by the number of an element, and at `ALONG` for a direction that moves all.

    A complex element counts as two, its real and its imaginary part. `sent` is what autograd sent in the run that was
    differenced, and `inner` the size of the numbers that what is differentiated is made of, at the most.
    """

    ALONG = -1

    def __init__(self, experiment: Experiment, ground: Ground, leaf: int, noise: float) -> None:
        seen = ground.survey.leaves[leaf]
        assert seen.grad is not None
        self.sent = real(seen.grad)
        self.findings: dict[int, Finding] = {}
        self._experiment = experiment
        self._ground = ground
        self._leaf = leaf
        self._noise = noise
        self.inner = noise / ground.epsilon
        self._value = seen.value

    def steps(self) -> Iterator[None]:
        """Each step finds out one thing more."""
        if not self._ground.knows(self._leaf):
            return
        count = self.sent.numel()
        if count > _FEW and bool(self.sent.isfinite().all()):
            self.findings[self.ALONG] = self._found(self.ALONG)
            yield
        tried = min(count, _MOST_ELEMENTS)
        for element in (place * count // tried for place in range(tried)):
            self.findings[element] = self._found(element)
            yield

    def _found(self, place: int) -> Finding:
        """What the number that is differentiated does when an element moves, or all of them."""
        direction = self._direction(place)
        at = 0.0 if place == self.ALONG else float(real(self._value)[place])
        sent = float((self.sent * direction)[direction != 0].sum())
        steps = DOUBLE if self._ground.epsilon < _FINE else SINGLE
        rising = Rising(self._experiment, self._ground, self._leaf, self._shaped(direction))
        held = slope(rising.held, at, self._noise, steps)
        free = slope(rising.free, at, self._noise, steps[-2:]) if _crosses_here(rising, steps[-2]) else None
        return Finding(sent, held, free, self._ground.has_hole)

    def _direction(self, place: int) -> torch.Tensor:
        """Which numbers of the leaf move: one of them, or each by 1 up or down."""
        count = self.sent.numel()
        if place == self.ALONG:
            chance = torch.Generator().manual_seed(_SEED)
            return torch.randint(0, 2, (count,), generator=chance).to(torch.float64) * 2 - 1
        direction = torch.zeros(count, dtype=torch.float64)
        direction[place] = 1
        return direction

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
