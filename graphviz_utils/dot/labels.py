"""What is written on a tensor, a wire and a gate."""

from graphviz_utils.dot.blocks import Block, Style, gap, sized, stacked, text
from graphviz_utils.dot.numerals import number_text
from graphviz_utils.dot.sheet import Sheet
from graphviz_utils.dot.sums import sum_text
from graphviz_utils.dot.tensors import flagged, tensor_block
from graphviz_utils.dot.wording import cleaned, named
from graphviz_utils.model import Node, Reading, Snapshot

__all__ = [
    "Sizes",
    "gate_block",
    "gate_text",
    "grad_block",
    "sum_lines",
    "tensor_lines",
    "value_block",
    "variable_text",
]

_WORD = 3


class Sizes:
    """Type sizes in points: the smallest is read up close, the names from the last row."""

    NAME = 20
    NUMBER = 18
    WIRE = 16
    SMALL = 13
    NOTE = 11
    TRUE_NAME = 10


def gate_text(node: Node) -> str:
    """What an operator is called: its human label, or autograd's name without the tail that all names share."""
    return cleaned(node.label, 18) or cleaned(node.name.partition("Backward")[0], 18) or "?"


def gate_block(sheet: Sheet, node: Node) -> Block:
    """The sign of an operator, a word smaller, and under it autograd's name if the look wants names."""
    words = gate_text(node)
    size = Sizes.WIRE if words[:3].isalpha() and len(words) >= _WORD else Sizes.NAME
    sign = text(words, Style(size, sheet.palette.ink, "bold"))
    if not sheet.look.names:
        return sign
    sign = sized(sign, sign.width, round(Sizes.NAME * 1.28))
    return stacked([sign, text(cleaned(node.name, 40), Style(Sizes.TRUE_NAME, sheet.palette.muted))])


def variable_text(node: Node) -> str:
    """The program's name for a node's only output; empty if it has none or several outputs."""
    return named(node.variable or "", 28) if len(node.outputs) < 2 else ""


def name_block(sheet: Sheet, node: Node | None, name: str) -> Block:
    """The name of a tensor; a word for one that the program gave no name stands back."""
    if node is not None and node.kind in ("leaf", "constant") and not node.variable:
        return text(name, Style(Sizes.SMALL, sheet.palette.muted))
    return text(name, Style(Sizes.NAME, sheet.palette.ink, "bold"))


def value_block(sheet: Sheet, tensor: Snapshot | None, size: int, name: str = "", typed: bool = True) -> Block | None:
    """A value, after `name =`; only the name if there is no value. A large one says its type if it is to be `typed`."""
    style = Style(size, sheet.palette.value)
    if tensor is None or not sheet.look.values:
        return text(name, style) if name else None
    block = tensor_block(tensor, style, sheet.look.digits, f"{name} = " if name else "", typed)
    return block if tensor.is_finite else flagged(block, sheet.palette.alert)


def grad_block(sheet: Sheet, reading: Reading, size: int, typed: bool = False) -> Block | None:
    """A gradient, slanted and marked ∂; a dash where none was seen although the run went backward.

    A large one says its type only if it is to be `typed` or there is no value of the same type beside it.
    """
    if not sheet.backward:
        return None
    tensor, value, style = reading.grad, reading.value, Style(size, sheet.palette.grad, "oblique")
    if tensor is None:
        return text("∂ –", style)
    alike = value is not None and (value.shape, value.dtype) == (tensor.shape, tensor.dtype) and sheet.look.values
    block = tensor_block(tensor, style, sheet.look.digits, "∂ ", typed or not alike)
    return block if tensor.is_finite else flagged(block, sheet.palette.alert)


def sum_lines(sheet: Sheet, id_: str, output: int = 0) -> list[Block]:
    """How a tensor's gradient came about: the sum of its contributions, and what `.grad` was before and after."""
    data, digits = sheet.graph.nodes[id_], sheet.look.digits
    style = Style(Sizes.SMALL, sheet.palette.grad, "oblique")
    lines: list[str] = []
    terms, total, used = sheet.contributions(id_, output), sheet.total(id_, output), sheet.reading(id_, output).grad
    if sheet.backward and total is not None and used is not None:
        said = sum_text(terms, total, used, digits, thing="uses" if data.get("use_of") is not None else "gradients")
        lines += [said] if said else []
    before, after = data.get("grad_before"), data.get("grad_after")
    if sheet.backward and before is not None and after is not None:
        told = before.shape == () and after.shape == ()
        lines.append(
            f".grad {number_text(before.item(), digits)} → {number_text(after.item(), digits)}"
            if told
            else "added to .grad"
        )
    return [text(line, style) for line in lines]


def tensor_lines(sheet: Sheet, id_: str, output: int = 0, name: str = "", typed: bool = True) -> list[Block]:
    """Name, value, gradient and its sum, one above the other; nothing where none of them is known."""
    reading, node = sheet.reading(id_, output), sheet.node(id_)
    lines = [name_block(sheet, node, name)] if name else []
    value = value_block(sheet, reading.value, Sizes.NUMBER, typed=typed)
    lines += [value] if value else []
    if node is not None and node.kind in ("op", "leaf"):
        grad = grad_block(sheet, reading, Sizes.NUMBER)
        lines += [grad] if grad else []
        lines += sum_lines(sheet, id_, output)
    return lines


def spaced(lines: list[Block]) -> Block:
    """The lines with a little air between them."""
    parts = [part for line in lines for part in (gap(1, 3), line)]
    return stacked(parts[1:])
