"""The scenarios to pick from: grouped by level, called by title and tags, and fewer of them for who asks for fewer."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import get_args

from graphviz_utils.dot import cleaned
from graphviz_utils.model import Level
from graphviz_utils.page.programs import Program

__all__ = ["LEVELS", "OWN", "matching", "offered", "pick_label", "tags_of"]

OWN = "Your code"
LEVELS: tuple[Level, ...] = get_args(Level)
_LONGEST = 300


def matching(
    programs: Mapping[str, Program], levels: Collection[str] = (), tags: Collection[str] = ()
) -> tuple[str, ...]:
    """The names of those on one of `levels` that have every one of `tags`, the easiest first; empty asks for nothing.

    Programs of one level keep their order.
    """
    read = ((name, program.readable) for name, program in programs.items())
    kept = [(name, scenario) for name, scenario in read if scenario is not None]
    names = {
        level: [name for name, scenario in kept if scenario.level == level and set(tags) <= set(scenario.tags)]
        for level in LEVELS
        if not levels or level in levels
    }
    return tuple(name for group in names.values() for name in group)


def tags_of(programs: Mapping[str, Program]) -> tuple[str, ...]:
    """Every tag that one of the programs has, the most frequent first."""
    read = (program.readable for program in programs.values())
    counts = Counter(tag for scenario in read if scenario is not None for tag in scenario.tags)
    return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))


def offered(
    programs: Mapping[str, Program], matches: Iterable[str], picked: str, own: Program | None
) -> Mapping[str, str]:
    """What each program that can be picked is called: the `matches`, what is `picked`, and a visitor's own as `OWN`."""
    labels = {name: pick_label(programs[name]) for name in matches}
    if picked in programs:
        labels.setdefault(picked, pick_label(programs[picked]))
    if own is not None:
        labels[OWN] = OWN if own.title == OWN else f"{OWN}: {pick_label(own)}"
    return labels


def pick_label(program: Program) -> str:
    """Level, title and tags of a program on one line, as it is searched by typing; its title where it says no more."""
    scenario = program.readable
    parts: tuple[str, ...] = (program.title,)
    if scenario is not None and program.has_metadata:
        parts = (scenario.level.capitalize(), scenario.title, ", ".join(scenario.tags))
    return " · ".join(cleaned(part, _LONGEST) for part in parts if part)
