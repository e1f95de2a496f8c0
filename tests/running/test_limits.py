"""A program that takes too much, or breaks its process, ends in words; the next run is right."""

import threading
from collections.abc import Iterator

import pytest

from graphviz_utils.running import Job, Limits, Outcome, Status, Worker, run, warm_up
from tests.running.cells import POLYNOMIAL, scenario


@pytest.fixture(autouse=True)
def next_run_is_right() -> Iterator[None]:
    """After whatever a test did, the polynomial's gradient is 93."""
    warm_up()
    yield
    outcome = run(POLYNOMIAL)
    assert outcome.trace is not None, outcome
    grad = outcome.trace.leaf("x").grad
    assert grad is not None
    assert grad.item() == 93.0


def hostile(source: str, limits: Limits = Limits(wall_seconds=5)) -> Outcome:
    return run(scenario(source), limits=limits)


def test_endless_loop_ends_at_the_time_limit() -> None:
    outcome = hostile("while True: pass", Limits(wall_seconds=0.5))

    assert outcome.status == "time limit"
    assert outcome.message == "The program was ended after 0.5 seconds; look for a loop that never ends, or do less."
    assert 0.5 <= outcome.seconds < 30


def test_endless_loop_that_swallows_every_exception_ends_too() -> None:
    source = "import signal\nfor s in (1, 2, 15, 24): signal.signal(s, signal.SIG_IGN)\n"
    source += "while True:\n    try:\n        while True: pass\n    except BaseException: pass"

    assert hostile(source, Limits(wall_seconds=0.5)).status == "time limit"


@pytest.mark.parametrize("prelude", ["", "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"])
def test_processor_time_is_limited_on_its_own(prelude: str) -> None:
    outcome = hostile(prelude + "while True: pass", Limits(wall_seconds=20, cpu_seconds=1))

    assert outcome.status == "cpu limit"
    assert 0.5 <= outcome.cpu_seconds <= 2.5


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nx = torch.ones(40 * 1024**3)",
        "x = bytearray(100 * 1024**3)",
        "x = []\nwhile True: x.append(bytearray(10**7))",
        "import torch\nv = torch.ones(200_000)\nx = v[:, None] * v",
    ],
)
def test_a_hunger_for_memory_is_told_as_such_with_its_line(source: str) -> None:
    outcome = hostile(source, Limits(wall_seconds=20, memory_mb=512))

    assert outcome.status == "out of memory"
    assert "512 MB" in outcome.message
    assert outcome.trace is not None
    assert outcome.trace.error is not None
    assert outcome.trace.error.line == source.count("\n") + 1


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        ("import os; os._exit(0)", "ended without a result", "exit code 0"),
        ("import os; os._exit(7)", "ended without a result", "exit code 7"),
        ("import os; os.abort()", "crashed", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "crashed", "SIGKILL"),
        ("import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)", "forbidden operation", "was ended"),
        ("import os; os.close(3)", "ended without a result", "exit code 1"),
    ],
)
def test_a_program_that_breaks_its_process_ends_in_words(source: str, status: str, words: str) -> None:
    outcome = hostile(source)

    assert outcome.status == status
    assert words in outcome.message
    assert outcome.trace is None


@pytest.mark.parametrize(
    ("forgery", "status"),
    [
        ("b'junk that is no frame at all'", "too large"),
        ("struct.pack('>I', 4) + b'junk'", "result refused"),
        ("struct.pack('>I', 2) + b'{}'", "result refused"),
        ("struct.pack('>I', 200_002) + b'[' * 100_001 + b']' * 100_001", "result refused"),
        ('struct.pack(\'>I\', 27) + b\'{"status":"ok","trace":[1]}\'', "result refused"),
        ("struct.pack('>I', 21) + b'{\"status\":\"wonderful\"}'", "result refused"),
        ("struct.pack('>I', 99) + b'short'", "ended without a result"),
        ("struct.pack('>I', 2**32 - 1)", "too large"),
        ("b'ab'", "ended without a result"),
    ],
)
def test_forged_answers_are_refused(forgery: str, status: Status) -> None:
    assert hostile(f"import os, struct\nos.write(3, {forgery})\nos._exit(0)").status == status


def test_a_record_over_the_size_limit_is_told_as_such() -> None:
    source = "import torch\nx = torch.ones(1000, requires_grad=True)\nfor _ in range(300): x = x * 1.01"

    outcome = hostile(source, Limits(result_mb=1))

    assert outcome.status == "too large"
    assert "1 MB can be shown" in outcome.message


def test_a_long_message_is_cut() -> None:
    outcome = hostile("raise ValueError('x' * 10**8)")

    assert outcome.status == "error"
    assert len(outcome.message) < 1000
    assert outcome.trace is not None
    assert outcome.trace.error is not None
    assert len(outcome.trace.error.message) < 21_000


def test_stop_ends_a_run_at_once() -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()

    outcome = run(scenario("while True: pass"), limits=Limits(wall_seconds=60), stop=stop)

    assert (outcome.status, outcome.message) == ("stopped", "The run was stopped.")
    assert outcome.seconds < 30


def test_a_full_worker_says_busy() -> None:
    worker = Worker(slots=1)
    worker.warm_up()
    stop = threading.Event()
    limits = Limits(wall_seconds=120, cpu_seconds=120, queue_seconds=60)
    first = threading.Thread(target=worker.run, args=(Job(scenario("while True: pass")), limits, stop))
    first.start()

    outcomes = (worker.run(Job(POLYNOMIAL), Limits(queue_seconds=0.2)) for _ in range(100))
    outcome = next(each for each in outcomes if each.status != "ok")  # the first may need a moment to begin
    stop.set()
    first.join()
    worker.close()

    assert (outcome.status, outcome.message) == (
        "busy",
        "Many programs are running at this moment, and 0 others wait; try again in a few seconds.",
    )
