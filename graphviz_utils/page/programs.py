"""What stands in the editor: where it came from, its head (metadata and story) and the code one edits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal

from graphviz_utils.model import MEGABYTE, Limits, Scenario, ScenarioError, Trace, TraceError
from graphviz_utils.page.links import link_of_code
from graphviz_utils.scenario import (
    decode_scenario,
    is_json_program,
    is_too_long,
    load_scenario,
    read_json_program,
    read_scenario,
    scenario_files,
    with_literal,
)

__all__ = ["Origin", "Program", "opened", "ready_programs"]

Origin = Literal["ready", "typed", "link", "file", "trace"]

_OWN_NAME = "Your code.py"
_KIN = 0.4


@dataclass(frozen=True)
class Program:
    """A program as the page holds it.

    `code` is what the editor shows. `head` are the lines before it, metadata and story, which a reader need not see.
    Only a `ready` program may be run without being asked for, and be longer than `limits` allow. `trace` is a run that
    was brought along.
    """

    name: str
    code: str
    head: str = ""
    origin: Origin = "typed"
    trace: Trace | None = None
    base: str = ""
    """The code that `head` was written for."""
    limits: Limits = field(default=Limits(), repr=False)

    @classmethod
    def of(
        cls, source: str, name: str, origin: Origin, trace: Trace | None = None, limits: Limits = Limits()
    ) -> "Program":
        """The program with its head set apart; text that is no scenario has none."""
        whole = cls(name, source, "", origin, trace, source, limits)
        try:
            head = _head_lines(whole.scenario)
        except ScenarioError:
            return whole
        lines = source.splitlines(keepends=True)
        code = "".join(lines[head:])
        return replace(whole, code=code, head="".join(lines[:head]), base=code)

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
        """The program, read; ScenarioError says what is wrong with it, and of one that is too long only that."""
        return read_scenario(self.source, self.name, None if self.origin == "ready" else self.limits)

    @property
    def readable(self) -> Scenario | None:
        """The program, read; `None` for a text that is no scenario."""
        try:
            return self.scenario
        except ScenarioError:
            return None

    @property
    def title(self) -> str:
        """The title that its author gave it, or the name of its file."""
        scenario = self.readable
        return PurePath(self.name).stem if scenario is None else scenario.title

    @cached_property
    def link(self) -> str:
        """The whole text as a word for a link; empty for a text that is too long to be opened again."""
        return "" if is_too_long(self.source, self.limits) else link_of_code(self.source)

    def with_number(self, told: object) -> str:
        """The code with other numbers where a name begins, as a browser told: `{"name": …, "value": …}`.

        The same code if it told anything else, or of a text that is too long to be run.
        """
        if not isinstance(told, Mapping) or is_too_long(self.code, self.limits):
            return self.code
        name = told.get("name")
        return with_literal(self.code, name, told.get("value")) if isinstance(name, str) else self.code

    def without_trace(self) -> "Program":
        """The same program as a person's own that is still to be run."""
        return replace(self, origin="typed", trace=None)

    def edited(self, code: str) -> "Program":
        """The same program with other code. It is a person's own now, and loses its head if little else is left."""
        if code == self.code:
            return self
        if self.head and (is_too_long(code, self.limits) or not _is_kin(self.base, code)):
            return Program(_OWN_NAME, code, limits=self.limits)
        return replace(self, code=code, origin="typed", trace=None)


def ready_programs(folder: Path, limits: Limits = Limits()) -> Mapping[str, Program]:
    """The scenarios in `folder` by the stem of their file, in order; one that cannot be read is left out.

    `limits` are for what becomes of them when they are edited.
    """
    programs: dict[str, Program] = {}
    for path in scenario_files(folder):
        try:
            programs[path.stem] = Program.of(load_scenario(path).source, path.name, "ready", limits=limits)
        except ScenarioError:
            continue
    return programs


def opened(data: bytes, filename: str, limits: Limits = Limits()) -> Program:
    """The program, notebook or recorded run that a person brings as a file.

    Raises:
        ScenarioError: it is no program or notebook, or a longer one than `limits` allow.
        TraceError: it is a `.json` file, but no recorded run, or a larger one than `limits` allow.
    """
    if PurePath(filename).suffix.lower() != ".json":
        return Program.of(decode_scenario(data, filename, limits).source, filename, "file", limits=limits)
    if is_json_program(data):
        return Program.of(read_json_program(data, filename, limits).source, filename, "file", limits=limits)
    if len(data) > limits.trace_upload_mb * MEGABYTE:
        size = f"{len(data) / MEGABYTE:,.1f} MB, and a recorded run of up to {limits.trace_upload_mb} MB is taken here"
        raise TraceError(f"{filename}: it has {size}; record less, or draw it on your own machine")
    try:
        trace = Trace.from_json(data, limits)
    except TraceError as error:
        raise TraceError(f"{filename}: {error}") from None
    return Program.of(trace.source, filename, "trace", trace, limits)


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
