"""A program's text as a Scenario."""

from pathlib import PurePath
from types import MappingProxyType

from graphviz_utils.model import Limits, Scenario
from graphviz_utils.scenario.listing import listing_of
from graphviz_utils.scenario.metadata import NO_METADATA, metadata_of
from graphviz_utils.scenario.origin import Origin
from graphviz_utils.scenario.percent import cells_of, story_of
from graphviz_utils.scenario.script_block import script_block_of

__all__ = ["LIMIT", "is_too_long", "read_scenario", "scenario_of"]

LIMIT = Limits().code_upload_mb * 1_000_000
"""The longest program, in characters; also the largest file, in bytes."""

_FIRST_PROGRAM = "import torch; x = torch.tensor(2.0, requires_grad=True); y = x ** 2; y.backward()"


def read_scenario(text: str, filename: str = "<scenario>", limits: Limits | None = None) -> Scenario:
    """Read a program in percent cells, or one without any cells, as typed into an editor.

    The title is the metadata's, else a heading that opens the story, else the file's name. The program need not be
    valid Python: a syntax error shows when it is run. Nothing of it is run here. With `limits` it may be as long as a
    page takes it from strangers, without them as long as a file may be.

    Raises:
        ScenarioError: names the file, the line, what stands there and what was expected.
    """
    return scenario_of(text, Origin(filename), limits)


def is_too_long(text: str, limits: Limits) -> bool:
    """Whether a page takes less than `text` from strangers."""
    return len(text) > limits.code_characters or _lines(text) > limits.code_lines


def scenario_of(text: str, origin: Origin, limits: Limits | None = None) -> Scenario:
    """The scenario that `text` spells; its errors name places in `origin`."""
    _check_length(text, origin, limits)
    listing = listing_of(text, origin)
    block = script_block_of(listing, origin)
    metadata = metadata_of(block) if block else NO_METADATA
    cells = tuple(cells_of(listing, block.last if block else 0))
    if not cells:
        raise origin.error(None, f"there is no code in it; write for example  {_FIRST_PROGRAM}")
    story = story_of(listing)
    heading, rest = ("", story) if metadata.title else _headed(story)
    return Scenario(
        source=listing.text,
        cells=cells,
        title=metadata.title or heading or _stem(origin.filename),
        story=rest,
        tags=metadata.tags,
        level=metadata.level,
        closed_forms=MappingProxyType(dict(metadata.closed_forms)),
        expectations=metadata.expectations,
        filename=origin.filename,
    )


def _lines(text: str) -> int:
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


def _check_length(text: str, origin: Origin, limits: Limits | None) -> None:
    """Nothing of `text` is read for this."""
    if len(text) > LIMIT:
        raise origin.error(None, f"it has {len(text):,} characters; a program of up to {LIMIT:,} was expected")
    if limits is not None and is_too_long(text, limits):
        lines = _lines(text)
        raise origin.error(
            None,
            f"the program has {len(text):,} characters in {lines:,} lines, and this page takes up to "
            f"{limits.code_characters:,} in {limits.code_lines:,}; shorten it, or run it on your own machine:  "
            "python -m graphviz_utils run FILE",
        )


def _headed(story: str) -> tuple[str, str]:
    """The heading that opens `story`, empty if there is none, and the rest."""
    first, _, rest = story.partition("\n")
    heading = first.removeprefix("# ").strip("# \t") if first.startswith("# ") else ""
    return (heading, rest.strip()) if heading else ("", story)


def _stem(filename: str) -> str:
    stem = "".join(sign for sign in PurePath(filename).stem if sign.isprintable())
    return "Untitled" if filename.startswith("<") or not stem.strip() else stem.strip()
