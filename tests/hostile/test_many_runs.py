"""Two thousand runs in a row, honest and hostile, leave nothing behind and the next one right."""

import os
import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from graphviz_utils.running import Job, Limits, Worker
from graphviz_utils.running.kernel import seccomp_available
from tests.hostile.corpus import SNIPPETS, ending
from tests.hostile.surroundings import eventually, open_descriptors, surroundings, zygotes
from tests.running.cells import POLYNOMIAL, scenario

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not seccomp_available(), reason="this system does not wall programs in"),
]

PROGRAMS = Path(__file__).parents[1] / "running" / "programs"
RUNS = 2000
GROWTH_KB = 32 * 1024


@pytest.fixture(scope="module")
def warm() -> Iterator[tuple[Worker, int]]:
    """A worker, and the process id of its zygote."""
    worker, before = Worker("fork"), set(zygotes())
    worker.warm_up()
    [zygote] = set(zygotes()) - before
    yield worker, zygote
    worker.close()


def resident_kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def honest() -> list[tuple[str, frozenset[str]]]:
    """Programs, and how they say that they end."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PROGRAMS.glob("*.py.txt"))]
    return [(text, frozenset({text.splitlines()[0].removeprefix("# expect: ")})) for text in texts]


@pytest.mark.parametrize("text", [text for text, _ in honest()], ids=[path.stem for path in sorted(PROGRAMS.iterdir())])
def test_honest_programs_run_behind_seccomp_alone(text: str, warm: tuple[Worker, int]) -> None:
    worker, _ = warm
    outcome = worker.run(Job(scenario(text)), Limits(wall_seconds=30, cpu_seconds=30, protection="seccomp only"))

    assert text.splitlines()[0].removeprefix("# expect: ") in ending(outcome), outcome.message


def test_two_thousand_runs_leave_nothing_behind(warm: tuple[Worker, int]) -> None:
    worker, zygote = warm
    with TemporaryDirectory(prefix="canary-") as folder, surroundings(Path(folder)) as around:
        hostile = [
            (around.localized(snippet.source), snippet.expect)
            for snippet in SNIPPETS
            if snippet.category != "time" and snippet.expect != {"time-limit"}
        ]
        mixed = [program for pair in zip(hostile, cycle(honest()), strict=False) for program in pair]
        limits = Limits(wall_seconds=30, cpu_seconds=2)
        descriptors = [open_descriptors(pid) for pid in (os.getpid(), zygote)]
        for source, _ in mixed:
            worker.run(Job(scenario(source)), limits)
        resident = resident_kb(zygote)

        for number, (source, expected) in enumerate(islice(cycle(mixed), RUNS)):
            outcome = worker.run(Job(scenario(source)), limits)
            assert ending(outcome) & expected, (source, outcome.status, outcome.message)
            if number % 10 == 0:
                outcome = worker.run(Job(POLYNOMIAL), limits)
                assert outcome.trace is not None, outcome
                grad = outcome.trace.leaf("x").grad
                assert grad is not None
                assert grad.item() == 93.0

        assert around.harm() == []
        assert zygote in zygotes()
        assert resident_kb(zygote) < resident + GROWTH_KB
        assert eventually(lambda: [open_descriptors(pid) for pid in (os.getpid(), zygote)] == descriptors)
