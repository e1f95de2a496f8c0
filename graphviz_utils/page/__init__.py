"""What the page knows apart from its widgets: programs and links in, runs in the background, words and tables out."""

from graphviz_utils.page.attempts import Attempt, unhurried
from graphviz_utils.page.catalogue import LEVELS, OWN, matching, offered, pick_label, tags_of
from graphviz_utils.page.exporting import exported, files_of
from graphviz_utils.page.guarding import Guard, guard_of, is_loopback, tried_out
from graphviz_utils.page.images import Drawn, drawn, empty_html, image_html
from graphviz_utils.page.leaves import LeafRow, leaf_columns, leaf_rows
from graphviz_utils.page.links import code_of_link, link_of_code
from graphviz_utils.page.listings import excerpt
from graphviz_utils.page.markup import (
    ICON,
    cell_html,
    claims_html,
    legend_html,
    notes_html,
    style_html,
    verdict_html,
)
from graphviz_utils.page.programs import Program, opened, ready_programs
from graphviz_utils.page.proving import Proving, proved
from graphviz_utils.page.runs import Ran
from graphviz_utils.page.stories import calm_story, parted, set_story
from graphviz_utils.page.troubles import trouble_of
from graphviz_utils.page.visits import Visit
from graphviz_utils.page.wording import described, pass_titles, tensor_text, verdict_sentence

__all__ = [
    "ICON",
    "LEVELS",
    "OWN",
    "Attempt",
    "Drawn",
    "Guard",
    "LeafRow",
    "Program",
    "Proving",
    "Ran",
    "Visit",
    "calm_story",
    "cell_html",
    "claims_html",
    "code_of_link",
    "described",
    "drawn",
    "empty_html",
    "excerpt",
    "exported",
    "files_of",
    "guard_of",
    "image_html",
    "is_loopback",
    "leaf_columns",
    "leaf_rows",
    "legend_html",
    "link_of_code",
    "matching",
    "notes_html",
    "offered",
    "opened",
    "parted",
    "pass_titles",
    "pick_label",
    "proved",
    "ready_programs",
    "set_story",
    "style_html",
    "tags_of",
    "tensor_text",
    "tried_out",
    "trouble_of",
    "unhurried",
    "verdict_html",
    "verdict_sentence",
]
