"""The wires: how strongly they are drawn, and what stands above and below them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graphviz_utils.dot.blocks import Block, Style, beside, gap, padded, ported, rule, sized, stacked, text
from graphviz_utils.dot.ids import edge_id
from graphviz_utils.dot.labels import Sizes, grad_block, value_block, variable_text
from graphviz_utils.dot.palette import Palette
from graphviz_utils.dot.sheet import Sheet, Use
from graphviz_utils.model import Snapshot

__all__ = ["Pen", "news", "pen", "places", "wire_block", "wire_pen"]

_THICKEST = 6
"""Points: the thickest wire."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How a wire is drawn: its width in points, colour and style."""

    width: float
    colour: str
    style: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """As DOT spells it."""
        return {"penwidth": f"{self.width:g}", "color": self.colour, "style": self.style}


def wire_pen(sheet: Sheet, use: Use) -> Pen:
    """How the wire of an edge is drawn; one that stands for several is only wider."""
    if use.merged > 1 and use.differentiable:
        return Pen(round(min(4.0, 1.4 + 0.5 * math.log2(use.merged)), 1), sheet.palette.wire, "solid")
    return pen(sheet.palette, use.reading.grad, use.differentiable, sheet.backward)


def pen(palette: Palette, grad: Snapshot | None, differentiable: bool, backward: bool) -> Pen:
    """Wires that carry no gradient are dashed; the others widen with the logarithm of their gradient's magnitude.

    A gradient of root mean square 1 is 2 points wide, a hundredfold one 4.2, a zero one 0.8; one that was not seen
    is dotted.
    """
    if not differentiable:
        return Pen(1.2, palette.faint, "dashed")
    if grad is None:
        return Pen(1.4, palette.wire, "dotted" if backward else "solid")
    if not grad.is_finite:
        return Pen(3, palette.alert, "solid")
    return Pen(round(_width(grad), 1), palette.wire, "solid")


def wire_block(sheet: Sheet, use: Use, told: bool, ink: Pen) -> Block | None:
    """What stands on the wire of an edge, with the wire itself through it; `None` if nothing needs to be said.

    `told`: the source shows its value and whole gradient already, so only a share of that gradient is news.
    """
    above, below = (
        _fitted(block, sheet.room(place)) for block, place in zip(news(sheet, use, told), places(use), strict=True)
    )
    return _along(above, below, ink, sheet.look.direction == "LR") if above or below else None


def _fitted(block: Block | None, room: tuple[int, int]) -> Block | None:
    """The block in the room that is kept for it, which may be more than it needs."""
    if block is None:
        return gap(*room) if any(room) else None
    return sized(block, max(room[0], block.width), max(room[1], block.height)) if any(room) else block


def places(use: Use) -> tuple[str, str]:
    """What the room above and the room below a wire are called."""
    id_ = edge_id(use.source, use.target, use.key)
    return f"{id_}~above", f"{id_}~below"


def news(sheet: Sheet, use: Use, told: bool) -> tuple[Block | None, Block | None]:
    """What is to be said above and below a wire."""
    if use.merged > 1:
        return text(f"{use.merged:,} wires", Style(Sizes.SMALL, sheet.palette.muted)), None
    node = sheet.node(use.source)
    name = variable_text(node) if node and not told else ""
    value = None if told else value_block(sheet, use.reading.value, Sizes.WIRE, name)
    is_news = not told or sheet.is_shared(use.source, use.output) or _differs(sheet, use)
    return value, grad_block(sheet, use.reading, Sizes.WIRE, typed=False) if use.differentiable and is_news else None


def _along(above: Block | None, below: Block | None, ink: Pen, level: bool) -> Block:
    """Blocks on both sides of a wire from left to right, or from top to bottom; its thickness moves nothing."""
    thick = max(1, round(ink.width))
    if level:
        width = max(block.width for block in (above, below) if block) + 8
        line = ported(sized(rule(width, thick, ink.colour), width, _THICKEST), "w")
        return stacked([*filter(None, (above, line, below))])
    left, right = (padded(block, 5, 0) if block else None for block in (above, below))
    height = max(block.height for block in (left, right) if block) + 6
    line = ported(sized(rule(thick, height, ink.colour), _THICKEST, height), "w")
    return beside([*filter(None, (left, line, right))])


def _differs(sheet: Sheet, use: Use) -> bool:
    """Whether the edge's gradient is not the one that its source shows: a hook changed it, or a part was not seen."""
    sent = use.reading.grad
    return sent is not None and sent != sheet.reading(use.source, use.output).grad


def _width(grad: Snapshot) -> float:
    norm = grad.stats.norm or 0.0
    magnitude = norm / math.sqrt(max(grad.numel, 1))
    if magnitude == 0:
        return 0.8
    decades = math.log10(magnitude)
    return min(float(_THICKEST), 2 + 1.1 * decades) if decades >= 0 else 0.9 + 1.1 / (1 - decades / 2)
