"""The places at an operator where its wires end, with names where it matters which wire goes where."""

from collections.abc import Mapping, Sequence

from graphviz_utils.dot.blocks import Block, Style, beside, padded, ported, sized, stacked, text
from graphviz_utils.dot.labels import Sizes
from graphviz_utils.dot.sheet import Sheet, Use
from graphviz_utils.dot.wording import cleaned
from graphviz_utils.model import Node

__all__ = ["numbered_outputs", "with_ports"]

_SYMMETRIC = frozenset({"add", "mul", "maximum", "minimum", "eq", "ne", "logaddexp", "logical_and", "logical_or"})
_MOST_PLACES = 24
"""More places would make a box that no screen holds; the wires then end where the layout likes."""


def numbered_outputs(sheet: Sheet, id_: str) -> list[int]:
    """The outputs of an operator that has several and not too many; they leave it at places with numbers."""
    node, outputs = sheet.node(id_), sheet.outputs(id_)
    return outputs if node is not None and len(node.outputs) > 1 and len(outputs) <= _MOST_PLACES else []


def with_ports(sheet: Sheet, id_: str, node: Node, middle: Block) -> tuple[Block, Mapping[int | str, str]]:
    """`middle` between the names of its arguments and the numbers of its outputs, where these need telling."""
    word = Style(Sizes.NOTE, sheet.palette.muted)
    names = _argument_names(node, sheet.takes(id_))
    entries = {key: f"i{index}" for index, key in enumerate(names)}
    heads = [(entries[key], text(name, word)) for key, name in names.items()]
    tails = [(f"o{output}", text(f"out {output}", word)) for output in numbered_outputs(sheet, id_)]
    if sheet.look.direction == "LR":
        left = [_column(heads, middle.height, "LEFT")] if heads else []
        return beside([*left, middle, *([_column(tails, middle.height, "RIGHT")] if tails else [])]), entries
    above = [_row(heads, middle.width)] if heads else []
    return stacked([*above, middle, *([_row(tails, middle.width)] if tails else [])]), entries


def _column(names: Sequence[tuple[str, Block]], height: int, align: str) -> Block:
    """Places one above the other, together at least `height`."""
    width = max(name.width for _, name in names) + 14
    each = max(22, -(-height // len(names)))
    return stacked([ported(sized(padded(name, 7, 0), width, each, align), port) for port, name in names])


def _row(names: Sequence[tuple[str, Block]], width: int) -> Block:
    """Places side by side, together at least `width`."""
    least = -(-width // len(names))
    return beside([ported(sized(name, max(least, name.width + 14), 24), port) for port, name in names])


def _argument_names(node: Node, takes: tuple[Use, ...]) -> Mapping[int | str, str]:
    """Names at the heads of the wires into `node`, only where it matters which wire goes where."""
    operator = (node.operator or "").removeprefix("aten.").partition(".")[0].rstrip("_")
    is_symmetric = operator in _SYMMETRIC and all(argument.name != "alpha" for argument in node.arguments)
    if not 2 <= len(takes) <= _MOST_PLACES or is_symmetric:
        return {}
    told = {argument.slot: argument.name for argument in node.arguments if argument.slot is not None}
    names = {use.key: use.key if isinstance(use.key, str) else told.get(use.key, "slot") for use in takes}
    doubled = {name for name in names.values() if list(names.values()).count(name) > 1} | {"slot"}
    numbered = {key: f"{name} {key}" if name in doubled and name != key else name for key, name in names.items()}
    return {key: cleaned(name, 14) for key, name in numbered.items()}
