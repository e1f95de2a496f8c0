"""Holds what one pass sent to its leaves against central differences of the program, run again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from graphviz_utils.model import Check, Moment, Proof, Snapshot, Trace
from graphviz_utils.running.child.differences.checking import Subject, check_of
from graphviz_utils.running.child.differences.ending import Astray, Deadline, OutOfTime, Unrepeatable
from graphviz_utils.running.child.differences.experiment import Experiment, Ground
from graphviz_utils.running.child.differences.matching import leaves_met, paired
from graphviz_utils.running.child.differences.probing import probed, real
from graphviz_utils.running.child.differences.rerunning import Again, Beginning
from graphviz_utils.running.child.differences.rounding import Rounding
from graphviz_utils.running.child.differences.surveying import LeafSeen, Survey
from graphviz_utils.running.child.differences.suspects import suspects
from graphviz_utils.running.job import Job
from graphviz_utils.running.obligations import unproved
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["SECONDS", "differenced"]

SECONDS = 0.6
"""How long a program may be run again, all in all."""

_ROUNDINGS = 64


def differenced(trace: Trace, job: Job, beginning: Beginning, seconds: float = SECONDS) -> tuple[Proof, ...]:
    """A row for each leaf to which the pass `job.backward` sent a gradient, held against central differences.

    The program is run again in this process, with its leaves moved one number at a time.
    """
    backward = trace.moment(Moment(backward=job.backward))[1]
    if backward is None:
        return ()
    rows = unproved(trace, backward)
    try:
        checks = _checks(trace, rows, job, beginning, seconds)
    except OutOfTime:
        checks = _open(rows, f"the program takes too long to be run again many times within {seconds:g} seconds")
    except Astray:
        checks = _open(rows, "the program does not do the same when it is run again")
    except Unrepeatable as why:
        checks = _open(rows, f"when the program is run again, {why}")
    return tuple(replace(row, checks=(check,)) for row, check in zip(rows, checks, strict=True))


def _open(rows: Sequence[Proof], reason: str) -> list[Check]:
    return [Check("differences", "open", reason)] * len(rows)


def _checks(trace: Trace, rows: Sequence[Proof], job: Job, beginning: Beginning, seconds: float) -> list[Check]:
    if not rows:
        return []
    backward = rows[0].backward
    pass_ = trace.passes[backward]
    if pass_.parent is not None:
        raise Unrepeatable("this pass runs inside of another one, and ends with it")
    wanted = sum(each.parent is None for each in trace.passes[:backward])
    experiment = Experiment(Again(job, beginning), wanted, Deadline(seconds))
    own, coarsest = experiment.repeated()
    met = leaves_met(trace, pass_)
    if len(met) != len(own.leaves):
        raise Unrepeatable("the pass has other leaves")
    numbers = [met.index(row.node) for row in rows]
    if not any(each.parent == backward for each in trace.passes):  # else what those inside sent is counted with it
        for row, number in zip(rows, numbers, strict=True):
            _check_repeated(row, own.leaves[number])
    stage = _staged(experiment, own, coarsest, numbers)
    probes = probed(experiment, stage.ground, [stage.pairing[number] for number in numbers])
    rounding = Rounding(experiment, stage.ground, stage.ground.epsilon)
    return [
        check_of(_subject(stage, row, number, suspects(trace, pass_, row.node, own.custom)), probe, rounding)
        for row, number, probe in zip(rows, numbers, probes, strict=True)
    ]


def _check_repeated(row: Proof, leaf: LeafSeen) -> None:
    """Unrepeatable where the same program, run again, sends something else."""
    again = None if leaf.grad is None else Camera(1).snapshot(leaf.grad)
    if row.autograd is None or again is None:
        raise Unrepeatable("the pass sends nothing to the same leaf")
    if again != row.autograd and not _is_alike(again, row.autograd):
        raise Unrepeatable("the pass sends other gradients: something in it is left to chance, or to what was before")


def _is_alike(again: Snapshot, shown: Snapshot) -> bool:
    if (again.shape, again.dtype) != (shown.shape, shown.dtype):
        return False
    epsilon = torch.finfo(getattr(torch, shown.dtype)).eps
    one, other = (torch.tensor(each.data or each.grid, dtype=torch.complex128) for each in (again, shown))
    return one.shape == other.shape and not bool(_is_apart(one, other, _ROUNDINGS * epsilon * other.abs()).any())


def _is_apart(one: torch.Tensor, other: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    is_same = (one == other) | (one.isnan() & other.isnan())
    return ~(is_same | ((one - other).abs() <= allowed))


# -- in double precision, if that is the same program


@dataclass(frozen=True, slots=True)
class _Stage:
    """The run in which leaves are moved, which leaf of `own` is which there, and gradients that rounding explains not.

    `own` is the pass in the program's own types, of which `dtype` is the coarsest.
    """

    own: Survey
    dtype: str
    ground: Ground
    pairing: Sequence[int]
    beyond: Mapping[int, Sequence[int]]


def _staged(experiment: Experiment, own: Survey, coarsest: torch.dtype, numbers: Sequence[int]) -> _Stage:
    """Double precision, unless the program takes another way there."""
    dtype = str(coarsest).removeprefix("torch.")
    try:
        ground = experiment.ground(is_wide=True)
        pairing = paired(own, ground.survey)
        rounding = Rounding(experiment, ground, torch.finfo(coarsest).eps)
        beyond = {number: _beyond(own.leaves[number], pairing[number], rounding) for number in numbers}
        if not any(beyond.values()) or own.nodes == ground.survey.nodes:
            return _Stage(own, dtype, ground, pairing, beyond)
    except (Astray, Unrepeatable):
        pass
    ground = experiment.ground(is_wide=False)
    return _Stage(own, dtype, ground, range(len(own.leaves)), {})


def _beyond(leaf: LeafSeen, other: int, rounding: Rounding) -> Sequence[int]:
    """The numbers of the elements whose gradient is another one in double precision, and not by rounding."""
    wide = rounding.still(other)
    if leaf.grad is None or wide is None:
        raise Unrepeatable("in double precision the pass sends nothing to the same leaf")
    own = real(leaf.grad)
    far = _is_apart(own, wide, _ROUNDINGS * rounding.epsilon * wide.abs())
    if bool(far.any()):
        try:
            far = _is_apart(own, wide, rounding.reach(other))
        except OutOfTime:
            return ()
    return [int(place) for place in far.nonzero()]


def _subject(stage: _Stage, row: Proof, number: int, words: str) -> Subject:
    own, wide = stage.own.leaves[number].grad, stage.ground.survey.leaves[stage.pairing[number]].grad
    assert row.autograd is not None
    assert own is not None
    assert wide is not None
    return Subject(
        name=row.name,
        shape=row.autograd.shape,
        is_complex=row.autograd.is_complex,
        own=real(own),
        wide=real(wide),
        beyond=stage.beyond.get(number, ()),
        dtype=stage.dtype,
        is_wide=stage.ground.is_wide,
        suspects=words,
    )
