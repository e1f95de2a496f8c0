"""How far rounding may move a gradient: found out by shaking every number of the run."""

from collections.abc import Sequence
from functools import cached_property

import torch

from graphviz_utils.running.child.differences.ending import Astray, Unrepeatable
from graphviz_utils.running.child.differences.experiment import Experiment, Ground
from graphviz_utils.running.child.differences.operators import Shock
from graphviz_utils.running.child.differences.probing import real
from graphviz_utils.running.child.differences.surveying import Survey

__all__ = ["Rounding"]

_TIMES = 4
_REACH = 8
"""How much farther than it was seen to go, rounding may go."""


class Rounding:
    """What becomes of a run when everything in it is off by a rounding unit `epsilon`. Nothing is run until asked."""

    def __init__(self, experiment: Experiment, ground: Ground, epsilon: float) -> None:
        self._experiment = experiment
        self._ground = ground
        self.epsilon = epsilon

    def still(self, leaf: int) -> torch.Tensor | None:
        """The numbers of a leaf's gradient when nothing is shaken; None where nothing was sent."""
        grad = self._ground.survey.leaves[leaf].grad
        return None if grad is None else real(grad)

    def reach(self, leaf: int) -> torch.Tensor:
        """How far each of these numbers may be off; infinite where that was not found out."""
        still = self.still(leaf)
        assert still is not None
        spread = torch.zeros_like(still)
        for survey in self._shaken:
            moved = _grad_of(survey, leaf, still.numel())
            spread = torch.maximum(spread, (moved - still).abs().nan_to_num(nan=torch.inf))
        return _REACH * spread if self._shaken else torch.full_like(still, torch.inf)

    @cached_property
    def _shaken(self) -> Sequence[Survey]:
        found = []
        for seed in range(_TIMES):
            try:
                found.append(self._experiment.shaken(self._ground, Shock(self.epsilon, seed, literals=True)))
            except (Astray, Unrepeatable):
                continue
        return found


def _grad_of(survey: Survey, leaf: int, count: int) -> torch.Tensor:
    grads = [seen.grad for seen in survey.leaves]
    grad = grads[leaf] if leaf < len(grads) else None
    numbers = torch.full((count,), torch.nan) if grad is None else real(grad)
    return numbers if numbers.numel() == count else torch.full((count,), torch.nan)
