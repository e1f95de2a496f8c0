"""What a rule asks of the call that made its node."""

from typing import Any

from graphviz_utils.model import Node

__all__ = ["given"]


def given(node: Node, name: str, default: Any = None) -> Any:
    """What stood in the call for the argument `name`, where that is no tensor; `default` if nothing did."""
    found = next((each for each in node.arguments if each.name == name and each.is_literal), None)
    return default if found is None else found.literal
