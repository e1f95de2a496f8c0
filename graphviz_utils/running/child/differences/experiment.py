"""One program, run again and again: as it was, with a leaf moved, or with every number shaken by rounding."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import torch

from graphviz_utils.model import Failure
from graphviz_utils.running.child.differences.draws import Draws
from graphviz_utils.running.child.differences.ending import Astray, Deadline, Ended, Failed, Reached, Unrepeatable
from graphviz_utils.running.child.differences.operators import Operators, Shaken, Shock
from graphviz_utils.running.child.differences.passes import Passes, Visitor
from graphviz_utils.running.child.differences.replaying import Move, Replaying
from graphviz_utils.running.child.differences.rerunning import Again
from graphviz_utils.running.child.differences.surveying import Survey, contributions
from graphviz_utils.running.child.differences.tape import Tape
from graphviz_utils.running.child.differences.taping import Taping
from graphviz_utils.running.child.differences.visiting import Mover, Surveyor, Taker
from graphviz_utils.running.child.failures import failure_of

__all__ = ["Experiment", "Ground", "Rising"]

_SENTENCE = 200
_ROUNDINGS = 2
"""So many units of rounding a number may be off, however it was computed."""
_TIMES = 6
_REACH = 8
"""How much farther rounding may go than the least that it was seen to do in so many runs."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The run that others are held against.

    `places` says for each leaf which operators take it on its way to the roots, and where. `parts` is what each element
    of the roots contributes to the number that is differentiated. `epsilon` is the coarsest rounding unit of the run.
    """

    survey: Survey
    tape: Tape
    places: tuple[Mapping[int, tuple[int, ...]], ...]
    parts: torch.Tensor
    epsilon: float
    is_wide: bool

    def knows(self, leaf: int) -> bool:
        """Whether it was seen how the program takes a leaf on its way to the roots."""
        return bool(self.places[leaf]) or leaf in self.survey.rooted

    @property
    def has_hole(self) -> bool:
        """Whether a part of what the pass begins from is NaN or infinite."""
        return not bool(self.parts.isfinite().all())

    def rise(self, parts: torch.Tensor) -> float:
        """How much larger the number is when the roots contribute `parts`."""
        if parts.shape != self.parts.shape:
            return math.nan
        is_same = (parts == self.parts) | (parts.isnan() & self.parts.isnan())
        return float(torch.where(is_same, 0.0, parts - self.parts).sum())


class Experiment:
    """Runs a program up to its outermost pass number `wanted`, in as many ways as there are questions."""

    def __init__(self, again: Again, wanted: int, deadline: Deadline) -> None:
        self._again = again
        self._wanted = wanted
        self._deadline = deadline
        self._draws = Draws()

    def repeated(self) -> tuple[Survey, torch.dtype]:
        """The pass of the very same program, and the coarsest type in it. Draws what all others get."""
        operators = Operators(self._draws, self._deadline, is_wide=False)
        return self._surveyed(operators, Surveyor()), operators.coarsest

    def ground(self, *, is_wide: bool) -> Ground:
        """The same again, with a tape of all that is to be held while a leaf is moved."""
        taping = Taping(self._draws.again(), self._deadline, is_wide=is_wide)
        survey = self._surveyed(taping, Surveyor(taping))
        places = tuple(taping.tape.places(leaf.tensor, survey.sequences) for leaf in survey.leaves)
        parts = contributions(survey.roots, survey.seeds)
        if parts.numel() and not bool(parts.isfinite().any()):
            raise Unrepeatable(f"this pass begins from {float(parts[0]):g}, which has no slope")
        return Ground(survey, taping.tape, places, parts, torch.finfo(taping.coarsest).eps, is_wide)

    def moved(self, ground: Ground, leaf: int, move: Move) -> tuple[float, bool]:
        """How much the number grows by a move of a leaf, and whether a comparison or a whole number changed by it.

        NaN where it has no value, the program failing there, or where it takes a way that cannot be followed.
        """
        draws = self._draws.again()
        replaying = Replaying(ground.tape, move, draws, self._deadline, is_wide=ground.is_wide)
        mover = Mover(replaying, ground.tape, ground.survey, leaf, move.step)
        try:
            self._run(replaying, mover)
        except Failed:
            return math.nan, False
        except (Astray, Unrepeatable):
            if not move.is_free:
                raise
            return math.nan, True
        return ground.rise(mover.parts), replaying.has_crossed

    def shaken(self, ground: Ground, shock: Shock) -> Survey:
        """The pass where everything that is computed is off by a `shock`."""
        operators = Shaken(self._draws.again(), self._deadline, shock, is_wide=ground.is_wide)
        return self._surveyed(operators, Surveyor())

    def noise(self, ground: Ground) -> float:
        """How far off by rounding the number may be that is differentiated.

        Where the program stands on a jump, some shocks do more than that: the least is taken of those that most do.
        """
        at_least = _ROUNDINGS * ground.epsilon * float(ground.parts[ground.parts.isfinite()].abs().sum())
        rises = []
        for seed in range(_TIMES):
            shock = Shock(ground.epsilon, seed, literals=False)
            operators = Shaken(self._draws.again(), self._deadline, shock, is_wide=ground.is_wide)
            taker = Taker(ground.survey)
            with suppress(Astray, Unrepeatable):
                self._run(operators, taker)
                rises.append(abs(ground.rise(taker.parts)))
        larger = [rise for rise in rises if at_least < rise < math.inf]
        return _REACH * min(larger) if 2 * len(larger) > _TIMES else at_least

    def _surveyed(self, operators: Operators, surveyor: Surveyor) -> Survey:
        self._run(operators, surveyor)
        assert surveyor.survey is not None
        return surveyor.survey

    def _run(self, operators: Operators, visitor: Visitor) -> None:
        """Run up to the pass; what keeps the program from it is raised."""
        passes = Passes(self._wanted, visitor)
        end = self._again.run(passes, operators, is_wide=operators.is_wide)
        self._deadline.check_used()
        if operators.ended is not None:
            raise operators.ended
        if isinstance(end, Ended) and not isinstance(end, Reached):
            raise end
        fault = end if passes.fault is None else failure_of(passes.fault, "", _SENTENCE)
        if isinstance(fault, Failure) and (passes.fault is not None or not passes.has_come):
            raise Failed(f"when the program is run again, it fails with {fault.type}: {fault.message}")
        if not passes.has_come:
            raise Unrepeatable("when the program is run again, it does not come to this pass")


class Rising:
    """The number that a pass differentiates, along a line: how much it grows at each step of `direction`.

    `crossed` are the steps at which a comparison or a whole number was not what it was.
    """

    def __init__(self, experiment: Experiment, ground: Ground, leaf: int, direction: torch.Tensor) -> None:
        self.crossed: set[float] = set()
        self._experiment = experiment
        self._ground = ground
        self._leaf = leaf
        self._direction = direction

    def held(self, step: float) -> float:
        """The rise while all that autograd does not follow stays as it was."""
        return self._moved(step, is_free=False)

    def free(self, step: float) -> float:
        """The rise where comparisons, whole numbers, and the branches that they decide follow the leaf."""
        return self._moved(step, is_free=True)

    def _moved(self, step: float, *, is_free: bool) -> float:
        move = Move(self._ground.places[self._leaf], self._direction * step, is_free)
        rise, has_crossed = self._experiment.moved(self._ground, self._leaf, move)
        if has_crossed:
            self.crossed.add(step)
        return rise
