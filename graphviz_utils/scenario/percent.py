"""The percent format: `# %% Title` lines that part a program into cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphviz_utils.model import Cell
from graphviz_utils.scenario.listing import Listing

__all__ = ["MAGIC_COMMENT", "MARKER", "cells_of", "story_of"]

MARKER = re.compile(r"#\s*%%+(?:[ \t]+(?P<rest>.*))?$")
MAGIC_COMMENT = re.compile(r"#\s?(?:%%?\w|!)")
"""How a notebook's magics and shell lines stand in a program that Python can run."""

_TITLE_LENGTH = 300
_KIND = re.compile(r"\[(markdown|md|raw)\]")
_OPTIONS = re.compile(r'\s*(?:\{".*\}|[\w-]+=["\[{].*)$')


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two markers: lines `first` to `last`, which may be none."""

    kind: Literal["code", "text", "raw"]
    title: str
    first: int
    last: int


def cells_of(listing: Listing, header: int) -> Iterator[Cell]:
    """The program's cells in order; what stands before the first marker is a cell without title.

    A cell without code is kept if it has a title and comments, or if its comments are a notebook's magics: it is not
    runnable then. `header` is the last line of the metadata block, 0 without one.
    """
    for part in _parts(listing):
        if part.kind == "code":
            yield from _cell(listing, part, header)


def story_of(listing: Listing) -> str:
    """The docstring and the Markdown cells, in the order of the text, an empty line between them."""
    texts = [listing.docstring.text] if listing.docstring else []
    for part in _parts(listing):
        if part.kind == "text":
            comments = (listing.comment(line) for line in range(part.first, part.last + 1))
            texts.append("\n".join(re.sub("^# ?", "", comment or "") for comment in comments))
    return "\n\n".join(text.strip() for text in texts if text.strip())


def _parts(listing: Listing) -> Iterator[_Part]:
    kind: Literal["code", "text", "raw"] = "code"
    title, first = "", 1
    for line in range(1, len(listing.lines) + 1):
        comment = listing.comment(line)
        marker = MARKER.match(comment) if comment else None
        if marker:
            yield _checked(listing, _Part(kind, title, first, line - 1))
            kind, title, first = *_heading(marker["rest"] or ""), line + 1
    yield _checked(listing, _Part(kind, title, first, len(listing.lines)))


def _heading(rest: str) -> tuple[Literal["code", "text", "raw"], str]:
    rest = rest.strip()[:_TITLE_LENGTH]
    found = _KIND.search(rest)
    title = _OPTIONS.sub("", _KIND.sub("", rest)).strip()
    if found is None:
        return "code", title
    return ("raw" if found[1] == "raw" else "text"), title


def _checked(listing: Listing, part: _Part) -> _Part:
    """`part`, as code where something in it would run: nothing that Python runs may hide in a story."""
    end = listing.docstring.last if listing.docstring else 0
    runs = any(listing.is_code(line) for line in range(max(part.first, end + 1), part.last + 1))
    return _Part("code", part.title, part.first, part.last) if runs else part


def _cell(listing: Listing, part: _Part, header: int) -> Iterator[Cell]:
    ends = (header, listing.docstring.last if listing.docstring else 0)
    code = [line for line in range(part.first, part.last + 1) if listing.is_code(line) and line > ends[1]]
    first_code = code[0] if code else part.last + 1
    first = max([part.first, *(end + 1 for end in ends if part.first <= end < first_code)])
    filled = [line for line in range(first, part.last + 1) if listing.lines[line - 1].strip()]
    is_magic = not code and any(MAGIC_COMMENT.match(listing.lines[line - 1]) for line in filled)
    if filled and (code or part.title or is_magic):
        source = "\n".join(listing.lines[filled[0] - 1 : filled[-1]])
        yield Cell(part.title, source, filled[0], runnable=not is_magic)
