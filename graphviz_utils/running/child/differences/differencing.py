"""Holds what one pass sent to its leaves against central differences of the program, run again."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from graphviz_utils.model import Check, Failure, Limits, Moment, Proof, Snapshot, Trace
from graphviz_utils.running.child.differences.checking import Subject, check_of
from graphviz_utils.running.child.differences.ending import Astray, Deadline, OutOfTime, Unrepeatable
from graphviz_utils.running.child.differences.experiment import Experiment, Ground
from graphviz_utils.running.child.differences.matching import leaves_met, paired
from graphviz_utils.running.child.differences.probing import probed, real
from graphviz_utils.running.child.differences.rerunning import Again, Beginning
from graphviz_utils.running.child.differences.rounding import Rounding
from graphviz_utils.running.child.differences.surveying import LeafSeen, Survey
from graphviz_utils.running.child.differences.suspects import Suspects
from graphviz_utils.running.child.failures import failure_of
from graphviz_utils.running.job import Job
from graphviz_utils.running.obligations import merged, unproved
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["differenced"]

_PATIENCE = 5
_ROUNDINGS = 64
_NEXT_TO_NOTHING = 1e-30
_SENTENCE = 200
_OTHERWISE = (
    "when the program is run again, this pass sends other gradients: "
    "they depend on chance, on the time, or on what the first run left behind"
)


def differenced(trace: Trace, job: Job, beginning: Beginning, limits: Limits) -> Trace:
    """`trace` with a proof for each leaf to which the pass `job.backward` sent a gradient.

    What was sent is held against central differences: the program is run again in this process, with its leaves moved
    one number at a time.
    """
    if job.backward is not None and not 0 <= job.backward < len(trace.passes):
        return trace
    backward = trace.moment(Moment(backward=job.backward))[1]
    rows = () if backward is None else unproved(trace, backward)
    if len(rows) > limits.trace_cells:
        note = f"Of {len(rows):,} leaves, the gradients of {limits.trace_cells:,} were held against differences."
        trace, rows = replace(trace, notes=(*trace.notes, note)), rows[: limits.trace_cells]
    checks = _checks(trace, rows, job, beginning, limits.difference_seconds) if rows else []
    return merged(trace, [replace(row, checks=(check,)) for row, check in zip(rows, checks, strict=True)])


def _checks(trace: Trace, rows: Sequence[Proof], job: Job, beginning: Beginning, seconds: float) -> Sequence[Check]:
    """One check for each row; they stay open, with the reason, where the program does not lend itself to it."""
    slow = f"the program takes too long to be run again many times within {seconds:g} seconds"
    try:
        if time.monotonic() - beginning.at > _PATIENCE * seconds:  # recorded, it takes several times as long
            raise OutOfTime
        return _found(trace, rows, Experiment(Again(job, beginning), _number(trace, rows), Deadline(seconds)))
    except OutOfTime:
        reason = slow
    except Astray:
        reason = "the program does not do the same when it is run again"
    except Unrepeatable as why:
        reason = str(why)
    except Exception as error:  # noqa: BLE001 - what a program trips up here must not cost its own record
        failure = failure_of(error, "", _SENTENCE)
        told = f"{failure.type}: {failure.message}" if isinstance(failure, Failure) else failure.note
        reason = f"no difference could be taken ({told})"
    return [Check("differences", "open", reason)] * len(rows)


def _number(trace: Trace, rows: Sequence[Proof]) -> int:
    """How many passes that ran by themselves come before the one that is to be proved."""
    backward = rows[0].backward
    if trace.passes[backward].parent is not None:
        raise Unrepeatable("this pass runs inside of another one, and ends with it")
    return sum(each.parent is None for each in trace.passes[:backward])


def _found(trace: Trace, rows: Sequence[Proof], experiment: Experiment) -> Sequence[Check]:
    backward = rows[0].backward
    own, coarsest = experiment.repeated()
    met = leaves_met(trace, trace.passes[backward])
    if len(met) != len(own.leaves):
        raise Unrepeatable("when the program is run again, this pass has other leaves")
    numbers = [met.index(row.node) for row in rows]
    if not any(each.parent == backward for each in trace.passes):  # else what those inside sent is counted with it
        for row, number in zip(rows, numbers, strict=True):
            _check_repeated(row, own.leaves[number])
    stage = _staged(experiment, own, coarsest, numbers)
    probes = probed(experiment, stage.ground, [stage.pairing[number] for number in numbers])
    suspects = Suspects(trace, trace.passes[backward], own.custom)
    subjects = [_subject(stage, row, number, suspects) for row, number in zip(rows, numbers, strict=True)]
    return [check_of(subject, probe) for subject, probe in zip(subjects, probes, strict=True)]


def _check_repeated(row: Proof, leaf: LeafSeen) -> None:
    """Unrepeatable where the same program, run again, sends something else."""
    again = None if leaf.grad is None else Camera(1).snapshot(leaf.grad)
    if row.autograd is None or again is None:
        raise Unrepeatable("when the program is run again, this pass sends nothing to the leaf")
    if again != row.autograd and not _is_alike(again, row.autograd):
        raise Unrepeatable(_OTHERWISE)


def _is_alike(again: Snapshot, shown: Snapshot) -> bool:
    if (again.shape, again.dtype) != (shown.shape, shown.dtype):
        return False
    epsilon = torch.finfo(getattr(torch, shown.dtype)).eps
    one, other = (_numbers(each) for each in (again, shown))
    return one.shape == other.shape and not bool(_is_apart(one, other, _ROUNDINGS * epsilon * other.abs()).any())


def _numbers(snapshot: Snapshot) -> torch.Tensor:
    """As many elements as were kept."""
    return torch.tensor(snapshot.grid if snapshot.data is None else snapshot.data, dtype=torch.complex128)


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
        raise Unrepeatable("in double precision this pass sends nothing to the leaf")
    own = real(leaf.grad)
    far = _is_apart(own, wide, _ROUNDINGS * rounding.epsilon * wide.abs() + _lost(leaf.grad.dtype))
    if bool(far.any()):
        try:
            far = _is_apart(own, wide, rounding.reach(other))
        except OutOfTime:
            return ()
    return [int(place) for place in far.nonzero()]


def _lost(dtype: torch.dtype) -> float:
    """So small a number a type may turn into 0; of half types, which lose numbers that matter, that is no excuse."""
    return min(torch.finfo(dtype).tiny, _NEXT_TO_NOTHING)


def _subject(stage: _Stage, row: Proof, number: int, suspects: Suspects) -> Subject:
    own, wide = stage.own.leaves[number].grad, stage.ground.survey.leaves[stage.pairing[number]].grad
    assert row.autograd is not None
    assert own is not None
    assert wide is not None
    return Subject(
        node=row.node,
        name=row.name,
        shape=row.autograd.shape,
        is_complex=row.autograd.is_complex,
        own=real(own),
        wide=real(wide),
        beyond=stage.beyond.get(number, ()),
        dtype=stage.dtype,
        is_wide=stage.ground.is_wide,
        is_known=stage.ground.knows(stage.pairing[number]),
        suspects=suspects,
    )
