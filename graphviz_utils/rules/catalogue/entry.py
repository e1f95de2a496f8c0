"""What a catalogue of rules holds, and the shape that many of them share."""

from collections.abc import Callable

from graphviz_utils.model import Node
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["Catalogue", "Entry", "slope"]

Entry = Rule | Callable[[Node], Rule | None]
"""A rule, or what picks one by a node's operator and arguments, and `None` where it knows none."""

Catalogue = dict[str, Entry]
"""By the name that autograd has for a node: `MulBackward0`."""


def slope(forward: str, derivative: str, sentence: str, bend: Bend | None = None) -> Rule:
    """The rule of a function of one number, element by element: the gradient times its slope."""
    backward = {"self": f"conj({derivative}) * grad"}
    return Rule("scales", sentence, forward, backward, bends={} if bend is None else {"self": bend})
