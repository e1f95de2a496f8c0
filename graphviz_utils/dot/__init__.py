"""The DOT room: an annotated graph becomes text for Graphviz, and nothing is touched."""

from graphviz_utils.dot.boxes import boxes_and_arrows
from graphviz_utils.dot.ids import edge_id, node_id
from graphviz_utils.dot.numerals import number_text
from graphviz_utils.dot.palette import PALETTES, text_classes
from graphviz_utils.dot.sheet import Sheet, Use
from graphviz_utils.dot.sums import is_changed, sum_text
from graphviz_utils.dot.wording import cleaned, type_text
from graphviz_utils.dot.writing import Rooms, rooms_for, to_dot

__all__ = [
    "PALETTES",
    "Rooms",
    "Sheet",
    "Use",
    "boxes_and_arrows",
    "cleaned",
    "edge_id",
    "is_changed",
    "node_id",
    "number_text",
    "rooms_for",
    "sum_text",
    "text_classes",
    "to_dot",
    "type_text",
]
