"""A tensor as a block: a number, a small matrix in brackets, or shape and statistics."""

from collections.abc import Sequence
from typing import Any

from graphviz_utils.dot.blocks import Block, Style, beside, framed, gap, padded, stacked, text
from graphviz_utils.dot.numerals import number_text
from graphviz_utils.dot.wording import cleaned, shape_text
from graphviz_utils.fonts import Face
from graphviz_utils.model import Snapshot

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "matrix_rows", "statistics_lines", "tensor_block"]

MOST_ROWS, MOST_COLUMNS = 4, 6
_MATRIX_SIZE = 0.88  # of the size of a lone number: a matrix is read up close
_STATISTICS_SIZE = 0.76
_SLANTED: dict[Face, Face] = {"sans": "mono", "oblique": "mono-oblique"}


def tensor_block(tensor: Snapshot, style: Style, digits: int, mark: str = "", typed: bool = True) -> Block:
    """`tensor` in `style`, with `mark` before it (`y = ` or `∂ `); a large one says its shape and dtype if `typed`."""
    if tensor.shape == () and tensor.data is not None:
        return text(mark + number_text(tensor.data, digits), style)
    rows = matrix_rows(tensor, digits)
    if rows:
        body = _bracketed(stacked([text(row, _matrix_style(style)) for row in rows]), style.colour)
    else:
        small = Style(max(11, style.size * _STATISTICS_SIZE), style.colour, style.face)
        lines = statistics_lines(tensor, digits)
        shown = lines if typed or len(lines) == 1 else lines[1:]
        body = stacked([text(line, small) for line in shown], align="LEFT")
    return beside([text(mark, style), body]) if mark else body


def flagged(block: Block, colour: str) -> Block:
    """The block inside a strong frame, for numbers that are none."""
    return framed(padded(block, 4, 1), colour, 1, thickness=2)


def matrix_rows(tensor: Snapshot, digits: int) -> tuple[str, ...]:
    """The rows of a small vector or matrix with aligned columns; empty for every other tensor."""
    if tensor.data is None or not 1 <= len(tensor.shape) <= 2 or tensor.numel == 0:
        return ()
    table: Sequence[Sequence[Any]] = tensor.data if len(tensor.shape) == 2 else (tensor.data,)
    if len(table) > MOST_ROWS or len(table[0]) > MOST_COLUMNS:
        return ()
    written = [[number_text(number, digits) for number in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*written, strict=True)]
    return tuple("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in written)


def statistics_lines(tensor: Snapshot, digits: int) -> tuple[str, ...]:
    """Shape and dtype, then what all elements say together; NaN and infinities come first."""
    stats = tensor.stats
    lines = [f"{shape_text(tensor.shape)} {cleaned(tensor.dtype)}"]
    broken = [f"{count:,} {word}" for count, word in ((stats.nan, "nan"), (stats.inf, "inf")) if count]
    lines += [" · ".join(broken)] if broken else []
    pairs = (("mean", stats.mean), ("norm", stats.norm))
    lines += [f"{word} {number_text(number, digits)}" for word, number in pairs if number is not None]
    return (*lines, "empty") if tensor.numel == 0 else tuple(lines)


def _matrix_style(style: Style) -> Style:
    return Style(round(max(11, style.size * _MATRIX_SIZE)), style.colour, _SLANTED.get(style.face, style.face))


def _bracketed(body: Block, colour: str) -> Block:
    bar = gap(5, body.height + 4)
    left, right = framed(bar, colour, 0, "LTB"), framed(bar, colour, 0, "TRB")
    return beside([left, padded(body, 3, 2), right])
