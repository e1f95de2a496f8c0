"""What a rule is: expressions in a small language, from which the formula, its numbers and its symbols are all made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from graphviz_utils.model import Role, RuleSource

__all__ = ["Bend", "Rule"]

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bend:
    """Where an operator has no single slope: expressions for where that is, and for the slopes on either side."""

    where: str
    below: str
    above: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What one operator computes, and what it sends back along each of its slots.

    Expressions are Python's, of the operator's arguments by the names its schema gives them, of `grad`, what the node
    received (`grads[i]` where it has several outputs), of `result`, what it computed (`results[i]`), and of what it
    saved besides, by PyTorch's name (`result1`). `forward` does with the arguments alone, and what it gives is
    broadcast to the shape of the result. `backward` has one for each argument that a gradient can be sent to; of a list
    of tensors, `tensors[i]` is for all, with their place as `i`. What an expression gives is fitted to the argument
    afterwards: added up where the argument was broadcast, repeated where it is smaller, real where the argument is.

    `defaults` are what the schema takes for arguments that a call leaves out. `bends` tells of kinks, by argument.
    `text` is PyTorch's own formula for each argument, as code, where `source` is "PyTorch".
    """

    role: Role
    sentence: str
    forward: str | None = None
    backward: Mapping[str, str] = field(default_factory=lambda: _NONE)
    defaults: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    bends: Mapping[str, Bend] = field(default_factory=lambda: _NONE)
    source: RuleSource = "curated"
    text: Mapping[str, str] = field(default_factory=lambda: _NONE)
