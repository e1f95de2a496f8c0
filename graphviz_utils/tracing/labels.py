"""The few signs by which a person recognises an operator: `2 ×`, `x⁴`, `+ 1`, `[1:3]`, `sum dim=1`."""

import re
from collections.abc import Mapping
from typing import Any

from graphviz_utils.tracing.entries import ArgumentEntry, NodeEntry

__all__ = ["label_of"]

Arguments = Mapping[str, ArgumentEntry]

_SUPERSCRIPTS = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")
_TO_THE_END = 2**63 - 1  # what a slice without an end has in its place

_INFIX = {
    "add": "+",
    "sub": "−",
    "rsub": "−",
    "mul": "×",
    "div": "÷",
    "floor_divide": "//",
    "remainder": "%",
    "fmod": "%",
    "mm": "@",
    "bmm": "@",
    "mv": "@",
    "dot": "·",
    "eq": "=",
    "ne": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
}
_NUMBER_FIRST = frozenset({"mul", "rsub"})
_AROUND = {
    "neg": ("−{}", "neg"),
    "abs": ("|{}|", "|·|"),
    "sqrt": ("√{}", "√"),
    "rsqrt": ("1/√{}", "1 ÷ √"),
    "reciprocal": ("1/{}", "1 ÷"),
}
"""What stands around a short name, and what is written where there is none."""
_WORDS = {
    "t": "transpose",
    "addmm": "linear",
    "addmv": "linear",
    "baddbmm": "linear",
    "view": "reshape",
    "unsafe_view": "reshape",
    "reshape_alias": "reshape",
    "split_with_sizes": "split",
    "to_copy": "to",
    "empty_like": "filled",
    "new_empty": "filled",
    "maximum": "max",
    "minimum": "min",
    "amax": "max",
    "amin": "min",
    "vector_norm": "norm",
    "mse_loss": "MSE loss",
    "nll_loss": "NLL loss",
    "nll_loss2d": "NLL loss",
    "l1_loss": "L1 loss",
    "smooth_l1_loss": "smooth L1 loss",
    "binary_cross_entropy": "BCE loss",
    "binary_cross_entropy_with_logits": "BCE with logits",
    "threshold": "relu",
}
_FAMILIES = {
    "attention": "attention",
    "convolution": "conv",
    "batch_norm": "batch norm",
    "max_pool": "max pool",
    "avg_pool": "avg pool",
    "upsample": "upsample",
    "lstm_cell": "LSTM cell",
    "gru_cell": "GRU cell",
}
"""A part of an operator's name, whatever machine and number of dimensions the rest of it tells."""
_RECURRENT = ("RNN", "RNN", "LSTM", "GRU")
"""By the number that PyTorch calls their mode."""
_ALONG = re.compile(
    "sum|mean|prod|max|min|amax|amin|var|std|vector_norm|logsumexp|softmax|log_softmax|cumsum|cumprod|"
    "argmax|argmin|cat|stack|unbind|sort|median|all|any"
)


def label_of(entry: NodeEntry) -> str:
    """A short label for a node, without the name of the variable that holds its result."""
    if entry.kind in ("leaf", "constant"):
        return entry.variable or entry.kind
    if entry.operator is None and entry.name.endswith("Backward"):
        return entry.name.removesuffix("Backward") or entry.name
    word, derived = _word(entry)
    label = _signs(word, {argument.name: argument for argument in entry.arguments})
    return f"{label}′" if derived else label


def _word(entry: NodeEntry) -> tuple[str, bool]:
    """What the operator is called, without what only PyTorch's kernels need to tell; and whether it is a derivative.

    Without an operator, autograd's name for it.
    """
    if entry.operator is None:
        word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"Backward\d*$", "", entry.name)).lower()
    else:
        word = entry.operator.split(".")[1]
    if word.endswith("__"):
        return word, False
    word, derived = re.subn(r"_backward(_data)?$", "", word.strip("_"))
    return re.sub(r"^(native|linalg|special|unsafe(?!_view))_|_(ex|forward)$", "", word), bool(derived)


