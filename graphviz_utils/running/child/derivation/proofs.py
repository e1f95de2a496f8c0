"""From a recorded run to a derived check for each of its leaves, as far as time allows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from graphviz_utils.model import Check, Limits, Proof, Trace
from graphviz_utils.running.child.derivation.budget import Budget, LateError
from graphviz_utils.running.child.derivation.deriving import PassDerivation
from graphviz_utils.running.child.derivation.flow import Flow, edges_by_target
from graphviz_utils.running.child.derivation.obstacles import ObstacleError
from graphviz_utils.running.obligations import merged, no_closed_form, out_of_time, unproved

__all__ = ["with_closed_forms"]

_GOOD_TIME = 0.7
"""So much of the time there is may pass before what is ready is answered."""

T = TypeVar("T")


def with_closed_forms(trace: Trace, backward: int | None, limits: Limits) -> Trace:
    """`trace` with a derived check for every leaf of pass `backward` (`None`: of all outermost passes).

    What is not ready in good time is left open, for a late answer is none. The last pass comes first, and of a pass the
    smallest leaves.
    """
    budget = Budget(_GOOD_TIME * limits.derivation_seconds)
    into = edges_by_target(trace)
    rows: dict[int, list[Proof]] = {}
    for row in unproved(trace, backward):
        rows.setdefault(row.backward, []).append(row)
    proofs: list[Proof] = []
    for index in reversed(rows):
        flow = Flow(trace, trace.passes[index], into)
        proofs += _proved(flow, sorted(rows[index], key=_size), budget, no_closed_form(out_of_time(limits)))
    return merged(trace, proofs)


def _proved(flow: Flow, rows: Sequence[Proof], budget: Budget, late: Check) -> Iterator[Proof]:
    if budget.is_spent:
        yield from (replace(row, checks=(late,)) for row in rows)
        return
    derivation = _attempted(lambda: PassDerivation(flow, budget), late)
    for row in rows:
        yield replace(row, checks=(late if budget.is_spent else _checked(derivation, row, late),))


def _checked(derivation: PassDerivation | Check, row: Proof, late: Check) -> Check:
    return derivation if isinstance(derivation, Check) else _attempted(lambda: derivation.check(row), late)


def _attempted(attempt: Callable[[], T], late: Check) -> T | Check:
    """What `attempt` gives, or a check that says why it gives nothing."""
    try:
        return attempt()
    except MemoryError:
        raise
    except LateError:
        return late
    except ObstacleError as obstacle:
        return no_closed_form(f"here: {obstacle}")
    except Exception as error:  # noqa: BLE001 - a recorded run may hold anything, and SymPy stumble over it in any way
        return no_closed_form(f"here: SymPy does not get through this run ({type(error).__name__})")


def _size(row: Proof) -> int:
    return 0 if row.autograd is None else row.autograd.numel
