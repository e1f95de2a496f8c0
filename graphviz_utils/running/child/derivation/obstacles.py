"""Why there is no closed form, in words."""

from graphviz_utils.model import Node, Snapshot

__all__ = ["MOST_ELEMENTS", "MOST_OPERATORS", "ObstacleError", "named", "usable"]

MOST_OPERATORS = 300
"""Nodes of one pass that are written out."""
MOST_ELEMENTS = 64
"""Elements of one tensor that are written out."""


class ObstacleError(Exception):
    """Something that keeps from a closed form; its message is a sentence without a full stop."""


def named(node: Node) -> str:
    """What a sentence calls a node: its variable, or autograd's name and its line."""
    place = "" if node.line is None else f" on line {node.line}"
    return node.variable or f"{'a leaf' if node.kind == 'leaf' else node.name}{place}"


def usable(node: Node, snapshot: Snapshot | None) -> Snapshot:
    """`snapshot`, of which every element is needed.

    Raises:
        ObstacleError: it has not got them, or too many of them, or they are complex.
    """
    if snapshot is None:
        raise ObstacleError(f"the value of {named(node)} was not seen")
    if snapshot.is_complex:
        raise ObstacleError(f"{named(node)} is complex, and formulas are written out for real numbers only")
    if snapshot.numel > MOST_ELEMENTS:
        raise ObstacleError(
            f"{named(node)} has {snapshot.numel:,} elements, and up to {MOST_ELEMENTS} of a tensor are written out"
        )
    if snapshot.data is None:
        raise ObstacleError(f"the elements of {named(node)} were not kept")
    return snapshot
