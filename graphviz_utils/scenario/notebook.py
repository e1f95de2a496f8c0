"""Jupyter notebooks as programs in percent cells."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphviz_utils.model import Limits, Scenario, ScenarioError
from graphviz_utils.scenario.magics import without_magics
from graphviz_utils.scenario.metadata import Metadata, checked_metadata
from graphviz_utils.scenario.origin import Origin, shown
from graphviz_utils.scenario.reading import LIMIT, scenario_of
from graphviz_utils.scenario.script_block import Key

__all__ = ["read_notebook"]

_HEADING = re.compile(r"^#{2,6} (?P<title>.+)$", re.MULTILINE)


def read_notebook(text: str, filename: str = "<notebook>", limits: Limits | None = None) -> Scenario:
    """Read an `.ipynb` notebook of format 4.

    The scenario's source is the notebook in percent form: Markdown cells as comments that become the story, magics and
    shell lines as comments that are shown and never run. A heading right above a code cell is its title. The metadata
    stand in the notebook's own, under `graphviz_utils`, or in a code cell as a `# /// script` block. Outputs are left
    out; of keys that occur twice the last one counts. `limits` hold for its source, as in `read_scenario`.

    Raises:
        ScenarioError: names the file, the cell, what stands there and what was expected.
    """
    origin = Origin(filename)
    notebook = _notebook(text, origin)
    parts = _metadata_part(notebook, origin)
    cells: list[tuple[int, int]] = []
    line = 1 + sum(part.count("\n") + 2 for part in parts)
    for number, part in _cell_parts(notebook["cells"], origin):
        cells.append((number, line + 1))
        parts.append(part)
        line += part.count("\n") + 2
    return scenario_of("\n\n".join(parts) + "\n", Origin(filename, tuple(cells)), limits)


def _notebook(text: str, origin: Origin) -> dict[str, Any]:
    if len(text) > LIMIT:
        raise origin.error(None, f"it has {len(text):,} characters; clear its outputs to come below {LIMIT:,}")
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        told = "it nests too deep" if isinstance(error, RecursionError) else "a number in it is too long"
        told = f"{error.msg}, line {error.lineno}" if isinstance(error, json.JSONDecodeError) else told
        raise origin.error(None, f"this is not a notebook's JSON ({told}); save it from Jupyter again") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        old = isinstance(notebook, dict) and "worksheets" in notebook
        found = "a notebook of format 3" if old else "JSON without a list of cells"
        raise origin.error(None, f"this is {found}; a notebook of format 4 was expected, as Jupyter saves it")
    language = _language(notebook)
    if not re.match(r"(?i)i?python", language):
        raise origin.error(None, f"this notebook is written in {shown(language)}; Python was expected")
    return notebook


def _language(notebook: dict[str, Any]) -> str:
    table: Any = notebook.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        found = table.get(key) if isinstance(table, dict) else None
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return str(found[name])
    return "python"


@dataclass(frozen=True, slots=True)
class _NotebookMetadata:
    """The notebook's own metadata, which have no lines to name."""

    origin: Origin

    def error(self, key: Key, message: str) -> ScenarioError:
        path = ".".join(str(part) for part in key)
        return self.origin.error(None, f"{path}: {message}" if path.isprintable() and len(path) < 100 else message)


def _metadata_part(notebook: dict[str, Any], origin: Origin) -> list[str]:
    table = notebook.get("metadata")
    if not isinstance(table, dict) or "graphviz_utils" not in table:
        return []
    root = ("metadata", "graphviz_utils")
    return [_script_block(checked_metadata(table["graphviz_utils"], root, _NotebookMetadata(origin)))]


def _script_block(metadata: Metadata) -> str:
    lines = ["/// script", "[tool.graphviz_utils]"]
    lines += [f"title = {_toml(metadata.title)}"] if metadata.title else []
    lines += [f"tags = {_toml(metadata.tags)}", f"level = {_toml(metadata.level)}"]
    if metadata.closed_forms:
        lines.append("[tool.graphviz_utils.closed_forms]")
        lines += [f"{_toml(name)} = {_toml(formula)}" for name, formula in metadata.closed_forms.items()]
    for wanted in metadata.expectations:
        lines.append("[[tool.graphviz_utils.expect]]")
        lines += [f"name = {_toml(wanted.name)}", f"value = {_toml(wanted.value)}"]
        lines.append(f"tolerance = {_toml(wanted.tolerance)}")
    return "\n".join(f"# {line}" for line in [*lines, "///"])


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _cell_parts(cells: list[object], origin: Origin) -> Iterator[tuple[int, str]]:
    """Number (from 1) and percent text of each cell that has any; its first line is the marker."""
    title = ""
    for number, cell in enumerate(cells, start=1):
        kind, source = _kind_and_source(cell, number, origin)
        if kind == "markdown":
            lines = [f"# {line}".rstrip() for line in source.split("\n")]
            yield number, "\n".join(["# %% [markdown]", *lines])
            title = next((found["title"].strip("# ") for found in reversed([*_HEADING.finditer(source)])), "")
        elif kind == "code" and source.strip():
            yield number, f"# %% {title}".rstrip() + "\n" + without_magics(source)
            title = ""


def _kind_and_source(cell: object, number: int, origin: Origin) -> tuple[str, str]:
    if not isinstance(cell, dict):
        raise origin.error(None, f"cell {number} is {shown(cell)}; a table with cell_type and source was expected")
    kind, source = cell.get("cell_type"), cell.get("source")
    if kind not in ("code", "markdown", "raw"):
        raise origin.error(None, f"cell {number} has cell_type {shown(kind)}; code, markdown or raw was expected")
    lines = source if isinstance(source, list) else [source]
    for line in lines:
        if not isinstance(line, str):
            raise origin.error(None, f"cell {number} has {shown(line)} in its source; text was expected")
    return str(kind), "".join(map(str, lines)).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
