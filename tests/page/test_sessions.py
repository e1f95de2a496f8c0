"""Runs of one visitor: what they may take together, and what becomes of them when the visitor leaves."""

import gc
import threading

import pytest

from graphviz_utils.model import Limits
from graphviz_utils.page import Attempt, Program, Visit

PATIENCE = 60.0
SQUARE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n"
ENDLESS = "while True: pass\n"
FOR_LONG = Limits(wall_seconds=300, cpu_seconds=300)
FOR_ONE_RUN = Limits(budget_seconds=0.001, budget_per_minute=0.001)


def typed(code: str) -> Program:
    return Program.of(code, "typed.py", "typed")


def drawn_before(limits: Limits) -> Visit:
    """A visit with a picture of d(x²)/dx at 3."""
    visit = Visit(typed(SQUARE), PATIENCE, limits)
    visit.run(compared=False)
    visit.settle_run()
    return visit


def grad_of_x(visit: Visit) -> object:
    assert visit.good is not None
    assert visit.good.trace is not None
    grad = visit.good.trace.leaf("x").grad
    assert grad is not None
    return grad.item()


def test_attempt_that_nobody_holds_any_more_is_ended() -> None:
    began, ended = threading.Event(), threading.Event()

    def work(stop: threading.Event) -> None:
        began.set()
        if stop.wait(PATIENCE):
            ended.set()

    attempt = Attempt(work)
    assert began.wait(PATIENCE)
    assert not attempt.is_stopped
    del attempt
    gc.collect()

    assert ended.wait(PATIENCE)


def test_program_of_a_visitor_who_has_left_is_ended() -> None:
    visit = Visit(typed(ENDLESS), PATIENCE, FOR_LONG)
    before = set(threading.enumerate())
    visit.run(compared=False)
    (thread,) = set(threading.enumerate()) - before
    del visit
    gc.collect()
    thread.join(PATIENCE)

    assert not thread.is_alive()


def test_picture_stays_when_the_worker_is_busy() -> None:
    visit = drawn_before(FOR_ONE_RUN)
    visit.run(compared=False)
    visit.settle_run()

    assert visit.ran is not None
    assert visit.ran.status == "busy"
    assert grad_of_x(visit) == 6.0


def test_picture_stays_when_a_run_is_stopped() -> None:
    visit = drawn_before(FOR_LONG)
    visit.run(False, typed(ENDLESS))
    assert visit.attempt is not None
    visit.attempt.stop()
    visit.settle_run()

    assert visit.ran is not None
    assert visit.ran.status == "stopped"
    assert grad_of_x(visit) == 6.0


def test_budget_of_one_visitor_is_not_that_of_another() -> None:
    assert grad_of_x(drawn_before(FOR_ONE_RUN)) == 6.0
    assert grad_of_x(drawn_before(FOR_ONE_RUN)) == 6.0


@pytest.mark.parametrize(("repeats", "kept"), [(3, True), (400, False)])
def test_pictures_of_large_runs_are_not_kept_for_others(repeats: int, kept: bool) -> None:
    code = f"import torch\nx = torch.ones(1000, requires_grad=True)\nfor _ in range({repeats}):\n    y = x * 2\n"
    visit = Visit(typed(code), PATIENCE)
    visit.run(compared=False)
    visit.settle_run()

    assert visit.good is not None
    assert visit.good.is_small is kept
