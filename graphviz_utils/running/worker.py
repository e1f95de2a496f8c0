"""Runs a job in a child process and says in words how it ended. Imports no PyTorch: only the child does."""

import atexit
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from graphviz_utils.model import Limits, RunError, Scenario
from graphviz_utils.running import endings
from graphviz_utils.running.answers import outcome_of
from graphviz_utils.running.conversation import Child, Patience, Stop, answer_to
from graphviz_utils.running.forking import Zygote
from graphviz_utils.running.job import Dtype, Job, Outcome, Want
from graphviz_utils.running.spawning import Spare
from graphviz_utils.running.turns import Turn, Turns
from graphviz_utils.running.wire import Request, request_frame

__all__ = ["DEFAULT", "Reading", "Stop", "Way", "Worker", "run", "warm_up"]

Way = Literal["fork", "fresh"]
Reading = Callable[[bytes, Limits], Outcome]
"""Makes an outcome of the JSON that a child answered."""

_SLOTS_PER_CORE = 3
_TRACE: tuple[Want, ...] = ("trace",)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One request on its way to a child, and how to understand the answer."""

    framed: bytes
    limits: Limits
    read: Reading
    stop: Stop | None


class Worker:
    """Runs jobs, each in a child process of its own; any number of threads may ask at once.

    `way` is how children are made: `fork` from one warm process (Linux), or one `fresh` process per run. A worker
    starts its processes when they are first needed, and again when it finds them dead. `slots` short runs go on at a
    time (three a core), and as many long ones that leave the processor to them.
    """

    def __init__(self, way: Way | None = None, slots: int | None = None) -> None:
        forks = sys.platform == "linux" if way is None else way == "fork"
        self._source: Zygote | Spare = Zygote() if forks else Spare()
        self._turns = Turns(slots or _SLOTS_PER_CORE * _cores())

    def run(self, job: Job, limits: Limits = Limits(), stop: Stop | None = None, session: str = "") -> Outcome:
        """Run `job` to its end, its limits or `stop`, whichever comes first.

        Of one `session`, by whatever name, one run goes on and one waits, and together they have a budget.
        """
        return self.ask(Request(limits, job), outcome_of, stop, session)

    def ask(self, request: Request, read: Reading, stop: Stop | None = None, session: str = "") -> Outcome:
        """What a child of its own answers to `request`, understood by `read`; as `run` does it."""
        asked = time.monotonic()
        try:
            errand = _Errand(_framed(request), request.limits, read, stop)
            with self._turns.turn(session, request.limits, stop, lambda: self._source.is_warm) as turn:
                outcome = self._run(errand, turn)
        except endings.Over as over:
            outcome = over.outcome
        return replace(outcome, seconds=round(time.monotonic() - asked, 4))

    def warm_up(self) -> None:
        """Start the processes now rather than at the first run; RunError if they do not start."""
        self._source.warm_up()

    def close(self) -> None:
        """End all processes; runs that go on end as crashed. The worker may be used again."""
        self._source.close()

    def _run(self, errand: _Errand, turn: Turn) -> Outcome:
        try:
            child: Child = self._source.child()
        except RunError as error:
            raise endings.lost(str(error)) from None

        def give_way() -> None:
            self._turns.give_way(turn)
            child.give_way()

        begun, limits = time.monotonic(), errand.limits
        patience = Patience(replace(limits, brief_seconds=0) if turn.is_long else limits, errand.stop, give_way)
        try:
            outcome = errand.read(answer_to(errand.framed, child, limits, patience), limits)
        except endings.Over as over:
            outcome = over.outcome
        finally:
            used = child.cpu_seconds()
            turn.used = time.monotonic() - begun if used is None else used
            child.close()
        return replace(outcome, cpu_seconds=outcome.cpu_seconds if used is None else round(used, 3))


def _framed(request: Request) -> bytes:
    try:
        return request_frame(request)
    except UnicodeEncodeError:
        raise endings.Over("error", "The program holds characters that are no valid Unicode; type them anew.") from None
    except (NotImplementedError, TypeError, RecursionError) as error:
        raise endings.Over("error", f"The job cannot be sent to the worker: {error}") from None


def _cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


DEFAULT = Worker()
"""The one that everybody shares who has none of their own."""
atexit.register(DEFAULT.close)


def run(  # noqa: PLR0913 - one keyword per thing that a page lets its visitor choose
    scenario: Scenario,
    *,
    leaves: Mapping[str, Any] | None = None,
    dtype: Dtype | None = None,
    wants: Iterable[Want] = _TRACE,
    limits: Limits = Limits(),
    stop: Stop | None = None,
    session: str = "",
) -> Outcome:
    """How `scenario` ran in a child of the default worker, which is started when it is first needed.

    Args:
        scenario: the program.
        leaves: numbers to start from in place of the literals in the program, by variable name.
        dtype: the program's default floating type.
        wants: what is to come back besides the words: the trace, torchviz's DOT text.
        limits: how much it may take.
        stop: ends the run as soon as its `is_set()` is true.
        session: who asks, by whatever name: of one session one run goes on and one waits, and its programs together
            have a budget of processor time. Without a name there is no such limit.
    """
    return DEFAULT.run(Job(scenario, leaves or {}, dtype, frozenset(wants)), limits, stop, session)


def warm_up() -> None:
    """Start the default worker, so that the first run does not wait for it; RunError if it does not start."""
    DEFAULT.warm_up()
