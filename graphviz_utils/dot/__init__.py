"""The DOT room: an annotated graph becomes text for Graphviz, and nothing is touched."""

from graphviz_utils.dot.palette import text_classes
from graphviz_utils.dot.sums import is_changed
from graphviz_utils.dot.writing import to_dot

__all__ = ["is_changed", "text_classes", "to_dot"]
