"""The few signs by which a person recognises an operator: `2 ×`, `x⁴`, `+ 1`, `mean`."""

import re
from collections.abc import Mapping
from typing import Any

from graphviz_utils.tracing.entries import ArgumentEntry, NodeEntry

__all__ = ["label_of"]

_SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")

_INFIX = {"add": "+", "sub": "−", "rsub": "−", "mul": "×", "div": "÷", "mm": "@", "bmm": "@", "mv": "@", "dot": "·"}
_COMPARISON = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_COMMUTES = frozenset({"mul"})
_FUNCTION_NAMES = {
    "t": "transpose",
    "addmm": "linear",
    "_softmax": "softmax",
    "_log_softmax": "log softmax",
    "convolution": "conv",
    "native_layer_norm": "layer norm",
    "native_batch_norm": "batch norm",
    "_to_copy": "to",
    "neg": "−",
    "threshold_backward": "relu′",
}


def label_of(entry: NodeEntry) -> str:
    """A short label for a node, without the name of the variable that holds its result."""
    if entry.kind in ("leaf", "constant"):
        return entry.variable or entry.kind
    if entry.operator is None and entry.name.endswith("Backward"):
        return entry.name.removesuffix("Backward") or entry.name
    word = _word(entry)
    arguments = {argument.name: argument for argument in entry.arguments}
    if word == "pow":
        return _power(arguments)
    if word in _INFIX or word in _COMPARISON:
        return _infix(word, arguments)
    return _FUNCTION_NAMES.get(word, word.strip("_").replace("_", " "))


def _word(entry: NodeEntry) -> str:
    """What the operator is called, without the underscore of its in-place form; else autograd's name for it."""
    if entry.operator is None:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"Backward\d*$", "", entry.name)).lower()
    word = entry.operator.split(".")[1]
    return word if word.endswith("__") else word.removesuffix("_")


def _infix(word: str, arguments: Mapping[str, ArgumentEntry]) -> str:
    sign = _INFIX.get(word) or _COMPARISON[word]
    other = arguments.get("other")
    alpha = arguments.get("alpha")
    factor = "" if alpha is None or alpha.place is not None or alpha.literal == 1 else f" {_number(alpha.literal)} ×"
    if other is None or other.place is not None:
        return f"{sign}{factor}"
    number = _number(other.literal)
    if word == "rsub" or word in _COMMUTES:
        return f"{number} {sign}"
    return f"{sign}{factor} {number}"


def _power(arguments: Mapping[str, ArgumentEntry]) -> str:
    base, exponent = arguments.get("self"), arguments.get("exponent")
    if base is None or exponent is None or exponent.place is not None:
        name = "" if base is None else _number(base.literal) if base.place is None else _name(base)
        return f"{name} ^"
    number = _number(exponent.literal)
    if number == "½" or number == "0.5":
        return f"√{_name(base)}"
    return f"{_name(base)}{number.replace('−', '-').translate(_SUPERSCRIPTS)}"


def _name(argument: ArgumentEntry) -> str:
    """The variable's own name where it is short, else a box for it."""
    name = None if argument.place is None else argument.place[0].variable
    return name if name is not None and len(name) <= 8 and name.isidentifier() else "□"


def _number(literal: Any) -> str:
    if isinstance(literal, float):
        literal = int(literal) if literal.is_integer() and abs(literal) < 1e6 else float(f"{literal:.4g}")
    return str(literal).replace("-", "−")
