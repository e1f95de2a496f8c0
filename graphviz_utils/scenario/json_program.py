"""A program as JSON, as other tools hand it on: its `code`, and a `title` if it has one."""

import json
from typing import Any

from graphviz_utils.model import Limits, Scenario
from graphviz_utils.model.signs import legible
from graphviz_utils.scenario.origin import Origin, shown
from graphviz_utils.scenario.reading import LIMIT, read_scenario

__all__ = ["is_json_program", "read_json_program"]

_TITLE_LENGTH = 200
_KEYS = ("title", "code")


def is_json_program(data: bytes) -> bool:
    """Whether JSON of this size and with these keys is meant as a program, and not as a recorded run."""
    if len(data) > LIMIT:
        return False
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError, too
        return False
    return isinstance(table, dict) and "code" in table and "schema" not in table


def read_json_program(data: bytes, filename: str, limits: Limits | None = None) -> Scenario:
    """Read a program from JSON that `is_json_program`; its title is text on one line, whatever stands in it.

    Raises:
        ScenarioError: another key than these two, one of them twice, or something else than text.
    """
    origin = Origin(filename)
    pairs: list[tuple[str, Any]] = json.loads(data, object_pairs_hook=list)
    for key, value in pairs:
        if key not in _KEYS:
            raise origin.error(None, f"there is {shown(key)} in it; a program as JSON has a title and its code")
        if not isinstance(value, str):
            raise origin.error(None, f"its {key} is {shown(value)}; text was expected")
    table = dict(pairs)
    if len(table) < len(pairs):
        raise origin.error(None, "a key stands in it twice; keep the one that counts")
    title = " ".join(legible(table.get("title", "")).split())[:_TITLE_LENGTH]
    return read_scenario(_head(title) + table["code"], filename, limits)


def _head(title: str) -> str:
    spelled = json.dumps(title, ensure_ascii=False)
    return f"# /// script\n# [tool.graphviz_utils]\n# title = {spelled}\n# ///\n" if title else ""
