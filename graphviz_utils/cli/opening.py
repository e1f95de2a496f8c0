"""FILE as the command line takes it: a program, a notebook or a recorded run, by name or from standard input."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_utils.advice import missed_backward, remedy
from graphviz_utils.cli.saying import Refused
from graphviz_utils.model import Check, Failure, Limits, Moment, Proof, RunError, Scenario, Trace, TraceError

if TYPE_CHECKING:
    from graphviz_utils.running import Outcome

__all__ = ["Recorded", "files_in", "opened", "proved", "recorded"]


_NEEDED = "they need the program: give it instead of its record"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run, and in words how it failed and what to do about it, or what it missed; empty if there is nothing."""

    trace: Trace
    failure: str = ""

    @property
    def advice(self) -> str:
        """What the author may want to know, in a sentence."""
        error = self.trace.error
        return (missed_backward(self.trace) if error is None else remedy(error, self.trace.source)) or ""


def opened(name: str) -> Scenario | Trace:
    """What `name` holds; `-` is standard input, and is taken for what its text looks like."""
    from graphviz_utils.scenario import decode_scenario, load_scenario

    if name == "-":
        data = sys.stdin.buffer.read()
        kind = _kind(data)
        return _trace(data, "<stdin>") if kind == ".json" else decode_scenario(data, f"<stdin>{kind}")
    if Path(name).suffix.lower() != ".json":
        return load_scenario(name)
    try:
        return _trace(Path(name).read_bytes(), name)
    except OSError as error:
        raise Refused(f"{name}: cannot be read: {error.strerror}") from None


def files_in(path: Path) -> tuple[Path, ...]:
    """The scenarios in a folder; a file is itself."""
    from graphviz_utils.scenario import scenario_files

    if not path.is_dir():
        return (path,)
    files = scenario_files(path)
    if not files:
        raise Refused(f"{path}: there is no .py and no .ipynb in this folder")
    return files


def recorded(source: Scenario | Trace, name: str, leaves: dict[str, Any], seconds: float) -> Recorded:
    """The run that `source`, called `name`, is or gives; RunError if there is nothing to show of it."""
    from graphviz_utils.running import run

    if isinstance(source, Trace):
        if leaves:
            raise Refused("--set is for programs, and a recorded run was given; give the program it was recorded from")
        return Recorded(source, _failure(source.error, name) if source.error else "")
    return _run(source, run(source, leaves=leaves, limits=_limits(seconds)))


def proved(
    source: Scenario | Trace, name: str, leaves: dict[str, Any], seconds: float, backward: int | None
) -> Recorded:
    """As `recorded`, with the gradients of a pass (`None`: the last) proved; of a record as far as that goes."""
    from graphviz_utils.running import prove, warm_up

    if isinstance(source, Trace):
        run = recorded(source, name, leaves, seconds)
        return replace(run, trace=_derived(run.trace, backward))
    warm_up()  # a proof has its time, in which PyTorch need not be loaded
    return _run(source, prove(source, leaves=leaves, backward=backward, limits=_limits(seconds)))


def _derived(trace: Trace, backward: int | None) -> Trace:
    """The record of a run with closed forms derived anew; differences are those that were kept in it."""
    from graphviz_utils.running.proving import derive

    index = trace.moment(Moment(backward=backward))[1]
    derived = trace if index is None else derive(trace, backward=index).trace or trace
    return replace(derived, proofs=tuple(map(_told, derived.proofs)))


def _told(proof: Proof) -> Proof:
    if any(check.way == "differences" for check in proof.checks):
        return proof
    return replace(proof, checks=(*proof.checks, Check("differences", "open", _NEEDED)))


def _run(scenario: Scenario, outcome: "Outcome") -> Recorded:
    failure = "" if outcome.status == "ok" else f"{scenario.filename}: {outcome.message}"
    if outcome.trace is None:
        raise RunError(failure)
    return Recorded(outcome.trace, failure)


def _limits(seconds: float) -> Limits:
    return Limits(wall_seconds=seconds, cpu_seconds=int(seconds * 1.5) + 1)


def _failure(failure: Failure, name: str) -> str:
    place = "" if failure.line is None else f" on line {failure.line}"
    return f"{name}: {failure.type}{place}: {failure.message}"


def _trace(data: bytes, name: str) -> Trace:
    try:
        return Trace.from_json(data)
    except TraceError as error:
        raise TraceError(f"{name}: {error}") from None


def _kind(data: bytes) -> str:
    """The suffix that fits text from standard input."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return ".py"
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        return ".py"
    return ".json" if isinstance(table, dict) and "schema" in table else ".ipynb"
