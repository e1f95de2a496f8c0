"""The command that holds scenarios to their word."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from graphviz_utils.advice import obstacles
from graphviz_utils.cli.opening import Recorded, files_in, opened, recorded
from graphviz_utils.cli.saying import Refused, say, say_wrong
from graphviz_utils.model import GraphvizUtilsError, RunError, ScenarioError, Trace

__all__ = ["check"]

_KINDS = {"closed_form": "closed form", "expectation": "expectation"}


def check(options: argparse.Namespace) -> int:
    """Run every scenario and name what fails: 1 for a program, a claim, or a file that cannot be read."""
    files = [file for path in options.paths for file in files_in(path)]
    failed = [str(file) for file in files if not _holds(file, options.seconds)]
    if failed:
        say_wrong(f"{len(failed)} of {len(files)} failed: {', '.join(failed)}")
    return 1 if failed else 0


def _holds(file: Path, seconds: float) -> bool:
    """Whether a scenario keeps what it claims; what it does not keep is said."""
    try:
        scenario = opened(str(file))
        if isinstance(scenario, Trace):
            raise ScenarioError(f"{file}: this is the record of a run; give the program that it was recorded from")
    except (GraphvizUtilsError, Refused) as error:
        say(f"FAIL  {file}")
        say_wrong(str(error))
        return False
    try:
        run = recorded(scenario, str(file), {}, seconds)
    except RunError as error:
        problems = [str(error), *map(str, obstacles(scenario.source))]
    else:
        problems = [*_failed(run), *_broken(run.trace)]
        if not problems:
            say(f"ok    {file}: {_kept(run.trace)}")
            return True
    say(f"FAIL  {file}")
    for problem in problems:
        say(f"      {problem.removeprefix(f'{scenario.filename}: ')}")
    return False


def _failed(run: Recorded) -> Iterator[str]:
    """How a program failed, what to do about it, and what in it cannot work besides."""
    if not run.failure:
        return
    yield run.failure
    if run.advice:
        yield run.advice
    told = run.trace.error.line if run.trace.error is not None and run.advice else None
    yield from (str(obstacle) for obstacle in obstacles(run.trace.source) if obstacle.line != told)


def _broken(trace: Trace) -> Iterator[str]:
    """Every proof and claim that does not hold, in a sentence; one that could not be checked does not hold either."""
    for cell in trace.cells:
        if cell.verdict is False:
            name = f' "{cell.title}"' if cell.title else ""
            yield f"line {cell.line}: the proof{name} does not hold: {cell.note or cell.display}"
    for claim in trace.claims:
        if claim.verdict is not True:
            verb = "does not hold" if claim.verdict is False else "could not be checked"
            yield f"the {_KINDS[claim.kind]} of {claim.name}, {claim.text}, {verb}: {claim.note}"


def _kept(trace: Trace) -> str:
    """How much was verified besides that the program runs."""
    kinds = ["proof"] * sum(cell.verdict is True for cell in trace.cells)
    kinds += [_KINDS[claim.kind] for claim in trace.claims]
    words = [f"{kinds.count(kind)} {kind}{'s' if kinds.count(kind) > 1 else ''}" for kind in dict.fromkeys(kinds)]
    return ", ".join(words) or "it runs, and claims nothing"
