"""How well this machine is protected from the programs it runs: tried out in a child, not taken for granted."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphviz_utils.model import Cell, Limits, Protection, Scenario
from graphviz_utils.running.job import Outcome
from graphviz_utils.running.worker import run

__all__ = ["Safety", "SafetyLevel", "Tried", "self_test"]

SafetyLevel = Literal["kernel", "seccomp only", "limits only"]

_FORBIDDEN = {
    "open a file": "open(os.devnull)",
    "ask whether a file is there": "os.stat('/')",
    "open a socket": "socket.socket().close()",
    "start a process": "os.waitpid(os.fork() or os._exit(0), 0)",
    "start a thread": "threading.Thread(target=int).start()",
    "become another program": "os.execv('/nothing', ['nothing'])",
    "signal another process": "os.kill(os.getppid(), 0)",
    "change its limits": "resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))",
}
"""Harmless where they succeed. Python tells a refusal by three kinds of error."""

_ATTEMPT = """
import json, os, resource, socket, threading
try:
    {action}
except (PermissionError, RuntimeError, ValueError) as error:
    print(json.dumps([True, str(error)]))
except BaseException as error:
    print(json.dumps([False, repr(error)]))
else:
    print(json.dumps([False, "nothing stood in its way"]))
"""

_DEADLY = "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)"

_COMPUTED = {
    "a backward pass": "x = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\nassert x.grad.item() == 6",
    "an LSTM": "lstm = torch.nn.LSTM(2, 3)\nlstm(torch.ones(4, 1, 2))[0].sum().backward()\n"
    "assert lstm.weight_hh_l0.grad.abs().sum() > 0",
    "an optimizer step": "w = torch.nn.Parameter(torch.ones(()))\nw.square().backward()\n"
    "torch.optim.SGD([w], lr=0.25).step()\nassert w.item() == 0.5",
}

_LIMITS = Limits(wall_seconds=30, cpu_seconds=30)


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that a child tried. `holds`: it was refused, or worked, as it should; `detail` says what happened."""

    what: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Safety:
    """What holds on this machine.

    `kernel`: two walls, seccomp and Landlock. `seccomp only`: one. `limits only`: a program can do what this user can
    do, for a limited time. `refused` is empty on systems that have no walls; `computed` is what must work all the same.
    """

    level: SafetyLevel
    refused: tuple[Tried, ...]
    computed: tuple[Tried, ...]

    @property
    def computes(self) -> bool:
        """Whether honest programs run."""
        return all(tried.holds for tried in self.computed)


def self_test() -> Safety:
    """Try it out: some ten runs, which take less than a second once the worker is warm."""
    refused = tuple(_refusals()) if sys.platform == "linux" else ()
    computed = tuple(_computed(what, source) for what, source in _COMPUTED.items())
    return Safety(_level(refused), refused, computed)


def _level(refused: tuple[Tried, ...]) -> SafetyLevel:
    if not refused or not all(tried.holds for tried in refused[:-1]):
        return "limits only"
    return "kernel" if refused[-1].holds else "seccomp only"


def _refusals() -> Iterator[Tried]:
    """What must be refused; last what Landlock must refuse alone."""
    for what, action in _FORBIDDEN.items():
        yield _attempted(what, action, "kernel")
    outcome = _ran(_DEADLY, "kernel")
    ended = outcome.status == "forbidden operation"
    yield Tried("trace a process", ended, "the program was ended" if ended else f"it ended with {outcome.status!r}")
    yield _attempted("open a file, with Landlock alone", _FORBIDDEN["open a file"], "landlock only")


def _attempted(what: str, action: str, protection: Protection) -> Tried:
    outcome = _ran(_ATTEMPT.format(action=action), protection)
    if outcome.trace is None or outcome.status != "ok":
        return Tried(what, False, outcome.message)
    holds, detail = json.loads(outcome.trace.cells[0].stdout)
    return Tried(what, holds, detail)


def _computed(what: str, source: str) -> Tried:
    outcome = _ran(f"import torch\n{source}", "kernel")
    return Tried(what, outcome.status == "ok", outcome.message)


def _ran(source: str, protection: Protection) -> Outcome:
    limits = Limits(_LIMITS.wall_seconds, _LIMITS.cpu_seconds, protection=protection)
    return run(Scenario(source, (Cell("", source, 1),)), limits=limits)
