"""Many run programs on one machine: long runs step aside, a session takes its turn, and pays for what it used."""

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import replace
from time import sleep

import pytest

from graphviz_utils.running import Job, Limits, Worker
from tests.running.cells import POLYNOMIAL, scenario
from tests.running.watching import (
    ENDLESS,
    FOR_LONG,
    endless,
    eventually,
    forking,
    gradient,
    open_descriptors,
    power,
    processes,
    processes_of,
)

SOON_LONG = replace(FOR_LONG, brief_seconds=0.1)
ONE_RUN = replace(FOR_LONG, budget_seconds=0.01, budget_per_minute=0.001)


def goes_last(pid: int) -> bool:
    """Whether it gets the processor after this process."""
    with suppress(ProcessLookupError):
        return _rank(pid) > _rank(os.getpid())
    return False


def _rank(pid: int) -> tuple[int, bool]:
    return os.getpriority(os.PRIO_PROCESS, pid), os.sched_getscheduler(pid) == os.SCHED_IDLE


def test_long_run_gets_the_processor_last_and_nobody_else_does() -> None:
    with forking() as (worker, zygote), endless(worker, SOON_LONG):
        assert eventually(lambda: [goes_last(child) for child in processes_of(zygote)] == [True])
        assert not goes_last(zygote)
        assert not goes_last(os.getpid())


def test_fresh_process_of_a_long_run_gets_the_processor_last() -> None:
    worker, before = Worker("fresh"), set(processes())
    with endless(worker, SOON_LONG):
        assert eventually(lambda: any(map(goes_last, set(processes()) - before)))
    worker.close()


def test_endless_loops_in_every_slot_leave_room_for_a_short_run() -> None:
    worker = Worker("fork", slots=2)
    with endless(worker, SOON_LONG), endless(worker, SOON_LONG):
        assert gradient(worker.run(power(3), FOR_LONG)) == 27.0
    worker.close()


def test_run_whose_process_is_killed_from_outside_ends_in_words_and_harms_no_other() -> None:
    with forking() as (worker, zygote), endless(worker) as run:
        assert eventually(lambda: len(processes_of(zygote)) == 1)
        (child,) = processes_of(zygote)
        os.kill(child, signal.SIGKILL)

        assert run.result().status == "crashed"
        assert "killed from outside" in run.result().message
        assert gradient(worker.run(power(3))) == 27.0
        assert zygote in processes()


def test_start_of_the_worker_does_not_count_as_waiting() -> None:
    worker, before = Worker("fork", slots=1), set(processes())
    with closing(worker), ThreadPoolExecutor(2) as threads:
        first = threads.submit(worker.run, power(1), FOR_LONG)
        assert eventually(lambda: bool(set(processes()) - before))
        (zygote,) = set(processes()) - before
        os.kill(zygote, signal.SIGSTOP)
        second = threads.submit(worker.run, power(2), Limits(queue_seconds=0.1))
        sleep(1.5)
        told = second.done()
        os.kill(zygote, signal.SIGCONT)
        outcome = first.result()

    assert not told
    assert gradient(outcome) == 3.0


def test_newer_run_of_a_session_ends_the_one_that_waits() -> None:
    with forking() as (worker, zygote), ThreadPoolExecutor(2) as threads:
        with endless(worker, session="anna"):
            assert eventually(lambda: len(processes_of(zygote)) == 1)
            both = [threads.submit(worker.run, power(3), FOR_LONG, None, "anna") for _ in range(2)]
            (replaced,), (last,) = wait(both, 60, FIRST_COMPLETED)

            assert replaced.result().status == "stopped"
            assert "A newer run" in replaced.result().message
        assert gradient(last.result()) == 27.0


def test_processor_time_of_a_run_that_was_ended_is_charged() -> None:
    with forking() as (worker, _):
        first = worker.run(ENDLESS, replace(ONE_RUN, wall_seconds=1), session="anna")
        second = worker.run(Job(POLYNOMIAL), ONE_RUN, session="anna")

        assert (first.status, second.status) == ("time limit", "busy")
        assert first.cpu_seconds > 0.01
        assert "used up" in second.message
        assert worker.run(Job(POLYNOMIAL), ONE_RUN, session="ben").status == "ok"


@pytest.mark.parametrize("afterwards", ["os._exit(0)", "while True: pass"])
def test_program_cannot_lie_about_its_processor_time(afterwards: str) -> None:
    answer = b'{"status":"ok","cpu_seconds":0}'
    source = "import os, time\nwhile time.process_time() < 0.5: pass\n"
    source += f"os.write(3, {len(answer).to_bytes(4, 'big') + answer!r})\n{afterwards}"
    with forking() as (worker, _):
        outcome = worker.run(Job(scenario(source)), FOR_LONG, session="anna")

    assert outcome.status == "ok"
    assert outcome.cpu_seconds >= 0.4


def test_no_descriptor_is_held_for_those_who_wait() -> None:
    worker, before, stop = Worker("fork", slots=1), set(processes()), threading.Event()
    limits = replace(FOR_LONG, brief_seconds=300)
    with endless(worker, limits), ThreadPoolExecutor(10) as threads:
        assert eventually(lambda: len(set(processes()) - before) == 2)
        held = open_descriptors()
        waiting = [threads.submit(worker.run, power(1), limits, stop) for _ in range(10)]
        sleep(0.5)
        held_then = open_descriptors()
        stop.set()

        assert [run.result().status for run in waiting] == ["stopped"] * 10
        assert held_then == held
    worker.close()
