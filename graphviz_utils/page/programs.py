"""What stands in the editor: where it came from, its head (metadata and story) and the code one edits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal

from graphviz_utils.model import Scenario, ScenarioError, Trace, TraceError
from graphviz_utils.page.links import link_of_code
from graphviz_utils.scenario import decode_scenario, load_scenario, read_scenario, scenario_files

__all__ = ["Origin", "Program", "opened", "ready_programs"]

Origin = Literal["ready", "typed", "link", "file", "trace"]

_OWN_NAME = "Your code.py"
_KIN = 0.4
_TRACE_LIMIT = 64_000_000


@dataclass(frozen=True)
class Program:
    """A program as the page holds it.

    `code` is what the editor shows. `head` are the lines before it, metadata and story, which a reader need not see.
    Only a `ready` program may be run without being asked for. `trace` is a run that was brought along.
    """

    name: str
    code: str
    head: str = ""
    origin: Origin = "typed"
    trace: Trace | None = None
    base: str = ""
    """The code that `head` was written for."""

    @classmethod
    def of(cls, source: str, name: str, origin: Origin, trace: Trace | None = None) -> "Program":
        """The program with its head set apart; text that is no scenario has none."""
        try:
            head = _head_lines(read_scenario(source, name))
        except ScenarioError:
            head = 0
        lines = source.splitlines(keepends=True)
        code = "".join(lines[head:])
        return cls(name, code, "".join(lines[:head]), origin, trace, code)

    @property
    def source(self) -> str:
        """The whole text; line numbers of a run count in it."""
        return self.head + self.code

    @property
    def hidden_lines(self) -> int:
        """How many lines stand before the first one of the editor."""
        return self.head.count("\n")

    @property
    def has_metadata(self) -> bool:
        """Whether somebody wrote down a title, a level and tags for it."""
        return "# /// script" in self.head

    @cached_property
    def scenario(self) -> Scenario:
        """The program, read; ScenarioError says what is wrong with it."""
        return read_scenario(self.source, self.name)

    @cached_property
    def link(self) -> str:
        """The whole text as a word for a link."""
        return link_of_code(self.source)

    def without_trace(self) -> "Program":
        """The same program as a person's own that is still to be run."""
        return replace(self, origin="typed", trace=None)

    def edited(self, code: str) -> "Program":
        """The same program with other code. It is a person's own now, and loses its head if little else is left."""
        if code == self.code:
            return self
        if self.head and not _is_kin(self.base, code):
            return Program(_OWN_NAME, code)
        return replace(self, code=code, origin="typed", trace=None)


def ready_programs(folder: Path) -> Mapping[str, Program]:
    """The scenarios in `folder` by the stem of their file, in order; one that cannot be read is left out."""
    programs: dict[str, Program] = {}
    for path in scenario_files(folder):
        try:
            programs[path.stem] = Program.of(load_scenario(path).source, path.name, "ready")
        except ScenarioError:
            continue
    return programs


def opened(data: bytes, filename: str) -> Program:
    """The program, notebook or recorded run that a person brings as a file.

    Raises:
        ScenarioError: it is no program or notebook.
        TraceError: it is a `.json` file, but no recorded run.
    """
    if PurePath(filename).suffix.lower() != ".json":
        return Program.of(decode_scenario(data, filename).source, filename, "file")
    if len(data) > _TRACE_LIMIT:
        raise TraceError(f"{filename}: it is larger than {_TRACE_LIMIT // 1_000_000} MB, the limit of a recorded run")
    try:
        trace = Trace.from_json(data)
    except TraceError as error:
        raise TraceError(f"{filename}: {error}") from None
    return Program.of(trace.source, filename, "trace", trace)


def _is_kin(base: str, code: str) -> bool:
    """Whether `code` is `base` with changes, rather than another program."""
    before, after = (Counter(line.strip() for line in text.splitlines() if line.strip()) for text in (base, code))
    return 2 * (before & after).total() >= _KIN * (before.total() + after.total())


def _head_lines(scenario: Scenario) -> int:
    """How many lines the metadata and the story take, the empty ones after them included."""
    first = scenario.cells[0]
    lines = scenario.source.split("\n")
    above = first.line - 2 if first.title else first.line - 1
    if not (scenario.story or lines[0].startswith("# ///")):
        return 0
    return max(above, 0)
