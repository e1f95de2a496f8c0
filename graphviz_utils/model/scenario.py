"""A scenario as plain data: a program in cells, its story, and what it claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

__all__ = ["Cell", "Expectation", "Level", "Scenario"]

Level = Literal["beginner", "intermediate", "advanced"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One `# %% Title` part of a program.

    `line` is the 1-based line of the scenario's source at which `source` begins. A cell that is not `runnable` (it
    holds a notebook's magics or shell lines) is shown and never run.
    """

    title: str
    source: str = field(repr=False)
    line: int
    runnable: bool = True


@dataclass(frozen=True, slots=True)
class Expectation:
    """The number or nested tuples that `name` must hold at the end, within an absolute `tolerance`."""

    name: str
    value: object
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A program to record, as read from a file, a notebook or an editor. Nothing of it has been run.

    `source` is the whole text, metadata block and story included; every line number counts in it. `closed_forms` maps
    a leaf's variable name to a formula for its gradient, in Python with the program's names and `torch`.
    """

    source: str = field(repr=False)
    cells: tuple[Cell, ...]
    title: str = "Untitled"
    story: str = ""
    tags: tuple[str, ...] = ()
    level: Level = "beginner"
    closed_forms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    expectations: tuple[Expectation, ...] = ()
    filename: str = "<scenario>"
