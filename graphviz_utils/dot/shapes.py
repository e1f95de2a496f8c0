"""The outlines: operators are round, tensors square, and each kind of them differs even in a grey print."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphviz_utils.dot.blocks import Block, framed, padded, sized
from graphviz_utils.dot.palette import Palette

__all__ = ["Place", "Shape", "box", "constant", "detached", "fold", "gate", "leaf", "output", "panel", "tensor"]

_GATE = 44
_LONG = 90


@dataclass(frozen=True, slots=True)
class Shape:
    """One drawn node: its DOT name, its SVG id, its label and how it is outlined."""

    name: str
    id: str
    block: Block
    attributes: Mapping[str, str]
    width: int
    height: int
    tooltip: str = ""
    classes: str = field(default="op")
    written: tuple[int, int] = (0, 0)
    """Width and height of what is written in it, without its border."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shape stands in the picture and in its SVG; at least `room` is kept for what is written in it."""

    name: str
    id: str
    tooltip: str
    palette: Palette
    room: tuple[int, int] = (0, 0)

    def fitted(self, block: Block) -> Block:
        """`block`, grown to the room that is kept for it."""
        width, height = max(block.width, self.room[0]), max(block.height, self.room[1])
        return block if (width, height) == (block.width, block.height) else sized(block, width, height)


def leaf(place: Place, block: Block) -> Shape:
    """A tensor that keeps its gradient: a filled box with a strong, square border."""
    look = {"shape": "box", "style": "filled", "fillcolor": place.palette.leaf, "color": place.palette.value}
    return _sized(place, block, look | {"penwidth": "2.6"}, "leaf", lambda inner: padded(inner, 14, 8))


def output(place: Place, block: Block) -> Shape:
    """Where a picture ends: a box with a double border."""
    look = {"shape": "box", "style": "filled", "fillcolor": place.palette.paper, "color": place.palette.ink}
    ink = place.palette.ink
    return _sized(place, block, look | {"penwidth": "1.6"}, "root", lambda inner: framed(padded(inner, 12, 6), ink, 4))


def tensor(place: Place, block: Block) -> Shape:
    """A tensor on its way: a thin, square box."""
    look = {"shape": "box", "style": "filled", "fillcolor": place.palette.paper, "color": place.palette.wire}
    return _sized(place, block, look | {"penwidth": "1.4"}, "op", _boxed)


def box(place: Place, block: Block) -> Shape:
    """An operator that tells its numbers itself: a rounded box."""
    look = {"shape": "box", "style": "rounded,filled", "fillcolor": place.palette.gate, "color": place.palette.muted}
    return _sized(place, block, look | {"penwidth": "1.4"}, "op", _boxed)


def panel(place: Place, block: Block, strong: bool = False) -> Shape:
    """An operator with places for its wires or with its name: a rounded box around `block`; `strong` for a root."""
    colour, width = (place.palette.ink, "3.2") if strong else (place.palette.muted, "1.6")
    look = {"shape": "box", "style": "rounded,filled", "fillcolor": place.palette.gate, "color": colour}
    return _sized(place, block, look | {"penwidth": width}, "op root" if strong else "op", lambda inner: inner)


def gate(place: Place, block: Block) -> Shape:
    """An operator: a circle, an ellipse for a longer name, a rounded box for a long one."""
    look = {"shape": "ellipse", "style": "filled", "fillcolor": place.palette.gate, "color": place.palette.muted}
    if block.width > _LONG:
        return panel(place, padded(block, 14, 8))
    width = max(_GATE, round(block.width * 1.3) + 12 if block.width > 34 else block.width + 14)
    height = max(_GATE, block.height + 14) if width > _GATE + 8 else width
    return Shape(place.name, place.id, block, look | {"penwidth": "1.6"}, width, height, place.tooltip, "op")


def constant(place: Place, block: Block) -> Shape:
    """A tensor that needs no gradient: a dashed box."""
    look = {"shape": "box", "style": "dashed", "color": place.palette.wire, "penwidth": "1.2"}
    return _sized(place, block, look, "constant", _boxed)


def detached(place: Place, block: Block) -> Shape:
    """A tensor that was cut from the graph: a dashed octagon."""
    look = {"shape": "octagon", "style": "dashed", "color": place.palette.muted, "penwidth": "1.6"}
    # The corners of an octagon are cut at 0.29 of its sides; the block's own corners stay within these cuts.
    return _sized(
        place,
        block,
        look,
        "detached",
        lambda inner: padded(inner, max(16, math.ceil(0.15 * inner.width)), max(12, math.ceil(0.3 * inner.height))),
    )


def fold(place: Place, block: Block) -> Shape:
    """Many nodes in one: a box with depth."""
    look = {"shape": "box3d", "style": "filled", "fillcolor": place.palette.gate, "color": place.palette.muted}
    return _sized(place, block, look | {"penwidth": "1.4"}, "fold", lambda inner: padded(inner, 16, 10))


def _boxed(inner: Block) -> Block:
    return padded(inner, 12, 6)


def _sized(
    place: Place, block: Block, look: Mapping[str, str], classes: str, bordered: Callable[[Block], Block]
) -> Shape:
    """The shape around `block`, which is given the room kept for it before it is `bordered`."""
    whole = bordered(place.fitted(block))
    written = (block.width, block.height)
    return Shape(place.name, place.id, whole, look, whole.width, whole.height, place.tooltip, classes, written)
