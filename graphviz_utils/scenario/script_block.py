"""The `# /// script` block of PEP 723: where it stands, its TOML, and the line on which each key stands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphviz_utils.model import ScenarioError
from graphviz_utils.scenario.listing import Listing
from graphviz_utils.scenario.origin import Origin

__all__ = ["Key", "ScriptBlock", "script_block_of"]

Key = tuple[str | int, ...]
"""A place in TOML: the keys on the way to it, and a number (from 0) for an entry of an array."""

_START = re.compile(r"# /// (?P<type>[a-zA-Z0-9-]+)$")
_NEARLY_START = re.compile(r"#\s*///\s*script\b")
_END = "# ///"
_LINES = 400
_CHARACTERS = 20_000
_POSITION = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_BARE_OR_QUOTED = r"""(?:[\w-]++|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = rf"{_BARE_OR_QUOTED}(?:[ \t]*\.[ \t]*{_BARE_OR_QUOTED})*"
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|["'][^"'\n.]{0,40}["'])[ \t]*+\.[ \t]*+){30}""")
_STATEMENT = re.compile(rf"[ \t]*(?:(?P<open>\[\[?)[ \t]*(?P<table>{_KEY})[ \t]*\]|(?P<key>{_KEY})[ \t]*=)")


@dataclass(frozen=True, slots=True)
class ScriptBlock:
    """The block on lines `first` to `last` of its text, and the `table` it spells."""

    first: int
    last: int
    toml: str
    table: dict[str, Any]
    origin: Origin

    def error(self, key: Key, message: str) -> ScenarioError:
        """The error that says `message` about the line on which `key` stands, or the nearest table around it."""
        places: dict[Key, int] = {}
        for place, line in _places(self.toml):
            places.setdefault(place, line)
        known = next((places[key[:n]] for n in range(len(key), 0, -1) if key[:n] in places), 0)
        return self.origin.error(self.first + known, message)


def script_block_of(listing: Listing, origin: Origin) -> ScriptBlock | None:
    """The program's only `script` block; blocks of another type are passed over, as PEP 723 asks.

    Raises:
        ScenarioError: the block is not closed, not the only one, mistyped, too long, or not TOML.
    """
    found = [(first, last) for type_, first, last in _blocks(listing, origin) if type_ == "script"]
    if not found:
        return None
    first, last = found[0]
    if len(found) > 1:
        raise origin.error(found[1][0], f'a second "# /// script" opens here; keep only the one of line {first}')
    toml = "\n".join(line.removeprefix("#").removeprefix(" ") for line in listing.lines[first : last - 1])
    if last - first > _LINES or len(toml) > _CHARACTERS:
        raise origin.error(
            first, f"the metadata block is too long; up to {_LINES} lines and {_CHARACTERS:,} characters were expected"
        )
    return ScriptBlock(first, last, toml, _table(toml, first, origin), origin)


def _blocks(listing: Listing, origin: Origin) -> Iterator[tuple[str, int, int]]:
    """Type, first and last line of every block. A block reaches to the last `# ///` of the comments below its start."""
    line = 1
    while line <= len(listing.lines):
        comment = listing.comment(line) or ""
        start = _START.match(comment)
        if start:
            last = _end_of_block(listing, line, origin)
            yield start["type"], line, last
            line = last
        elif _NEARLY_START.match(comment):
            raise origin.error(line, f'the line reads "{comment[:60]}"; a block opens with exactly "# /// script"')
        elif comment == _END:
            raise origin.error(line, 'this "# ///" closes a block that was not opened; "# /// script" opens one')
        line += 1


def _end_of_block(listing: Listing, first: int, origin: Origin) -> int:
    end, line = 0, first + 1
    while line <= len(listing.lines):
        comment = listing.comment(line)
        if comment is None or not (comment == "#" or comment.startswith("# ")):
            break
        end = line if comment == _END else end
        line += 1
    if end:
        return end
    stands = f'line {line} reads "{listing.lines[line - 1][:60]}"' if line <= len(listing.lines) else "the text ends"
    raise origin.error(
        first,
        f'"{listing.lines[first - 1]}" is never closed: {stands} where a "# ///" or another "# " line was expected',
    )


def _table(toml: str, first: int, origin: Origin) -> dict[str, Any]:
    if _DEEP_KEY.search(toml):  # tomllib takes quadratic time for it
        raise origin.error(first, "a key in this block has more than 30 dots; tables of one or two names were expected")
    try:
        return tomllib.loads(toml)
    except (ValueError, RecursionError) as error:  # a number of too many digits is a plain ValueError
        message = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "too deep, or a number too long"
        position = _POSITION.search(message)
        line = int(position["line"] or toml.count("\n") + 1) if position else 0
        stands = toml.split("\n")[line - 1].strip()[:60] if line else ""
        told = _POSITION.sub("", message)
        raise origin.error(first + line, f'"{stands}" is not TOML: {told}' if stands else f"not TOML: {told}") from None


def _places(toml: str) -> Iterator[tuple[Key, int]]:
    """Every key and table header of `toml` with its line, counted from 1."""
    table: Key = ()
    entries: dict[Key, int] = {}
    for number, line in enumerate(toml.split("\n"), start=1):
        statement = _STATEMENT.match(line)
        if not statement:
            continue
        path = _path(statement["table"] or statement["key"])
        if not statement["open"]:
            yield from ((table + path[:depth], number) for depth in range(1, len(path) + 1))
            continue
        table = path
        if statement["open"] == "[[":
            yield path, number
            entries[path] = entries.get(path, -1) + 1
            table = (*path, entries[path])
        yield table, number


def _path(dotted: str) -> Key:
    """The keys of `a."b c".d`; none if a quoted one is malformed."""
    try:
        table: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(table, dict):
        ((key, table),) = table.items()
        path.append(key)
    return tuple(path)
