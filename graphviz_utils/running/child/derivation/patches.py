"""A tensor of which a part was changed in place, through a view: what it holds afterwards."""

from dataclasses import replace
from typing import Any

import numpy as np

from graphviz_utils.model import Argument, Node, Trace
from graphviz_utils.running.child.derivation.formulas import Given, computed
from graphviz_utils.running.child.derivation.obstacles import ObstacleError, named
from graphviz_utils.running.child.derivation.words import Words

__all__ = ["patched"]

_DEEPEST = 8


def patched(trace: Trace, node: Node, base: tuple[str, Any], given: Given, words: Words) -> Any:
    """What `base`, a node and the array that stands for it, holds after `node` changed a view of it.

    Raises:
        ObstacleError: where the view lies, or what was written there, has no formula.
    """
    view = next((each for each in node.arguments if each.name == "self"), None)
    id_, before = base
    if view is None or not isinstance(view.node, str):
        raise ObstacleError(f"{named(node)} was changed in a place that is not known")
    positions = _positions(trace, view.node, (id_, np.arange(before.size).reshape(before.shape)), words)
    there = np.array(before.reshape(-1)[positions], dtype=object)

    def argument_of(argument: Argument) -> Any:
        return there if argument is view else given(argument)

    after = list(before.flat)
    written = np.broadcast_to(_written(trace, node, argument_of, words), positions.shape)
    for position, expression in zip(positions.flat, written.flat, strict=True):
        after[position] = expression
    return np.array(after, dtype=object).reshape(before.shape)


def _written(trace: Trace, node: Node, given: Given, words: Words) -> Any:
    if (node.operator or "").startswith("aten.copy_."):
        return next(given(argument) for argument in node.arguments if argument.name == "src")
    return computed(trace, replace(node, kind="detached", name=node.operator or ""), given, words)[0]


def _positions(trace: Trace, view: str, base: tuple[str, Any], words: Words, depth: int = 0) -> Any:
    """The elements of `base`, an array of their numbers, that the node `view` shows."""
    id_, numbers = base
    if view == id_:
        return numbers
    node = trace.node(view)
    if depth == _DEEPEST:
        raise ObstacleError(f"{named(node)} is a view of views too deep to follow")

    def numbers_of(argument: Argument) -> Any:
        if argument.slot is None or not isinstance(argument.node, str):
            raise ObstacleError(f"{named(node)} is no plain view")
        return _positions(trace, argument.node, base, words, depth + 1)

    (found,) = computed(trace, node, numbers_of, words)
    return found.astype(int)
