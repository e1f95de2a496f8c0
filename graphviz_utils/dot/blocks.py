"""Rectangles of known size, set side by side or one above the other, written as HTML-like labels.

Every cell gets its measured width and height and holds its text at the left edge, so that no engine's guess of a
text's width can move anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphviz_utils.dot.wording import escaped, legible
from graphviz_utils.fonts import Face, font_family, text_width

__all__ = ["Block", "Style", "beside", "framed", "gap", "padded", "ported", "rule", "sized", "stacked", "text"]

_LINE_HEIGHT = 1.28


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: its size in points, its colour and its face."""

    size: float
    colour: str
    face: Face = "sans"


@dataclass(frozen=True, slots=True)
class Block:
    """`width` by `height` points of label; `content` is what stands in its table cell, `attributes` are the cell's."""

    width: int
    height: int
    content: str = ""
    attributes: str = ""

    @property
    def html(self) -> str:
        """The block as a whole label, without the outer angle brackets."""
        return _table(f"<TR>{_cell(self)}</TR>", self)


def text(line: str, style: Style) -> Block:
    """One line of text, the only way for words to get into a picture: whatever they are, they are shown."""
    line = legible(line)
    width, height = math.ceil(text_width(line, style.size, style.face)), round(style.size * _LINE_HEIGHT)
    if not line:
        return Block(width, height)  # Graphviz takes no words of length nothing
    marked = escaped(line)
    marked = f"<B>{marked}</B>" if style.face == "bold" else marked
    marked = f"<I>{marked}</I>" if style.face.endswith("oblique") else marked
    family = f' FACE="{font_family(style.face)}"' if style.face.startswith("mono") else ""
    content = f'<FONT{family} POINT-SIZE="{style.size:g}" COLOR="{style.colour}">{marked}</FONT>'
    return Block(width, height, content)


def gap(width: int, height: int) -> Block:
    """Nothing, of that size."""
    return Block(width, height)


def rule(width: int, height: int, colour: str) -> Block:
    """A rectangle of one colour."""
    return Block(width, height, "", f' BGCOLOR="{colour}"')


def stacked(blocks: Sequence[Block], align: str = "CENTER") -> Block:
    """Blocks one above the other; narrower ones are centred, or stand at the `LEFT` or `RIGHT`."""
    width, height = max(block.width for block in blocks), sum(block.height for block in blocks)
    rows = "".join(f"<TR>{_cell(_widened(block, width, align))}</TR>" for block in blocks)
    whole = Block(width, height)
    return blocks[0] if len(blocks) == 1 else replace(whole, content=_table(rows, whole))


def beside(blocks: Sequence[Block]) -> Block:
    """Blocks from left to right, lower ones in the middle of the height."""
    width, height = sum(block.width for block in blocks), max(block.height for block in blocks)
    cells = "".join(_cell(_heightened(block, height)) for block in blocks)
    whole = Block(width, height)
    return blocks[0] if len(blocks) == 1 else replace(whole, content=_table(f"<TR>{cells}</TR>", whole))


def padded(block: Block, x: int, y: int) -> Block:
    """The block with `x` points of air on its left and right and `y` above and below."""
    return Block(block.width + 2 * x, block.height + 2 * y, block.html)


def framed(block: Block, colour: str, inset: int, sides: str = "LTRB", thickness: int = 1) -> Block:
    """The block inside a line at its own edge, or at some of its sides, and `inset` points of ground around that."""
    attributes = f' BORDER="{thickness}" SIDES="{sides}" COLOR="{colour}"'
    inner = Block(block.width + 2 * thickness, block.height + 2 * thickness, block.html, attributes)
    return padded(inner, inset, inset) if inset else inner


def sized(block: Block, width: int, height: int, align: str = "CENTER") -> Block:
    """The block in the middle of a larger one, or at its `LEFT` or `RIGHT`."""
    return Block(width, height, _table(f"<TR>{_cell(block)}</TR>", block, align))


def ported(block: Block, port: str) -> Block:
    """The block as a place where wires can end."""
    return Block(block.width, block.height, block.html, f' PORT="{port}"')


def _table(rows: str, block: Block, align: str = "CENTER") -> str:
    """A table of the block's size; a table without a fixed size would grow to fill the cell it stands in."""
    placed = "" if align == "CENTER" else f' ALIGN="{align}"'
    size = f'FIXEDSIZE="TRUE" WIDTH="{block.width}" HEIGHT="{block.height}"'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}{placed}>{rows}</TABLE>'


def _cell(block: Block) -> str:
    size = f'FIXEDSIZE="TRUE" WIDTH="{block.width}" HEIGHT="{block.height}"'
    align = ' ALIGN="LEFT" BALIGN="LEFT"' if block.content.startswith("<FONT") else ""
    return f"<TD {size}{align}{block.attributes}>{block.content}</TD>"


def _widened(block: Block, width: int, align: str) -> Block:
    return block if block.width == width else sized(block, width, block.height, align)


def _heightened(block: Block, height: int) -> Block:
    return block if block.height == height else sized(block, block.width, height)
