"""What a class of 30, 100 and 300 students waits for, in words: against the runner, and against the served page."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.classroom.serving import Server, served
from benchmarks.classroom.tally import Tally
from benchmarks.classroom.timetable import Timetable
from benchmarks.measuring import busy_cores
from benchmarks.wording import aim, table

__all__ = ["classroom"]

_AIMS = ("aim", "measured", "")
_LOOK = 2.0  # seconds between two looks at how large the page is
_HEAD = ("students", "presses", "per second", "p50", "p95", "p99", "longest", "not ok")


def classroom(seconds: float = 25.0) -> Iterator[str]:
    """Both, each class for so many seconds."""
    yield "## A class at work"
    if sys.platform != "linux":
        yield "Not measured: only Linux tells what the page's processes use."
        return
    yield (
        "Students press Run on the ready scenarios, each time with another number in them. A press counts from the "
        "moment it was planned for, however late the one before was answered (open loop, presses of one student in "
        "order), and is answered when the result with that very number is there. One that is not counts as longer "
        "than any. All students live in one process on the same cores as what they use; with loops, three of them run "
        "`while True:` over and over."
    )
    yield from _runner(seconds)
    yield from _page(seconds)


def _runner(seconds: float) -> Iterator[str]:
    even = Timetable(300, seconds, 19, 21)
    classes = {
        "30, every 5 to 20 s": Timetable(30, seconds, 5, 20),
        "100, every 5 to 20 s": Timetable(100, seconds, 5, 20),
        "300, every 5 to 20 s": Timetable(300, seconds, 5, 20),
        "300, every 20 s": even,
        "300, every 20 s, with loops": Timetable(300, seconds, 19, 21, loops=3),
    }
    found, busy = {}, [*busy_cores()]
    for name, timetable in classes.items():
        found[name] = _finished(_started("runner_load", timetable))
        busy += busy_cores()
    yield "### Against the runner"
    yield "From the press to the trace, in the process that owns the worker, one thread for each student."
    rows = [(*_row(name, one), f"{one.facts['cpu'] / one.lasted:.2f}") for name, one in found.items()]
    yield table((*_HEAD, "cores used"), rows)
    yield from _loops(found)
    names = [name for name in classes if "every 20 s" in name]
    yield table(_AIMS, [_p95_aim(f"the runner, p95 of {name}", found[name], 0.5) for name in names])
    yield from _others(busy)


def _page(seconds: float) -> Iterator[str]:
    classes = {
        "30": Timetable(30, seconds, 5, 20),
        "30, with loops": Timetable(30, seconds, 5, 20, loops=3),
        "100": Timetable(100, seconds, 5, 20),
        "300": Timetable(300, seconds, 5, 20),
    }
    found, busy = {}, [*busy_cores()]
    for name, timetable in classes.items():
        with tempfile.TemporaryDirectory() as folder, served(Path(folder, "log")) as server:
            found[name] = _visited(server, timetable)
        busy += busy_cores()
    yield "### Against the page"
    yield (
        "Every student is a WebSocket of its own that speaks Streamlit's protocol; scripts, fonts and styles are not "
        "fetched. Each presses every 5 to 20 s. From the press to the end of the script run that brings the picture."
    )
    yield table(_HEAD, [_row(name, one) for name, one in found.items()])
    yield from _loops(found)
    yield "Meanwhile the page takes of the machine: processor time for each answered press, and of the rest the most."
    yield table(_COSTS_HEAD, [_costs(name, one) for name, one in found.items()])
    yield table(_AIMS, [_p95_aim("the page, p95 of 30 students", found["30"], 1.0)])
    yield from _others(busy)


_COSTS_HEAD = ("students", "page", "drawings", "runs", "cores used", "students' own", "threads", "page MB", "all MB")


def _row(name: str, one: Tally) -> Sequence[str]:
    shares = (_told(one.percentile(share)) for share in (0.5, 0.95, 0.99, 1))
    wrong = ", ".join(f"{count} {outcome}" for outcome, count in one.outcomes.items() if outcome != "ok")
    return name, f"{one.asked}", f"{len(one.seconds) / one.lasted:.1f}", *shares, wrong or "–"


def _told(seconds: float) -> str:
    if seconds == float("inf"):
        return "never"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.0f} ms"


def _p95_aim(what: str, one: Tally, limit: float) -> Sequence[str]:
    return aim(what, one.percentile(0.95), limit, unit="s")


def _costs(name: str, one: Tally) -> Sequence[str]:
    facts, answered = one.facts, max(len(one.seconds), 1)
    spent = [facts[what] for what in ("page", "drawings", "runs")]
    each = (f"{seconds / answered * 1e3:.0f} ms" for seconds in spent)
    cores = (sum(spent) / one.lasted, facts["generator"] / one.lasted)
    sizes = (f"{facts[what]:.0f}" for what in ("threads", "page MB", "all MB"))
    return name, *each, *(f"{number:.2f}" for number in cores), *sizes


def _loops(found: Mapping[str, Tally]) -> Iterator[str]:
    """What became of the endless loops."""
    for name, one in found.items():
        if one.loops:
            ends = ", ".join(f"{count} {outcome}" for outcome, count in one.loops.items())
            yield f'How the loops of "{name}" ended: {ends}.'


def _others(busy: Sequence[float]) -> Iterator[str]:
    if busy and max(busy) >= 0.3:
        yield f"**Others' load was high: up to {max(busy):.1f} of {os.cpu_count()} cores were busy between these.**"


def _visited(server: Server, timetable: Timetable) -> Tally:
    """A class on the page, with what the page used from the moment on when all had come in."""
    students = _started("page_load", timetable, server.address)
    assert students.stdout is not None
    students.stdout.readline()
    before, most, over = server.cpu_seconds(), dict(server.size()), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            most.update({what: max(most[what], size) for what, size in server.size().items()})

    looking = threading.Thread(target=look)
    looking.start()
    tally = _finished(students)
    over.set()
    looking.join()
    used = {what: seconds - before[what] for what, seconds in server.cpu_seconds().items()}
    return Tally(tally.seconds, tally.outcomes, tally.loops, tally.lasted, {**tally.facts, **used, **most})


def _started(module: str, timetable: Timetable, *words: str) -> "subprocess.Popen[str]":
    numbers = (timetable.students, timetable.seconds, timetable.shortest, timetable.longest, timetable.loops)
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.classroom.{module}", *words, *map(str, numbers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def _finished(students: "subprocess.Popen[str]") -> Tally:
    out, _ = students.communicate()
    if students.returncode != 0:
        raise RuntimeError(f"the students stopped with code {students.returncode}; what they said stands above")
    return Tally.from_json(out.splitlines()[-1])
