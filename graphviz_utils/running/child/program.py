"""Runs a scenario cell by cell under `record()`, as a notebook would."""

import __future__

import ast
import builtins
import linecache
import sys
import types
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import torch

from graphviz_utils.model import Cell, CellRun, Failure, Limits, Scenario, Trace
from graphviz_utils.running.child.claims import claims_of
from graphviz_utils.running.child.differences import Beginning, differenced
from graphviz_utils.running.child.failures import NormalEnd, failure_of, type_name
from graphviz_utils.running.child.printed import Printed
from graphviz_utils.running.child.proofs import KEEP, Kept, watched
from graphviz_utils.running.child.rewriting import rewritten
from graphviz_utils.running.child.second_opinion import RootKeeper, dot_by_torchviz
from graphviz_utils.running.child.warned import show_warnings_of
from graphviz_utils.running.job import Job
from graphviz_utils.running.wire import readable
from graphviz_utils.tracing import Recording, record

__all__ = ["Finished", "run_program"]

_DERIVATIVES = 2_000
"""Rows of Jacobians that a run may spend time on: some 20 ms at the most."""

_FUTURE_FLAGS = reduce(or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


@dataclass(frozen=True, slots=True)
class Finished:
    """A program after its run. `trace` is `None` where nothing of it was run."""

    trace: Trace | None
    failure: Failure | None
    torchviz: str | None = None
    torchviz_note: str = ""


def run_program(job: Job, limits: Limits) -> Finished:
    """Run `job`'s cells in one namespace; the first that fails is the last that is run."""
    scenario = job.scenario
    parsed = [_parsed(cell, scenario.filename) for cell in scenario.cells if cell.runnable]
    trees = [tree for tree in parsed if isinstance(tree, ast.Module)]
    notes: tuple[str, ...] = ()
    try:
        notes = rewritten(trees, job)
    except ValueError as error:
        if len(trees) == len(parsed):  # else the program cannot be read, and that is what to say
            return Finished(None, Failure("RunError", str(error), None))
    program = _Program(scenario, limits)
    beginning = Beginning.now()
    program.move_in()
    if job.dtype is not None:
        torch.set_default_dtype(getattr(torch, job.dtype))
    keeper = RootKeeper()
    with ExitStack() as stack:
        recording = record(scenario.title, source=scenario.source, filename=scenario.filename, derivatives=_DERIVATIVES)
        run = stack.enter_context(recording)
        if "torchviz" in job.wants:
            stack.enter_context(keeper)
        program.run(parsed, run)
    seen = run.trace
    cells, notes = tuple(program.cells), (*seen.notes, *notes, *program.notes)
    trace = replace(seen, title=scenario.title, cells=cells, error=program.failure, notes=notes)
    if program.failure is None:
        trace = replace(trace, claims=claims_of(trace, scenario, program.namespace))
    dot: tuple[str | None, str] = (None, "")
    if "torchviz" in job.wants:
        dot = dot_by_torchviz(keeper.roots, program.displayed, program.namespace)
    if "differences" in job.wants:
        trace = differenced(trace, job, beginning, limits)
    return Finished(trace, program.failure, *dot)


def _parsed(cell: Cell, filename: str) -> ast.Module | BaseException:
    """The syntax tree of `cell` with the scenario's own line numbers, or what Python says against it."""
    padded = "\n" * (cell.line - 1) + cell.source
    try:
        return ast.parse(padded, filename)
    except (SyntaxError, ValueError) as error:
        return error
    except (MemoryError, RecursionError):
        return SyntaxError("something is nested too deeply for Python to read it")


class _Program:
    """A program on its way: its one namespace, what it prints, the cells that have run."""

    def __init__(self, scenario: Scenario, limits: Limits) -> None:
        self.cells: list[CellRun] = []
        self.notes: list[str] = []
        self.failure: Failure | None = None
        self.displayed: torch.Tensor | None = None
        self._scenario = scenario
        self._limits = limits
        self._printed = Printed(limits.stdout_characters)
        self._flags = 0
        self._home = types.ModuleType("__main__")
        self._home.__file__ = scenario.filename

    @property
    def namespace(self) -> dict[str, Any]:
        """The program's global names."""
        return vars(self._home)

    def move_in(self) -> None:
        """From now on Python finds the program where it finds any script: as `__main__`, its text at its filename."""
        source, filename = self._scenario.source, self._scenario.filename
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        sys.modules["__main__"] = self._home
        sys.argv = [filename]
        sys.stdout = sys.stderr = self._printed
        show_warnings_of(filename)

    def run(self, parsed: list[ast.Module | BaseException], run: Recording) -> None:
        """Run the cells in turn, until one fails or ends the program."""
        cells = [cell for cell in self._scenario.cells if cell.runnable]
        vars(builtins)["display"] = self._display(run)  # not among the program's own names, as in IPython
        for cell, tree in zip(cells, parsed, strict=True):
            kept = Kept()
            at = run.tick()
            end: Failure | NormalEnd | None = None
            try:
                self._execute(cell, tree, kept)
            except BaseException as error:  # noqa: BLE001 - a program may raise anything, and it must not end us
                end = failure_of(error, self._scenario.filename, self._limits.text_characters)
            end = self._written_down(run, cell, kept, at) or end
            if isinstance(end, NormalEnd):
                self.notes.append(end.note)
            if end is not None:
                self.failure = end if isinstance(end, Failure) else None
                return

    def _display(self, run: Recording) -> Callable[..., None]:
        """What notebooks call `display`: prints values as they look at the end of a cell."""

        def display(*values: object, **_: object) -> None:
            for value in values:
                with run.paused():
                    text = readable(_representation(value), self._limits.text_characters)
                self._printed.write(f"{text}\n")
                self.displayed = value if isinstance(value, torch.Tensor) else self.displayed

        return display

    def _written_down(self, run: Recording, cell: Cell, kept: Kept, at: int) -> Failure | NormalEnd | None:
        """Write down what a cell did. A program's own classes may raise anything at being looked at: that ends it."""
        try:
            with run.paused():
                self._close(cell, kept, at)
            run.bind(self.namespace)
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 - see above
            return failure_of(error, self._scenario.filename, self._limits.text_characters)
        return None

    def _execute(self, cell: Cell, tree: ast.Module | BaseException, kept: Kept) -> None:
        if isinstance(tree, BaseException):
            raise tree
        filename = self._scenario.filename
        is_story = not self.cells and len(tree.body) == 1 and ast.get_docstring(tree) is not None
        proving = watched(tree, displays=not is_story and not cell.source.rstrip().endswith(";"))
        code = compile(proving, filename, "exec", self._flags, dont_inherit=True)
        self._flags |= code.co_flags & _FUTURE_FLAGS
        vars(builtins)[KEEP] = kept.keep  # not among the program's own names
        try:
            exec(code, self.namespace)  # noqa: S102 - running the program is what this process is for
        finally:
            vars(builtins).pop(KEEP, None)

    def _close(self, cell: Cell, kept: Kept, at: int) -> None:
        """Write the row of a cell that has ended."""
        limit = self._limits.text_characters
        display = kept.display
        if isinstance(display, torch.Tensor):
            self.displayed = display
        shown = None if display is None else readable(_representation(display), limit)
        verdict, note = kept.judged()
        text = self._printed.take()
        self.cells.append(CellRun(cell.title, cell.line, cell.source, text, shown, verdict, at, note))


def _representation(value: object) -> str:
    try:
        return repr(value)
    except BaseException as error:  # noqa: BLE001 - a program's own __repr__ may raise anything
        return f"<{type_name(value)}, whose repr fails with {type_name(error)}>"
