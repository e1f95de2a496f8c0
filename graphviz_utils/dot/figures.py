"""How a node is drawn in each preset: its shapes, and where wires enter and leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphviz_utils.dot import shapes
from graphviz_utils.dot.blocks import Block, Style, beside, padded, rule, stacked, text
from graphviz_utils.dot.ids import node_id
from graphviz_utils.dot.labels import (
    Sizes,
    gate_block,
    gate_text,
    grad_block,
    name_block,
    spaced,
    sum_lines,
    tensor_lines,
    value_block,
    variable_text,
)
from graphviz_utils.dot.ports import numbered_outputs, with_ports
from graphviz_utils.dot.sheet import Sheet
from graphviz_utils.dot.wording import cleaned, identifier, tooltip, type_text
from graphviz_utils.model import Node, Preset, Snapshot

__all__ = ["Figure", "Link", "Plug", "figure"]


@dataclass(frozen=True, slots=True)
class Plug:
    """A place at a shape where wires end; `port` is one of the shape's named places."""

    name: str
    port: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A wire between two shapes of the same figure."""

    tail: Plug
    head: Plug
    id: str
    grad: Snapshot | None
    differentiable: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn node.

    `exits` are by output; the outputs in `told` show value and whole gradient on the figure. `aside` is where wires
    leave that carry no gradient, if that is another place.
    """

    shapes: tuple[shapes.Shape, ...]
    entry: Plug
    exits: Mapping[int, Plug]
    told: frozenset[int]
    links: tuple[Link, ...] = ()
    ports: Mapping[int | str, Plug] = field(default_factory=dict)
    aside: Plug | None = None


def figure(sheet: Sheet, id_: str) -> Figure:
    """Node `id_` in the preset of the look."""
    node = sheet.node(id_)
    if node is None or sheet.fold(id_) is not None:
        return _fold(sheet, id_)
    if node.kind == "op":
        return _OPERATORS[sheet.look.preset](sheet, id_, node)
    if node.kind == "leaf" and sheet.look.preset == "pytorch":
        return _accumulating_leaf(sheet, id_, node)
    return _tensor(sheet, id_, node)


def _circuit(sheet: Sheet, id_: str, node: Node) -> Figure:
    """A gate; tensors that end or branch behind it get a box, the others stand on their wire."""
    boxed = [o for o in sheet.outputs(id_) if sheet.is_shared(id_, o) or _ends(sheet, id_, node, o)]
    return _gate_and_boxes(sheet, id_, node, boxed)


def _micrograd(sheet: Sheet, id_: str, node: Node) -> Figure:
    """A gate and a record of name, data and grad for each of its outputs."""
    return _gate_and_boxes(sheet, id_, node, sheet.outputs(id_))


def _pytorch(sheet: Sheet, id_: str, node: Node) -> Figure:
    """One box under autograd's own name."""
    palette, numbered = sheet.palette, numbered_outputs(sheet, id_)
    lines = [text(cleaned(node.name, 40), Style(Sizes.WIRE, palette.ink, "bold"))]
    said = [part for part in (variable_text(node), cleaned(node.label, 24)) if part]
    said = said[:1] if said[:1] == said[1:] else said
    types = [type_text(meta) for meta in node.outputs[:1]] if len(node.outputs) == 1 else []
    lines += [text("   ".join([*said, *types]), Style(Sizes.NOTE, palette.muted))] if said or types else []
    if len(node.outputs) < 2:
        lines += tensor_lines(sheet, id_, typed=False)
    place = _place(sheet, id_)
    block, ports = with_ports(sheet, id_, node, padded(spaced(lines), 12, 6))
    if ports or numbered:
        shape = shapes.panel(place, block, strong=sheet.is_root(id_))
    else:
        shape = (shapes.output if sheet.is_root(id_) else shapes.box)(place, spaced(lines))
    exits = {o: Plug(place.name, f"o{o}" if o in numbered else None) for o in sheet.outputs(id_)}
    told = frozenset({0}) if len(node.outputs) < 2 else frozenset()
    return Figure((shape,), Plug(place.name), exits, told, ports=_entries(place.name, ports))


def _gate_and_boxes(sheet: Sheet, id_: str, node: Node, boxed: list[int]) -> Figure:
    place, numbered = _place(sheet, id_), numbered_outputs(sheet, id_)
    symbol, is_named = gate_block(sheet, node), sheet.look.names
    block, ports = with_ports(sheet, id_, node, padded(symbol, *((6, 4) if is_named else (12, 8))))
    drawn = [shapes.panel(place, block) if ports or numbered or is_named else shapes.gate(place, symbol)]
    exits = {o: Plug(place.name, f"o{o}" if o in numbered else None) for o in sheet.outputs(id_)}
    links = []
    for output in boxed:
        name = f"{place.name}_o{output}"
        there = shapes.Place(name, f"{place.id}~box{output}", place.tooltip, sheet.palette, sheet.room(name))
        drawn.append(_box(sheet, id_, output, there))
        grad = sheet.reading(id_, output).grad
        links.append(Link(exits[output], Plug(there.name), f"{place.id}~link{output}", grad, True))
        exits[output] = Plug(there.name)
    return Figure(tuple(drawn), Plug(place.name), exits, frozenset(boxed), tuple(links), _entries(place.name, ports))


