"""What a node computes, as expressions of what it was given."""

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_utils.model import Argument, Node, Trace
from graphviz_utils.rules.application import Application
from graphviz_utils.rules.evaluation import UnseenError, evaluated
from graphviz_utils.rules.expressions import names_in
from graphviz_utils.rules.lookup import rule_of
from graphviz_utils.running.child.derivation.inputs import plain
from graphviz_utils.running.child.derivation.obstacles import ObstacleError, named, usable
from graphviz_utils.running.child.derivation.words import Words, expressions

__all__ = ["Given", "computed", "outputs"]

Given = Callable[[Argument], Any]
"""The array that stands for an argument."""


def outputs(trace: Trace, node: Node, given: Given, words: Words) -> list[Any]:
    """An array of expressions for the outputs of `node` that its rule has a formula for: all, or the first.

    `given` are the arrays that stand for its arguments.

    Raises:
        ObstacleError: there is no formula, or it does not fit.
    """
    arrays = computed(trace, node, given, words)
    try:  # one number may stand for all elements
        return [np.broadcast_to(array, meta.shape) for array, meta in zip(arrays, node.outputs, strict=False)]
    except ValueError as error:
        raise _no_formula(node) from error


def computed(trace: Trace, node: Node, given: Given, words: Words) -> list[Any]:
    """What the operator of `node` computes, of whatever shape.

    Raises:
        ObstacleError: there is no formula.
    """
    if reason := _on_purpose(node):
        raise ObstacleError(f"{named(node)} sends back what is no derivative, and that on purpose: {reason}")
    application = _application(trace, node)
    if application is None or application.forward is None:
        raise _no_formula(node)
    try:
        values = {name: _value(application, name, given) for name in names_in(application.forward)}
        found = evaluated(application.forward, values, words)
        several = list(found) if isinstance(found, (tuple, list)) else [found]
        return [np.array(expressions(each), dtype=object) for each in several]
    except (UnseenError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _no_formula(node) from error


def _on_purpose(node: Node) -> str:
    """What a program asks for that makes a gradient something else than a derivative."""
    if node.name != "EmbeddingBackward0":
        return ""
    asked = {argument.name: argument.literal for argument in node.arguments if argument.is_literal}
    return (
        "scale_grad_by_freq"
        if asked.get("scale_grad_by_freq")
        else "padding_idx"
        if asked.get("padding_idx", -1) >= 0
        else ""
    )


def _value(application: Application, name: str, given: Given) -> Any:
    """What stands for an argument; what the node kept of itself, a mask or a choice of elements, as plain numbers."""
    if name in application.arguments:
        return given(application.arguments[name])
    snapshot = usable(application.node, application.value(name))
    return plain(snapshot)


def _application(trace: Trace, node: Node) -> Application | None:
    try:
        return Application(trace, node, rule_of(node))
    except OSError:  # PyTorch's own formulas are in a file that is out of reach here, and of gradients only
        return None


def _no_formula(node: Node) -> ObstacleError:
    if node.operator is None and node.name.endswith("Backward"):
        return ObstacleError(f"{named(node)} is computed by a function of the program's own")
    return ObstacleError(f"{named(node)} has no formula here")
