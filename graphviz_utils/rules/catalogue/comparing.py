"""What gives no gradient back at all: comparisons, logic and cuts, by the name that ATen has for them."""

from collections.abc import Mapping
from types import MappingProxyType

from graphviz_utils.model import Node
from graphviz_utils.rules.rule import Rule

__all__ = ["detached_rule"]

_CUT = "The graph is cut here: the value goes on, and no gradient comes back."
_YES_OR_NO = "Whether something holds does not change little by little: no gradient comes back."
_COMPARISONS = {
    "gt": "self > other",
    "ge": "self >= other",
    "lt": "self < other",
    "le": "self <= other",
    "eq": "self == other",
    "ne": "self != other",
    "isnan": "is_nan(self)",
    "isfinite": "is_finite(self)",
}
_RULES: Mapping[str, Rule] = MappingProxyType(
    {name: Rule("cuts", _YES_OR_NO, forward=forward) for name, forward in _COMPARISONS.items()}
    | {"detach": Rule("cuts", _CUT, forward="self")}
)
_OTHER = Rule("cuts", _CUT)


def detached_rule(node: Node) -> Rule:
    """The rule of an operator whose result has no history although what it took has one."""
    name = (node.operator or "..").split(".")[1]
    return _RULES.get(name.rstrip("_"), _OTHER)
