"""Whatever a program tries, it ends as foreseen, nothing around it is harmed, and the next run is right."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from graphviz_utils.running import Job, Limits, Outcome, Protection, Worker
from graphviz_utils.running.kernel import landlock_version, seccomp_available
from tests.hostile.corpus import SNIPPETS, Snippet, ending, printed
from tests.hostile.surroundings import TOKEN, Surroundings, eventually, open_descriptors, surroundings, zygotes
from tests.running.cells import POLYNOMIAL, scenario

pytestmark = pytest.mark.skipif(not seccomp_available(), reason="this system does not wall programs in")

CATEGORIES = {snippet.category for snippet in SNIPPETS}
BITING = tuple(snippet for snippet in SNIPPETS if snippet.bare not in ("no", "skip"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A worker whose page has a secret in its environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", f"SECRET-CANARY {TOKEN}")
        worker = Worker("fork")
        worker.warm_up()
        yield worker
        worker.close()


@pytest.fixture
def around() -> Iterator[Surroundings]:
    """Of this test's own."""
    with TemporaryDirectory(prefix="canary-") as folder, surroundings(Path(folder)) as around:
        yield around


def walled(snippet: Snippet, around: Surroundings, worker: Worker, protection: Protection) -> Outcome:
    sleeps = "time-limit" in snippet.expect and "cpu-limit" not in snippet.expect
    limits = Limits(wall_seconds=2 if sleeps else 30, cpu_seconds=2, protection=protection)
    return worker.run(Job(scenario(around.localized(snippet.source))), limits)


def survive(snippet: Snippet, around: Surroundings, worker: Worker, protection: Protection) -> None:
    descriptors = [open_descriptors(pid) for pid in (os.getpid(), *zygotes())]

    outcome = walled(snippet, around, worker, protection)

    assert ending(outcome) & snippet.expect, (outcome.status, outcome.message, ending(outcome))
    assert around.harm() == []
    assert TOKEN not in repr(outcome)
    assert snippet.category == "escape" or "PWNED" not in printed(outcome) + outcome.message
    assert_next_run_is_right(worker)
    assert eventually(lambda: [open_descriptors(pid) for pid in (os.getpid(), *zygotes())] == descriptors)


def assert_next_run_is_right(worker: Worker) -> None:
    outcome = worker.run(Job(POLYNOMIAL), Limits(wall_seconds=30))
    assert outcome.trace is not None, outcome
    grad = outcome.trace.leaf("x").grad
    assert grad is not None
    assert (grad.item(), grad.dtype, printed(outcome)) == (93.0, "float32", "")


def rows(quick: set[str]) -> list[object]:
    """Every snippet; those of other than the `quick` categories only where there is time."""
    slow = pytest.mark.slow
    return [pytest.param(each, id=str(each), marks=() if each.category in quick else slow) for each in SNIPPETS]


@pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
@pytest.mark.parametrize("snippet", rows(CATEGORIES - {"time", "memory"}))
def test_behind_both_walls_a_program_does_no_harm(snippet: Snippet, around: Surroundings, worker: Worker) -> None:
    survive(snippet, around, worker, "kernel")


@pytest.mark.parametrize("snippet", rows({"files", "network", "process", "secrets"}))
def test_behind_seccomp_alone_a_program_does_no_harm(snippet: Snippet, around: Surroundings, worker: Worker) -> None:
    survive(snippet, around, worker, "seccomp only")


@pytest.mark.parametrize("snippet", BITING, ids=str)
def test_without_walls_the_same_program_would_do_it(snippet: Snippet, around: Surroundings, worker: Worker) -> None:
    outcome = walled(snippet, around, worker, "limits only")
    did = "PWNED" in printed(outcome) or around.harm()

    assert snippet.bare in ending(outcome) | ({"PWNED"} if did else set()), outcome.message
