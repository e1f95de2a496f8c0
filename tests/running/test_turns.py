"""Whose turn it is, without any process: threads take turns and hold them until they are told to end."""

import threading
from collections.abc import Callable, Iterator

import pytest

from graphviz_utils.model import Limits
from graphviz_utils.running import Outcome
from graphviz_utils.running.endings import Over
from graphviz_utils.running.turns import Turn, Turns

PATIENT = Limits(queue_seconds=600)
DEADLINE = 60


class Run:
    """A run of `session` in a thread of its own. It goes on from `began` until `end`, and uses `used` seconds."""

    def __init__(self, turns: Turns, session: str, limits: Limits = PATIENT, used: float = 0.0) -> None:
        self.began, self.waits, self.end, self.stop = (threading.Event() for _ in range(4))
        self.is_serving = True
        self.outcome = Outcome("ok")
        self.turn: Turn | None = None
        self.waited = 0
        self._thread = threading.Thread(target=self._take, args=(turns, session, limits, used), daemon=True)
        self._thread.start()

    def over(self) -> Outcome:
        """How it ended, when it has."""
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()
        return self.outcome

    def _take(self, turns: Turns, session: str, limits: Limits, used: float) -> None:
        try:
            with turns.turn(session, limits, self.stop, self._glance) as self.turn:
                self.began.set()
                self.end.wait(DEADLINE)
                self.turn.used = used
        except Over as over:
            self.outcome = over.outcome

    def _glance(self) -> bool:
        self.waited += 1
        self.waits.set()
        return self.is_serving


Start = Callable[..., Run]


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """All runs of a test; they end with it."""
    begun: list[Run] = []
    yield begun
    for run in begun:
        run.stop.set()
        run.end.set()
    for run in begun:
        run.over()


@pytest.fixture
def started(runs: list[Run]) -> Start:
    """Starts a run and waits until it has its turn."""

    def start(turns: Turns, session: str = "", limits: Limits = PATIENT, used: float = 0.0) -> Run:
        runs.append(Run(turns, session, limits, used))
        assert runs[-1].began.wait(DEADLINE)
        return runs[-1]

    return start


@pytest.fixture
def waiting(runs: list[Run]) -> Start:
    """Starts a run and waits until it waits."""

    def start(turns: Turns, session: str = "", limits: Limits = PATIENT) -> Run:
        runs.append(Run(turns, session, limits))
        assert runs[-1].waits.wait(DEADLINE)
        assert not runs[-1].began.is_set()
        return runs[-1]

    return start


def charged(turns: Turns, session: str, seconds: float) -> None:
    """A run of `session` that used `seconds`, and is over."""
    with turns.turn(session, PATIENT) as turn:
        turn.used = seconds


def test_who_came_first_goes_first(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    holder = started(turns, "holder")
    first, second = waiting(turns, "first"), waiting(turns, "second")
    holder.end.set()

    assert first.began.wait(DEADLINE)
    assert not second.began.is_set()

    first.end.set()

    assert second.began.wait(DEADLINE)


def test_session_that_used_little_goes_before_one_that_used_much(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    charged(turns, "loops", 50.0)
    charged(turns, "brief", 0.1)
    holder = started(turns, "holder")
    loops, brief = waiting(turns, "loops"), waiting(turns, "brief")
    holder.end.set()

    assert brief.began.wait(DEADLINE)
    assert not loops.began.is_set()


def test_one_run_of_a_session_goes_on_at_a_time(started: Start, waiting: Start) -> None:
    turns = Turns(3)
    first = started(turns, "anna")
    second = waiting(turns, "anna")
    started(turns, "ben")
    first.end.set()

    assert second.began.wait(DEADLINE)


def test_newer_run_of_a_session_takes_the_place_of_the_one_that_waits(started: Start, waiting: Start) -> None:
    turns = Turns(3)
    first = started(turns, "anna")
    second = waiting(turns, "anna")
    third = waiting(turns, "anna")

    assert second.over() == Outcome("stopped", message="A newer run took the place of this one before it began.")

    first.end.set()

    assert third.began.wait(DEADLINE)


def test_runs_without_a_session_go_on_side_by_side(started: Start) -> None:
    turns = Turns(3)

    assert all(started(turns).began.is_set() for _ in range(3))


def test_full_queue_says_at_once_how_many_wait(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    started(turns, "holder")
    waiting(turns, "first")
    waiting(turns, "second")
    outcome = Run(turns, "third", Limits(queue_seconds=600, queue_length=2)).over()

    assert outcome.status == "busy"
    assert outcome.message == (
        "Many programs are running at this moment, and 2 others wait; try again in a few seconds."
    )


def test_free_slot_is_taken_even_where_nobody_may_wait(started: Start) -> None:
    assert started(Turns(1), "anna", Limits(queue_length=0)).began.is_set()


def test_who_has_waited_long_enough_is_told_busy_and_leaves_the_queue(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    holder = started(turns, "holder")
    impatient = Run(turns, "impatient", Limits(queue_seconds=0.1))

    assert impatient.over().status == "busy"

    last = waiting(turns, "last")
    holder.end.set()

    assert last.began.wait(DEADLINE)


def test_start_of_the_worker_does_not_count_as_waiting(started: Start, runs: list[Run]) -> None:
    turns = Turns(1)
    holder = started(turns, "holder")
    run = Run(turns, "early", Limits(queue_seconds=0.1))
    run.is_serving = False
    runs.append(run)
    assert eventually_waited(run, glances=5)  # far longer than it has patience for
    holder.end.set()

    assert run.began.wait(DEADLINE)


def eventually_waited(run: Run, glances: int) -> bool:
    pause = threading.Event()
    for _ in range(DEADLINE * 20):
        if run.waited >= glances:
            return True
        pause.wait(0.05)
    return False


def test_stop_ends_the_wait(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    holder = started(turns, "holder")
    run, last = waiting(turns, "anna"), waiting(turns, "ben")
    run.stop.set()

    assert run.over().status == "stopped"

    holder.end.set()

    assert last.began.wait(DEADLINE)


def test_long_run_leaves_its_slot_to_a_short_one(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    long = started(turns, "loops")
    short = waiting(turns, "short")
    assert long.turn is not None
    turns.give_way(long.turn)

    assert short.began.wait(DEADLINE)


def test_long_run_keeps_its_slot_where_no_place_is_left_beside(started: Start, waiting: Start) -> None:
    turns = Turns(1)
    loops = []
    for name in ("one", "two"):
        loops.append(started(turns, name))
        assert loops[-1].turn is not None
        turns.give_way(loops[-1].turn)
    short = waiting(turns, "short")
    loops[0].end.set()

    assert short.began.wait(DEADLINE)


def test_session_that_used_much_holds_no_slot_from_the_start(started: Start) -> None:
    turns = Turns(1)
    charged(turns, "loops", 10.0)
    started(turns, "loops")

    assert started(turns, "short").began.is_set()


def test_session_that_has_used_up_its_budget_is_told_how_long_to_wait() -> None:
    turns = Turns(1)
    limits = Limits(budget_seconds=60, budget_per_minute=0.6)
    charged(turns, "anna", 60.5)
    outcome = Run(turns, "anna", limits).over()

    assert outcome.status == "busy"
    assert outcome.message.startswith("The programs run here used up their 60 seconds of processor time; there is ")
    assert 40 <= int(outcome.message.split("again in ")[1].split()[0]) <= 50  # half a second, at one in a hundred


def test_budget_of_one_session_is_not_that_of_another(started: Start) -> None:
    turns = Turns(1)
    charged(turns, "anna", 1000.0)

    assert started(turns, "ben").began.is_set()
