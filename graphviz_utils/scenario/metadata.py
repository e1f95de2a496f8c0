"""What a scenario says about itself, checked: title, tags, level, closed forms and expectations."""

import ast
import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard, get_args

from graphviz_utils.model import Expectation, Level, ScenarioError
from graphviz_utils.scenario.origin import HIDDEN, shown
from graphviz_utils.scenario.script_block import Key, ScriptBlock

__all__ = ["NO_METADATA", "Metadata", "Place", "checked_metadata", "metadata_of"]

_TOOL = ("tool", "graphviz_utils")
_KEYS = ("title", "tags", "level", "closed_forms", "expect")
_EXPECT_KEYS = ("name", "value", "tolerance")
_SCRIPT_KEYS = ("dependencies", "requires-python", "tool")
_BREAK = re.compile("[\t-\r\u2028\u2029]")
_FORMULA_LENGTH = 1_000
_TITLE_LENGTH = 200
_DEPTH = 64  # no tensor has more dimensions


@dataclass(frozen=True, slots=True)
class Metadata:
    """The table `[tool.graphviz_utils]`. `title` is `None` where it gives none."""

    title: str | None = None
    tags: tuple[str, ...] = ()
    level: Level = "beginner"
    closed_forms: Mapping[str, str] = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()


NO_METADATA = Metadata()


class Place(Protocol):
    """Whatever knows on which line a key stands."""

    def error(self, key: Key, message: str) -> ScenarioError:
        """The error that says `message` about `key`."""


def metadata_of(block: ScriptBlock) -> Metadata:
    """What the block says to this package; other tools' tables and the dependencies are left to their readers.

    Raises:
        ScenarioError: an unknown key, or a value of the wrong kind.
    """
    _known(block.table, _SCRIPT_KEYS, (), block)
    tools = _a_table(block.table.get("tool", {}), ("tool",), block)
    for name in tools:
        if name != _TOOL[1] and difflib.get_close_matches(name, _TOOL[1:], cutoff=0.8):
            raise block.error(("tool", name), f"[tool.{name}] is nobody's table; [tool.{_TOOL[1]}] was expected")
    return checked_metadata(tools.get(_TOOL[1], {}), _TOOL, block)


def checked_metadata(table: object, root: Key, place: Place) -> Metadata:
    """The metadata that `table` spells; `root` is the key under which it stands."""
    table = _a_table(table, root, place)
    _known(table, _KEYS, root, place)
    return Metadata(
        title=_title(table["title"], (*root, "title"), place) if "title" in table else None,
        tags=_tags(table.get("tags", []), (*root, "tags"), place),
        level=_level(table.get("level", "beginner"), (*root, "level"), place),
        closed_forms=_closed_forms(table.get("closed_forms", {}), (*root, "closed_forms"), place),
        expectations=_expectations(table.get("expect", []), (*root, "expect"), place),
    )


def _a_table(value: object, key: Key, place: Place) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.error(key, f"{_spelled(key)} is {shown(value)}; a table was expected, [{_spelled(key)}]")
    return value


def _known(table: Iterable[str], known: tuple[str, ...], root: Key, place: Place) -> None:
    for key in table:
        if key in known:
            continue
        near = difflib.get_close_matches(key, known, n=1)
        hint = f'did you mean "{near[0]}"? Known are' if near else "known are"
        inside = f" in {_spelled(root)}" if root else ""
        if not root and key in _KEYS:
            hint = f"it belongs below a line [{_spelled(_TOOL)}]; known outside are"
        raise place.error((*root, key), f"unknown key {shown(key)}{inside}; {hint} {', '.join(known)}")


def _title(value: object, key: Key, place: Place) -> str:
    if not _is_line(value) or len(value) > _TITLE_LENGTH:
        raise place.error(key, f'title is {shown(value)}; one line of text was expected, title = "The chain rule"')
    return value.strip()


def _is_line(value: object) -> TypeGuard[str]:
    """Whether `value` is text that shows on one line."""
    return isinstance(value, str) and bool(value.strip()) and not HIDDEN.search(value) and not _BREAK.search(value)


