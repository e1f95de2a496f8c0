"""Proves the gradients of a run in ways that do not depend on autograd's."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from graphviz_utils.model import BackwardPass, Check, Limits, Moment, Proof, Scenario, Trace
from graphviz_utils.running.answers import outcome_of
from graphviz_utils.running.conversation import Stop
from graphviz_utils.running.job import Dtype, Job, Outcome, Status, Want
from graphviz_utils.running.obligations import merged, no_closed_form, out_of_time, unproved
from graphviz_utils.running.wire import Derivation, Request
from graphviz_utils.running.worker import DEFAULT, Worker

__all__ = ["derive", "prove"]

_MOST_NODES = 5_000
_LEAST_SECONDS = 0.3
_LOST: frozenset[Status] = frozenset(
    ("time limit", "cpu limit", "out of memory", "crashed", "forbidden operation", "ended without a result")
)
"""How a run may end because it was made more than once: then it is made once, and not proved."""
_DIFFERENCES: frozenset[Want] = frozenset({"trace", "differences"})
_TRACE: frozenset[Want] = frozenset({"trace"})


def prove(  # noqa: PLR0913 - one keyword per thing that a page lets its visitor choose
    scenario: Scenario,
    *,
    leaves: Mapping[str, Any] | None = None,
    dtype: Dtype | None = None,
    backward: int | None = None,
    limits: Limits = Limits(),
    stop: Stop | None = None,
    session: str = "",
) -> Outcome:
    """How `scenario` ran, with a proof in its trace for each leaf to which pass `backward` sent a gradient.

    Differences: the program is run again in the same child, many times within half a second, with its leaves moved one
    number at a time. Closed forms: see `derive`.

    Args:
        scenario: the program.
        leaves: numbers to start from in place of the literals in the program, by variable name.
        dtype: the program's default floating type.
        backward: which pass, as an index into the trace's passes; `None`: the last that ran by itself.
        limits: how much it may take, all in all.
        stop: ends the run as soon as its `is_set()` is true.
        session: who asks: see `run`.

    Raises:
        TraceError: the run has no such pass.
    """
    job = Job(scenario, leaves or {}, dtype, _DIFFERENCES, backward)
    outcome = DEFAULT.run(job, limits, stop, session)
    if outcome.trace is None and outcome.status in _LOST:
        once = DEFAULT.run(replace(job, wants=_TRACE), limits, stop, session)
        outcome = _run_once(once, backward, outcome)
    if outcome.trace is None:
        return outcome
    index = outcome.trace.moment(Moment(backward=backward))[1]
    if index is None:
        return outcome
    left = max(limits.derivation_seconds - outcome.cpu_seconds, _LEAST_SECONDS)
    limits = replace(limits, derivation_seconds=left)
    derived = derive(outcome.trace, backward=index, limits=limits, stop=stop, session=session)
    used, cpu_used = outcome.seconds + derived.seconds, outcome.cpu_seconds + derived.cpu_seconds
    return replace(outcome, trace=derived.trace, seconds=round(used, 4), cpu_seconds=round(cpu_used, 3))


def _run_once(once: Outcome, backward: int | None, lost: Outcome) -> Outcome:
    """What came of a run that could be made once, but not many times: `lost` says what became of that."""
    if once.trace is None:
        return once
    index = once.trace.moment(Moment(backward=backward))[1]
    rows = () if index is None else unproved(once.trace, index)
    reason = f"the program could be run once, but not many times ({lost.status})"
    proofs = [replace(row, checks=(Check("differences", "open", reason),)) for row in rows]
    return replace(once, trace=merged(once.trace, proofs), seconds=round(lost.seconds + once.seconds, 4))


def derive(  # noqa: PLR0913 - one keyword per thing that whoever asks may choose
    trace: Trace,
    *,
    backward: int | None = None,
    limits: Limits = Limits(),
    stop: Stop | None = None,
    session: str = "",
    worker: Worker = DEFAULT,
) -> Outcome:
    """`trace` with a closed form for each leaf, derived from the recorded graph and held against what autograd sent.

    No program is run: a run that comes as a file will do. What has no closed form, or none within
    `limits.derivation_seconds`, is left open in words; the outcome is "ok" all the same.

    Args:
        trace: the run.
        backward: the pass to derive, an index into `trace.passes`; `None` takes all outermost ones.
        limits: how much it may take.
        stop: ends it as soon as its `is_set()` is true.
        session: who asks: of one session one thing goes on and one waits.
        worker: does it, in a child of its own.

    Raises:
        TraceError: the run has no such pass.
    """
    rows = unproved(trace, backward)
    if not rows:
        return Outcome("ok", trace)
    if len(trace.nodes) > _MOST_NODES:
        reason = f"here: the run has {len(trace.nodes):,} nodes, and up to {_MOST_NODES:,} are looked at"
        return Outcome("ok", _left_open(trace, rows, reason))
    request = Request(
        replace(limits, wall_seconds=limits.derivation_seconds),
        derivation=Derivation(msgspec.Raw(_bare(trace, backward).to_json().encode()), backward),
    )
    outcome = worker.ask(request, outcome_of, stop, session)
    if outcome.trace is not None:
        found = {(row.backward, row.node): row.checks for row in outcome.trace.proofs}
        proofs = [replace(row, checks=found.get((row.backward, row.node), ())) for row in rows]
        return replace(outcome, trace=merged(trace, proofs))
    if outcome.status in ("stopped", "busy"):
        return replace(outcome, trace=trace)
    reason = _reason(outcome.status, limits)
    return replace(outcome, status="ok", message="", trace=_left_open(trace, rows, reason))


def _reason(status: Status, limits: Limits) -> str:
    if status in ("time limit", "cpu limit"):
        return out_of_time(limits)
    if status == "out of memory":
        return f"here: it would take more than {limits.memory_mb:,} MB of memory to find one"
    return "here: looking for one failed"


def _left_open(trace: Trace, rows: Iterable[Proof], reason: str) -> Trace:
    return merged(trace, [replace(row, checks=(no_closed_form(reason),)) for row in rows])


def _bare(trace: Trace, backward: int | None) -> Trace:
    """What a derivation needs of a run: its graph, its values, and what the passes sent to leaves."""
    passes = tuple(
        replace(pass_, edge_grads=(), jacobians=(), order=(), fired_at=(), leaves=())
        if backward in (None, index)
        else BackwardPass(pass_.call, pass_.line, pass_.at, pass_.parent, (), (), (), (), (), ())
        for index, pass_ in enumerate(trace.passes)
    )
    return replace(trace, source="", cells=(), passes=passes, error=None, claims=(), notes=(), proofs=())
