"""Which rule a node follows."""

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue import RULES
from graphviz_utils.rules.catalogue.comparing import detached_rule
from graphviz_utils.rules.pytorch import pytorch_rule
from graphviz_utils.rules.rule import Rule

__all__ = ["rule_of"]

_LEAF = Rule("collects", "A leaf collects: whatever arrives is added to its .grad.")
_CONSTANT = Rule("cuts", "A constant needs no gradient: nothing is sent here.")
_PATCHED = Rule(
    "routes",
    "Part of a tensor was changed in place: its gradient goes back through that change, the rest to what was there.",
    source="unknown",
)
_OWN = Rule("computes", "A function of the program's own: its backward decides what goes back.", source="program")
_UNKNOWN = Rule(
    "computes", "Neither this page nor PyTorch's table of derivatives has a formula here.", source="unknown"
)


def rule_of(node: Node) -> Rule:
    """The rule of `node`: a curated one, else PyTorch's own formula, else what can be said without one."""
    if node.kind == "detached":
        return detached_rule(node, RULES)
    if node.kind != "op":
        return _LEAF if node.kind == "leaf" else _CONSTANT
    entry = RULES.get(node.name) or RULES.get(node.name.removesuffix("_copy"))
    curated = entry(node) if callable(entry) else entry
    if curated is not None:
        return curated
    if node.name == "CopySlices":
        return _PATCHED
    if node.operator is None and node.name.endswith("Backward"):
        return _OWN
    return pytorch_rule(node) or _UNKNOWN