def _tags(value: object, key: Key, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.error(key, f'tags is {shown(value)}; a list of words was expected, tags = ["scalar", "fan-out"]')
    for tag in value:
        if not _is_line(tag):
            raise place.error(key, f'tags holds {shown(tag)}; words were expected, tags = ["scalar", "fan-out"]')
    return tuple(tag.strip() for tag in value)


def _level(value: object, key: Key, place: Place) -> Level:
    levels: tuple[Level, ...] = get_args(Level)
    for level in levels:
        if value == level:
            return level
    raise place.error(key, f"level is {shown(value)}; one of {', '.join(levels)} was expected")


def _closed_forms(value: object, key: Key, place: Place) -> dict[str, str]:
    table = _a_table(value, key, place)
    for name, formula in table.items():
        if isinstance(formula, dict):
            raise place.error((*key, name), f'{name} is a table; a name with dots needs quotes, "{name}.weight" = …')
        if not _is_leaf_name(name):
            raise place.error((*key, name), f"{shown(name)} is not a variable's name; write one formula per leaf")
        if not isinstance(formula, str) or not _is_formula(formula):
            raise place.error(
                (*key, name),
                f"the closed form of {name} is {shown(formula)}; a Python expression in quotes was expected, {name} = "
                '"3*x**2"',
            )
    return table


def _is_formula(text: str) -> bool:
    return _parsed(text) is not None


def _is_place(text: str) -> bool:
    """Whether `text` names a variable, or something in one: `x.grad`, `layers[0].weight`."""
    tree = _parsed(text)
    parts = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Load)
    return (
        tree is not None
        and not isinstance(tree.body, ast.Constant)
        and all(isinstance(node, parts) for node in ast.walk(tree))
    )


def _parsed(text: str) -> ast.Expression | None:
    if len(text) > _FORMULA_LENGTH:
        return None
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _is_leaf_name(text: str) -> bool:
    """Whether a leaf may be called `text`: `x`, or a parameter's `layers.0.weight`."""
    return all(part.isidentifier() or part.isdecimal() for part in text.split("."))


def _expectations(value: object, key: Key, place: Place) -> tuple[Expectation, ...]:
    if not isinstance(value, list):
        raise place.error(key, f"expect is {shown(value)}; one [[{_spelled(key)}]] per expectation was expected")
    return tuple(_expectation(entry, (*key, number), place) for number, entry in enumerate(value))


def _expectation(value: object, key: Key, place: Place) -> Expectation:
    table = _a_table(value, key, place)
    _known(table, _EXPECT_KEYS, key, place)
    for needed in ("name", "value"):
        if needed not in table:
            raise place.error(key, f'this expectation has no {needed}; name = "x.grad" and value = 93 were expected')
    name, tolerance = table["name"], table.get("tolerance", 0.0)
    if not isinstance(name, str) or not _is_place(name):
        raise place.error((*key, "name"), f'name is {shown(name)}; a variable was expected, name = "x.grad"')
    if not _is_number(tolerance) or not 0 <= tolerance < math.inf:
        raise place.error((*key, "tolerance"), f"tolerance is {shown(tolerance)}; a number from 0 on was expected")
    data = _frozen(table["value"], (*key, "value"), place)
    if _shape(data) is None:
        raise place.error((*key, "value"), f"value is {shown(table['value'])}; rows of equal length were expected")
    return Expectation(name, data, float(tolerance))


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63)


def _frozen(value: object, key: Key, place: Place, depth: int = 0) -> object:
    if isinstance(value, list) and depth < _DEPTH:
        return tuple(_frozen(part, key, place, depth + 1) for part in value)
    if _is_number(value) or isinstance(value, bool):
        return value
    raise place.error(key, f"value holds {shown(value)}; a number or rows of numbers were expected, value = [1.0, 2.0]")


def _shape(data: object) -> tuple[int, ...] | None:
    """The shape of nested tuples; `None` if they are ragged."""
    if not isinstance(data, tuple):
        return ()
    shapes = {_shape(part) for part in data}
    inner = shapes.pop() if shapes else ()
    return None if shapes or inner is None else (len(data), *inner)


def _spelled(key: Key) -> str:
    return ".".join(part for part in key if isinstance(part, str))
