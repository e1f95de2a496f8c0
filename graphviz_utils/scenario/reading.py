"""A program's text as a Scenario."""

from pathlib import PurePath
from types import MappingProxyType

from graphviz_utils.model import Scenario
from graphviz_utils.scenario.listing import listing_of
from graphviz_utils.scenario.metadata import NO_METADATA, metadata_of
from graphviz_utils.scenario.origin import Origin
from graphviz_utils.scenario.percent import cells_of, story_of
from graphviz_utils.scenario.script_block import script_block_of

__all__ = ["LIMIT", "read_scenario", "scenario_of"]

LIMIT = 1_000_000
"""The longest program, in characters; also the largest file, in bytes."""

_FIRST_PROGRAM = "import torch; x = torch.tensor(2.0, requires_grad=True); y = x ** 2; y.backward()"


def read_scenario(text: str, filename: str = "<scenario>") -> Scenario:
    """Read a program in percent cells, or one without any cells, as typed into an editor.

    The title is the metadata's, else a heading that opens the story, else the file's name. The program need not be
    valid Python: a syntax error shows when it is run. Nothing of it is run here.

    Raises:
        ScenarioError: names the file, the line, what stands there and what was expected.
    """
    return scenario_of(text, Origin(filename))


def scenario_of(text: str, origin: Origin) -> Scenario:
    """The scenario that `text` spells; its errors name places in `origin`."""
    if len(text) > LIMIT:
        raise origin.error(None, f"it has {len(text):,} characters; a program of up to {LIMIT:,} was expected")
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


def _headed(story: str) -> tuple[str, str]:
    """The heading that opens `story`, empty if there is none, and the rest."""
    first, _, rest = story.partition("\n")
    heading = first.removeprefix("# ").strip("# \t") if first.startswith("# ") else ""
    return (heading, rest.strip()) if heading else ("", story)


def _stem(filename: str) -> str:
    stem = "".join(sign for sign in PurePath(filename).stem if sign.isprintable())
    return "Untitled" if filename.startswith("<") or not stem.strip() else stem.strip()
