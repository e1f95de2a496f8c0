"""An annotated graph as DOT text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import graphviz

from graphviz_utils.dot.figures import Figure, Link, Plug, figure
from graphviz_utils.dot.ids import edge_id
from graphviz_utils.dot.shapes import Shape
from graphviz_utils.dot.sheet import Sheet, Use
from graphviz_utils.dot.wires import news, pen, places, wire_block, wire_pen
from graphviz_utils.dot.wording import quoted, wire_tooltip
from graphviz_utils.graph import Graph
from graphviz_utils.model import Look

__all__ = ["Rooms", "rooms_for", "to_dot"]

_MOST_CHARACTERS = 16_000  # Graphviz takes labels up to 16,384


@dataclass(frozen=True, slots=True)
class Rooms:
    """What is kept for what will be written: least width and height by shape and side of a wire, and for gradients."""

    sizes: Mapping[str, tuple[int, int]]
    backward: bool


def rooms_for(graphs: Sequence[Graph], look: Look, least: Rooms | None = None) -> Rooms:
    """Room for the most that any of `graphs` says, which are one graph with other numbers; `least` at least."""
    sheets = [Sheet.of(graph, look) for graph in graphs]
    backward = any(sheet.backward for sheet in sheets) or (least is not None and least.backward)
    sizes = {} if least is None else dict(least.sizes)
    for sheet in sheets:
        for name, (width, height) in _measured(replace(sheet, backward=backward)):
            wide, high = sizes.get(name, (0, 0))
            sizes[name] = max(wide, width), max(high, height)
    return Rooms(sizes, backward)


def to_dot(graph: Graph, look: Look = Look(), rooms: Rooms | None = None) -> str:
    """The picture of an annotated graph as DOT text: equal graphs and looks give equal text.

    Every drawn node has the SVG id `node-<id>`, every edge `edge-<source>-<target>-<slot>`. What belongs to the same
    node or edge but is drawn apart has the same id with `~` and a word behind it; `render` joins them. Graphs that are
    drawn with the same `rooms` stand in the same places.
    """
    sheet = Sheet.of(graph, look)
    if rooms is not None:
        sheet = replace(sheet, backward=rooms.backward, rooms=rooms.sizes)
    page = _page(sheet)
    figures = {id_: figure(sheet, id_) for id_ in graph}
    for drawn in figures.values():
        for shape in drawn.shapes:
            _write_shape(page, shape)
        for link in drawn.links:
            _write_link(page, sheet, link)
    for id_ in graph:
        for use in sheet.uses(id_):
            _write_use(page, sheet, use, figures)
    source: str = page.source
    return source


def _measured(sheet: Sheet) -> Iterator[tuple[str, tuple[int, int]]]:
    """The size of what is written in each shape and on each wire."""
    figures = {id_: figure(sheet, id_) for id_ in sheet.graph}
    for id_, drawn in figures.items():
        yield from ((shape.name, shape.written) for shape in drawn.shapes)
        for use in sheet.uses(id_):
            for name, block in zip(places(use), news(sheet, use, use.output in drawn.told), strict=True):
                if block is not None:
                    yield name, (block.width, block.height)


def _page(sheet: Sheet) -> graphviz.Digraph:
    flat = sheet.look.direction == "LR"
    page = graphviz.Digraph(
        graph_attr={
            "rankdir": sheet.look.direction,
            "bgcolor": sheet.palette.ground,
            "nodesep": "0.2" if flat else "0.3",
            "ranksep": "0.22",
            "pad": "0.15",
        },
        node_attr={"fontname": "DejaVu Sans", "margin": "0", "fixedsize": "true"},
        edge_attr={"arrowsize": "0.8"},
    )
    page.attr(charset="UTF-8")
    return page


def _write_shape(page: graphviz.Digraph, shape: Shape) -> None:
    label = shape.block.html
    page.node(
        shape.name,
        label=f"<{label}>" if len(label) <= _MOST_CHARACTERS else "…",
        id=shape.id,
        tooltip=quoted(shape.tooltip or shape.name),
        width=f"{shape.width / 72:.4f}",
        height=f"{shape.height / 72:.4f}",
        **{"class": shape.classes},
        **shape.attributes,
    )


def _write_link(page: graphviz.Digraph, sheet: Sheet, link: Link) -> None:
    ink = pen(sheet.palette, link.grad, link.differentiable, sheet.backward)
    side = "e" if sheet.look.direction == "LR" else "s"
    page.edge(_end(link.tail, side), link.head.name, id=link.id, weight="8", **ink.attributes)


def _write_use(page: graphviz.Digraph, sheet: Sheet, use: Use, figures: dict[str, Figure]) -> None:
    source, target = figures[use.source], figures[use.target]
    tail = source.exits[use.output] if use.differentiable or source.aside is None else source.aside
    head = target.ports.get(use.key, target.entry)
    id_ = edge_id(use.source, use.target, use.key)
    classes = "differentiable" if use.differentiable else "constant"
    ink, told = wire_pen(sheet, use), quoted(wire_tooltip(sheet.node(use.source), sheet.node(use.target), use.key))
    inlet, outlet = ("w", "e") if sheet.look.direction == "LR" else ("n", "s")
    block = wire_block(sheet, use, use.output in source.told, ink)
    if block is None:
        page.edge(_end(tail, outlet), _end(head, inlet), id=id_, tooltip=told, **{"class": classes}, **ink.attributes)
        return
    name = id_
    page.node(
        name,
        label=f"<{block.html}>",
        id=f"{id_}~label",
        shape="none",
        width=f"{block.width / 72:.4f}",
        height=f"{block.height / 72:.4f}",
    )
    page.edge(
        _end(tail, outlet),
        f"{name}:w:{inlet}",
        id=id_,
        tooltip=told,
        arrowhead="none",
        weight="4",
        **{"class": classes},
        **ink.attributes,
    )
    page.edge(f"{name}:w:{outlet}", _end(head, inlet), id=f"{id_}~head", weight="2", **ink.attributes)


def _end(plug: Plug, side: str) -> str:
    """A place as an end of an edge; at a named place the wire comes from outside, at the `side` of the shape."""
    return plug.name if plug.port is None else f"{plug.name}:{plug.port}:{side}"
