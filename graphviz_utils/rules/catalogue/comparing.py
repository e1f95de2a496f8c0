"""What gives no gradient back at all: comparisons, logic and cuts, by the name that ATen has for them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.entry import Entry
from graphviz_utils.rules.expressions import names_in, parse
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
    | {"detach": Rule("cuts", _CUT, forward="self"), "clone": Rule("cuts", _CUT)}
)
"""Without a graph, a copy may be of what somebody else made of the tensor on the way: its conjugate, say."""

_OTHER = Rule("cuts", _CUT)


_MOST_OVERLOADS = 4
_BESIDES = frozenset({"dtype", "layout", "device", "pin_memory", "memory_format", "non_blocking", "generator"})
"""Arguments that say how a result is stored."""


def detached_rule(node: Node, rules: Mapping[str, Entry]) -> Rule:
    """The rule of an operator whose result has no history although what it took has one.

    What it computes is what it would compute with a history, as `rules` have it by autograd's names.
    """
    name = (node.operator or "..").split(".")[1].rstrip("_")
    known = _RULES.get(name)
    return known or next(_with_history(node, name, rules), None) or _OTHER


def _with_history(node: Node, name: str, rules: Mapping[str, Entry]) -> Iterator[Rule]:
    """The rules that speak of all arguments of a node, and of no others."""
    given = {argument.name for argument in node.arguments if not (argument.is_literal and argument.literal is None)}
    prefix = "".join(part.title() for part in name.split("_"))
    for overload in range(_MOST_OVERLOADS):
        entry = rules.get(f"{prefix}Backward{overload}")
        rule = entry(node) if callable(entry) else entry
        if rule is not None and rule.forward is not None:
            used = names_in(parse(rule.forward))
            if given - _BESIDES <= used <= given | rule.defaults.keys():
                yield replace(rule, role="cuts", sentence=_CUT, backward={}, bends={})