def _signs(word: str, arguments: Arguments) -> str:
    if word == "pow":
        return _power(arguments)
    if word in _INFIX:
        return _infix(word, arguments)
    if word in _AROUND:
        return _around(word, arguments)
    if word in ("select", "slice"):
        return _subscript(word, arguments)
    if word.startswith("clamp"):
        return _clamp(arguments)
    if "rnn" in word.split("_"):
        return _recurrent(arguments)
    name = next((sign for part, sign in _FAMILIES.items() if part in word), None)
    name = name or _WORDS.get(word) or word.replace("_", " ")
    return f"{name}{_along(arguments) if _ALONG.fullmatch(word) else _target(arguments) if word == 'to_copy' else ''}"


def _infix(word: str, arguments: Arguments) -> str:
    sign, other, alpha = _INFIX[word], arguments.get("other"), _known(arguments, "alpha")
    factor = "" if alpha in (None, 1) else f" {_number(alpha)} ×"
    if other is None or other.place is not None:
        return f"{sign}{factor}"
    number = _number(other.literal)
    return f"{number} {sign}" if word in _NUMBER_FIRST else f"{sign}{factor} {number}"


def _power(arguments: Arguments) -> str:
    base, exponent = _known(arguments, "self"), _known(arguments, "exponent")
    if exponent is None:
        return "^" if base is None else f"{_number(base)} ^"
    if exponent == 0.5:
        return _around("sqrt", arguments)
    return f"{_name(arguments) or '(·)'}{_number(exponent).translate(_SUPERSCRIPTS)}"


def _around(word: str, arguments: Arguments) -> str:
    sign, bare = _AROUND[word]
    name = _name(arguments)
    return sign.format(name) if name else bare


def _subscript(word: str, arguments: Arguments) -> str:
    """As Python writes it: `[0]`, `[1:3]`, `[:, ::2]`."""
    dim = _known(arguments, "dim") or 0
    if word == "select":
        taken = _number(_known(arguments, "index"))
    else:
        start, end, step = (_known(arguments, name) for name in ("start", "end", "step"))
        taken = f"{_number(start) if start else ''}:{'' if end in (None, _TO_THE_END) else _number(end)}"
        taken += f":{step}" if step not in (None, 1) else ""
    if not arguments or "None" in taken or dim < -1:
        return word
    return f"[…, {taken}]" if dim < 0 else f"[{':, ' * dim}{taken}]"


def _clamp(arguments: Arguments) -> str:
    least, most = _known(arguments, "min"), _known(arguments, "max")
    if least is not None and most is not None:
        return f"clamp {_number(least)}…{_number(most)}"
    if least is not None:
        return f"clamp ≥ {_number(least)}"
    return "clamp" if most is None else f"clamp ≤ {_number(most)}"


def _recurrent(arguments: Arguments) -> str:
    mode = _known(arguments, "mode")
    return _RECURRENT[mode] if mode in range(len(_RECURRENT)) else "RNN"


def _along(arguments: Arguments) -> str:
    dim = _known(arguments, "dim")
    dims = dim if isinstance(dim, tuple) else () if dim is None else (dim,)
    return f" dim={','.join(map(_number, dims))}" if dims else ""


def _target(arguments: Arguments) -> str:
    dtype = _known(arguments, "dtype")
    return "" if dtype is None else f" {dtype}"


def _known(arguments: Arguments, name: str) -> Any:
    """What the program itself says there; `None` for a tensor and for what is left out."""
    argument = arguments.get(name)
    return None if argument is None or argument.place is not None else argument.literal


def _name(arguments: Arguments) -> str:
    """The name of the variable that an operator takes, where it is short."""
    argument = arguments.get("self")
    name = None if argument is None or argument.place is None else argument.place[0].variable
    return name if name is not None and len(name) <= 8 and name.isidentifier() else ""


def _number(literal: Any) -> str:
    if isinstance(literal, float):
        literal = int(literal) if literal.is_integer() and abs(literal) < 1e6 else float(f"{literal:.4g}")
    mantissa, mark, exponent = str(literal).partition("e")
    raised = f"×10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if mark and exponent.lstrip("+-").isdigit() else ""
    return (f"{mantissa}{raised}" if raised else str(literal)).replace("-", "−")
