"""The processes behind a run: warm, many at once, replaced when they die, gone when they should be."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graphviz_utils.model import RunError
from graphviz_utils.running import Job, Limits, Way, Worker, run, warm_up
from tests.running.cells import POLYNOMIAL, scenario
from tests.running.watching import eventually, forking, gradient, open_descriptors, power, processes, processes_of


@pytest.fixture(scope="module", params=["fork", "fresh"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """One of each way of making children."""
    worker = Worker(request.param)
    worker.warm_up()
    yield worker
    worker.close()


def test_both_ways_give_the_same_bytes(worker: Worker) -> None:
    theirs, ours = worker.run(Job(POLYNOMIAL)).trace, run(POLYNOMIAL).trace

    assert theirs is not None
    assert ours is not None
    assert theirs.to_json() == ours.to_json()


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("while True: pass", "time limit"),
        ("x = bytearray(10**11)", "out of memory"),
        ("import os; os._exit(3)", "ended without a result"),
        ("import os; os.abort()", "crashed"),
        ("import sys; print('x' * 10**7, sys.stdin.read())", "ok"),
    ],
)
def test_both_ways_end_programs_alike(worker: Worker, source: str, status: str) -> None:
    outcome = worker.run(Job(scenario(source)), Limits(wall_seconds=1 if status == "time limit" else 20))

    assert outcome.status == status


def test_stop_ends_a_run_either_way(worker: Worker) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()

    assert worker.run(Job(scenario("while True: pass")), stop=stop).status == "stopped"


def test_eight_threads_at_once_get_each_its_own_answer() -> None:
    warm_up()
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda base: run(power(base).scenario), range(1, 41)))

    assert [gradient(outcome) for outcome in outcomes] == [3.0 * base**2 for base in range(1, 41)]


def test_killed_zygote_is_replaced_unnoticed() -> None:
    with forking() as (worker, zygote):
        os.kill(zygote, signal.SIGKILL)

        assert gradient(worker.run(power(3))) == 27.0


def test_run_that_loses_its_zygote_ends_in_words_and_leaves_nothing() -> None:
    with forking() as (worker, zygote):
        threading.Timer(0.4, os.kill, (zygote, signal.SIGKILL)).start()
        outcome = worker.run(Job(scenario("while True: pass")))

        assert outcome.status == "crashed"
        assert "run it again" in outcome.message
        assert gradient(worker.run(power(3))) == 27.0
        assert zygote not in processes()


def test_page_without_a_descriptor_left_says_busy_and_keeps_its_zygote() -> None:
    with forking() as (worker, zygote):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            outcome = worker.run(power(2))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        assert outcome.status == "busy"
        assert gradient(worker.run(power(2))) == 12.0
        assert zygote in processes()


@pytest.mark.slow
def test_silent_zygote_is_replaced() -> None:
    with forking() as (worker, zygote):
        os.kill(zygote, signal.SIGSTOP)

        assert gradient(worker.run(power(3))) == 27.0
        assert eventually(lambda: zygote not in processes())


def test_nothing_is_left_of_runs_that_have_ended() -> None:
    with forking() as (worker, _):
        worker.run(power(1))
        before = len(processes()), open_descriptors()
        ill = [Job(scenario(source)) for source in ("1 / 0", "import os; os._exit(1)", "while True: pass")]
        for job in [power(2), *ill] * 3:
            worker.run(job, Limits(wall_seconds=0.3))

        assert eventually(lambda: len(processes()) <= before[0] and open_descriptors() <= before[1])
        assert eventually(lambda: "Z" not in processes().values())  # another worker's child may just be ending


def test_fresh_processes_leave_nothing_behind_but_the_spare() -> None:
    before = len(processes()), open_descriptors()
    worker = Worker("fresh")
    worker.run(Job(scenario("while True: pass")), Limits(wall_seconds=0.3))
    worker.run(power(1))
    worker.close()

    assert eventually(lambda: len(processes()) <= before[0] and open_descriptors() <= before[1])


def test_what_a_program_started_ends_with_it() -> None:
    with forking() as (worker, _):
        before = set(processes())
        source = "import subprocess\nsubprocess.Popen(['sleep', '60'])"
        worker.run(Job(scenario(source)), Limits(protection="limits only"))

        assert eventually(lambda: set(processes()) == before)


@pytest.mark.parametrize("way", ["fork", "fresh"])
def test_all_processes_end_when_the_page_is_killed(way: Way) -> None:
    program = "import sys\nfrom graphviz_utils.running import Job, Worker\nfrom tests.running.cells import scenario\n"
    program += f"Worker('{way}').run(Job(scenario('while True: pass')))"
    with subprocess.Popen([sys.executable, "-c", program], start_new_session=True) as page:
        try:
            assert eventually(lambda: len(processes_of(page.pid)) >= 2, seconds=90)
            started = processes_of(page.pid)
        finally:
            page.kill()

    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), seconds=30)


def test_environment_of_the_page_is_not_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "secret")
    with forking() as (worker, _):
        outcome = worker.run(Job(scenario("import os, torch\n(dict(os.environ), torch.get_num_threads())")))

    assert outcome.trace is not None
    assert outcome.trace.cells[0].display == "({}, 1)"


def test_program_holds_no_descriptor_but_its_answer() -> None:
    source = "import os\n[fd for fd in range(4096) if os.path.exists(f'/proc/self/fd/{fd}')]"

    outcome = run(scenario(source), limits=Limits(protection="limits only"))

    assert outcome.trace is not None
    assert outcome.trace.cells[0].display == "[0, 1, 2, 3]"


def test_page_imports_no_torch() -> None:
    program = "import sys, graphviz_utils.running; print(sorted({'torch', 'numpy', 'streamlit'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_unknown_words_in_a_job_are_refused() -> None:
    with pytest.raises(RunError, match="choose one of float16"):
        run(POLYNOMIAL, dtype="int8")  # type: ignore[arg-type]
    with pytest.raises(RunError, match="cannot give 'pictures'"):
        run(POLYNOMIAL, wants=["pictures"])  # type: ignore[list-item]
