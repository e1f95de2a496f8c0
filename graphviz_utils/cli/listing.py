"""The command that names scenarios: in groups by level, with their titles and tags."""

import argparse
from pathlib import Path
from typing import get_args

from graphviz_utils.cli.readiness import ready_folder
from graphviz_utils.cli.saying import say, say_wrong
from graphviz_utils.model import Level, Scenario, ScenarioError

__all__ = ["listed"]


def listed(options: argparse.Namespace) -> int:
    """Name scenarios, the easiest first: file, title and tags, one to a line."""
    from graphviz_utils.scenario import load_scenario, scenario_files

    found: list[tuple[Path, Scenario]] = []
    code = 0
    for path in scenario_files(options.folder or ready_folder()):
        try:
            found.append((path, load_scenario(path)))
        except ScenarioError as error:
            say_wrong(str(error))
            code = 2
    width = max((len(str(_near(path))) for path, _ in found), default=0)
    for level in get_args(Level):
        group = [(path, scenario) for path, scenario in found if scenario.level == level]
        if group:
            say(f"{level}:")
        for path, scenario in group:
            tags = f"  [{', '.join(scenario.tags)}]" if scenario.tags else ""
            say(f"  {_near(path)!s:{width}}  {scenario.title}{tags}")
    return code


def _near(path: Path) -> Path:
    """`path` as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
