"""What a catalogue of rules holds."""

from collections.abc import Callable

from graphviz_utils.model import Node
from graphviz_utils.rules.rule import Rule

__all__ = ["Catalogue", "Entry"]

Entry = Rule | Callable[[Node], Rule | None]
"""A rule, or what picks one by a node's operator and arguments, and `None` where it knows none."""

Catalogue = dict[str, Entry]
"""By the name that autograd has for a node: `MulBackward0`."""