def _box(sheet: Sheet, id_: str, output: int, place: shapes.Place) -> shapes.Shape:
    node = sheet.node(id_)
    outline = shapes.output if sheet.is_root(id_) else shapes.tensor
    name = variable_text(node) if node else ""
    if sheet.look.preset == "micrograd":
        return outline(place, _record(sheet, id_, output, name))
    lines = tensor_lines(sheet, id_, output, name)
    return outline(place, spaced(lines or [text("output", Style(Sizes.SMALL, sheet.palette.muted))]))


def _record(sheet: Sheet, id_: str, output: int, name: str) -> Block:
    """`name | data | grad` side by side, the sum below."""
    palette, reading, node = sheet.palette, sheet.reading(id_, output), sheet.node(id_)
    cells = [name_block(sheet, node, name)] if name else []
    word = Style(Sizes.NOTE, palette.muted)
    value = value_block(sheet, reading.value, Sizes.NUMBER)
    cells += [stacked([text("data", word), value])] if value else []
    grad = grad_block(sheet, reading, Sizes.NUMBER) if node is None or node.kind in ("op", "leaf") else None
    cells += [stacked([text("grad", word), grad])] if grad else []
    height = max((cell.height for cell in cells), default=20)
    parts = [part for cell in cells for part in (rule(1, height, palette.wire), padded(cell, 9, 0))]
    row = beside(parts[1:]) if parts else text("tensor", word)
    return spaced([row, *(sum_lines(sheet, id_, output))])


def _tensor(sheet: Sheet, id_: str, node: Node) -> Figure:
    """A leaf, a constant or a detached tensor: one box with its name and numbers."""
    place = _place(sheet, id_)
    outline = {"leaf": shapes.leaf, "constant": shapes.constant, "detached": shapes.detached}[node.kind]
    name = variable_text(node) or (gate_text(node) if node.kind == "detached" else cleaned(node.label, 24))
    if sheet.look.preset == "micrograd" and node.kind != "detached":
        block = _record(sheet, id_, 0, name)
    else:
        lines = tensor_lines(sheet, id_, 0, name)
        block = spaced(lines or [text(node.kind, Style(Sizes.SMALL, sheet.palette.muted))])
    if node.kind == "detached" and variable_text(node):
        block = spaced([text(gate_text(node), Style(Sizes.SMALL, sheet.palette.muted)), block])
    exits = {output: Plug(place.name) for output in sheet.outputs(id_)}
    return Figure((outline(place, block),), Plug(place.name), exits, frozenset(exits))


def _accumulating_leaf(sheet: Sheet, id_: str, node: Node) -> Figure:
    """The tensor, and behind it the AccumulateGrad node that adds up its gradient."""
    place, palette = _place(sheet, id_), sheet.palette
    lines = [text(variable_text(node) or "leaf", Style(Sizes.NAME, palette.ink, "bold"))]
    lines += [text(type_text(meta), Style(Sizes.NOTE, palette.muted)) for meta in node.outputs]
    value = value_block(sheet, sheet.reading(id_).value, Sizes.NUMBER, typed=False)
    tensor = shapes.leaf(place, spaced([*lines, value] if value else lines))
    adding = f"{place.name}_acc"
    behind = shapes.Place(adding, f"{place.id}~acc", place.tooltip, palette, sheet.room(adding))
    grad = grad_block(sheet, sheet.reading(id_), Sizes.NUMBER)
    told = [text("AccumulateGrad", Style(Sizes.WIRE, palette.ink, "bold")), *([grad] if grad else [])]
    adder = shapes.box(behind, spaced([*told, *sum_lines(sheet, id_)]))
    link = Link(Plug(place.name), Plug(behind.name), f"{place.id}~link", sheet.reading(id_).grad, True)
    exits = {output: Plug(behind.name) for output in sheet.outputs(id_)}
    return Figure((tensor, adder), Plug(place.name), exits, frozenset(exits), (link,), aside=Plug(place.name))


def _fold(sheet: Sheet, id_: str) -> Figure:
    """A box that says how many nodes it holds."""
    place, held = _place(sheet, id_), sheet.fold(id_)
    name = cleaned(held.label, 28) if held else "folded"
    lines = [text(name, Style(Sizes.WIRE, sheet.palette.ink, "bold"))]
    many = len(held.members) if held else 0
    told = held is not None and many == held.count and f"{many}" in name
    lines += [text(f"{many:,} nodes", Style(Sizes.SMALL, sheet.palette.muted))] if many and not told else []
    exits = {use.output: Plug(place.name) for use in sheet.uses(id_)}
    return Figure((shapes.fold(place, spaced(lines)),), Plug(place.name), exits, frozenset())


def _entries(name: str, ports: Mapping[int | str, str]) -> Mapping[int | str, Plug]:
    return {key: Plug(name, port) for key, port in ports.items()}


def _ends(sheet: Sheet, id_: str, node: Node, output: int) -> bool:
    """Whether an output is where the picture ends, or where a value or a name is left without a wire to stand on."""
    known = sheet.reading(id_, output).value is not None or bool(variable_text(node))
    return sheet.is_root(id_) or (known and not sheet.uses(id_, output))


def _place(sheet: Sheet, id_: str) -> shapes.Place:
    node, held = sheet.node(id_), sheet.fold(id_)
    told = cleaned(f"{len(held.members):,} nodes: {held.label}", 200) if held else tooltip(node) if node else ""
    name = identifier(id_)
    return shapes.Place(name, node_id(id_), told, sheet.palette, sheet.room(name))


_OPERATORS: Mapping[Preset, Callable[[Sheet, str, Node], Figure]] = {
    "circuit": _circuit,
    "micrograd": _micrograd,
    "pytorch": _pytorch,
}
