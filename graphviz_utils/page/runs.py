"""One run as the page shows it, whether it was made here or brought along as a file."""

import hashlib
import threading
from dataclasses import dataclass, replace

from graphviz_utils.model import Limits, Scenario, Trace
from graphviz_utils.page.programs import Program
from graphviz_utils.running import Status, Want, run

__all__ = ["Ran", "key_of", "may_run", "ran"]

_SMALL = 250_000


@dataclass(frozen=True, slots=True)
class Ran:
    """A program and how it ran.

    `key` is equal for equal runs, `size` is that of the trace's JSON form in characters. `trace` is `None` when the
    program never answered. `message` is empty when there is nothing to say.
    """

    program: Program
    scenario: Scenario | None
    trace: Trace | None
    status: Status
    key: str
    message: str = ""
    torchviz: str | None = None
    compared: bool = False
    """Whether torchviz was asked; `torchviz` is then its DOT text, or `message` says why there is none."""
    size: int = 0

    @property
    def is_small(self) -> bool:
        """Whether its pictures may be kept for whoever asks for the same; a picture takes a dozen times its `size`."""
        return self.size <= _SMALL

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to draw."""
        return self.trace is not None and bool(self.trace.nodes)

    def line(self, line: int | None) -> int | None:
        """Line `line` of the run as the editor counts; `None` for one that the editor does not show."""
        shown = 0 if line is None else line - self.program.hidden_lines
        return shown if shown > 0 else None


def ran(program: Program, *, compared: bool, limits: Limits, stop: threading.Event, session: str = "") -> Ran:
    """How `program` ran in the worker; with torchviz's drawing of it if it is to be `compared`.

    A run that was brought along is taken as it is. Runs of one `session` take turns.

    Raises:
        ScenarioError: its text is no program.
    """
    if program.trace is not None:
        return _ran_before(program, program.trace)
    scenario = program.scenario
    if program.origin != "ready":
        # What a scenario's author promised of single numbers holds for his code, not for what became of it.
        scenario = replace(scenario, expectations=()) if program.origin == "typed" and program.head else scenario
    wants: tuple[Want, ...] = ("trace", "torchviz") if compared else ("trace",)
    outcome = run(scenario, wants=wants, limits=may_run(program, limits), stop=stop, session=session)
    return _written(
        Ran(program, scenario, outcome.trace, outcome.status, "", outcome.message, outcome.torchviz, compared)
    )


def may_run(program: Program, limits: Limits) -> Limits:
    """The limits for `program`: a ready one is ours, and runs also where they want walls and there are none."""
    return replace(limits, unwalled="run") if program.origin == "ready" else limits


def key_of(trace: Trace) -> str:
    """Equal for equal runs."""
    return _digest(trace.to_json())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _ran_before(program: Program, trace: Trace) -> Ran:
    return _written(Ran(program, None, trace, "ok" if trace.error is None else "error", ""))


def _written(made: Ran) -> Ran:
    """`made` with what is known of it once its trace is written down."""
    if made.trace is None:
        return made
    text = made.trace.to_json()
    return replace(made, key=_digest(text), size=len(text))
