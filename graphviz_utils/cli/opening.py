"""FILE as the command line takes it: a program, a notebook or a recorded run, by name or from standard input."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphviz_utils.advice import missed_backward, remedy
from graphviz_utils.cli.saying import Refused
from graphviz_utils.model import Failure, RunError, Scenario, Trace, TraceError

__all__ = ["Recorded", "opened", "recorded"]


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


def recorded(source: Scenario | Trace, name: str, leaves: dict[str, Any], seconds: float) -> Recorded:
    """The run that `source`, called `name`, is or gives; RunError if there is nothing to show of it."""
    from graphviz_utils.running import Limits
    from graphviz_utils.running import run as run_of

    if isinstance(source, Trace):
        if leaves:
            raise Refused("--set is for programs, and a recorded run was given; give the program it was recorded from")
        return Recorded(source, _failure(source.error, name) if source.error else "")
    limits = Limits(wall_seconds=seconds, cpu_seconds=int(seconds * 1.5) + 1)
    outcome = run_of(source, leaves=leaves, limits=limits)
    failure = "" if outcome.status == "ok" else f"{source.filename}: {outcome.message}"
    if outcome.trace is None:
        raise RunError(failure)
    return Recorded(outcome.trace, failure)


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
