"""The DOT room: an annotated graph becomes text for Graphviz, and nothing is touched."""

from graphviz_utils.dot.palette import text_classes
from graphviz_utils.dot.writing import to_dot

__all__ = ["text_classes", "to_dot"]
