"""Graphviz's SVG, made safe and tidy: what it draws is kept, what could act or point elsewhere is not."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from graphviz_utils.fonts import Face, text_width
from graphviz_utils.model import RenderError
from graphviz_utils.rendering.lettering import face_of

__all__ = ["tidied"]

Element = ElementTree.Element

_SVG = "http://www.w3.org/2000/svg"
_TITLE = "{http://www.w3.org/1999/xlink}title"
_SHAPES = frozenset({"circle", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "text", "title", "tspan"})
_PLACES = ("cx", "cy", "d", "height", "points", "r", "rx", "ry", "width", "x", "x1", "x2", "y", "y1", "y2")
_PAINT = ("fill", "fill-opacity", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width")
_LETTERS = ("font-family", "font-size", "font-style", "font-weight", "text-anchor", "text-decoration")
_ATTRIBUTES = {
    **dict.fromkeys(_PLACES, re.compile(r"[-+.,\w\s]*")),
    "transform": re.compile(r"(?:\s*(?:rotate|scale|translate)\([-+.,\w\s]*\))*\s*"),
    **dict.fromkeys((*_PAINT, *_LETTERS), re.compile(r"[-#.,\w ]*")),
    **dict.fromkeys(("class", "id"), re.compile(r"[-.,~:\w ]*")),
}
"""What may stand in each attribute that stays: no reference, no escape, no function but those that move things."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JOINT = "~"
_SPACE = "\xa0"


def tidied(drawn: bytes, classes: Mapping[str, str], title: str, shifts: Mapping[Face, float]) -> str:
    """The drawing alone, as one `<svg>` element that can stand in a page.

    Groups whose ids differ only behind a `~` become one group; the two halves of a wire become one path. A text whose
    colour is a key of `classes` gets that class, as do brackets and frames of that colour, and every text moves down by
    its face's share of its size (`shifts`). Tooltips become `<title>`; links, scripts, handlers, styles and comments
    are gone.
    """
    try:
        root = ElementTree.fromstring(drawn)  # noqa: S314 - Graphviz wrote it, and expat refuses entity bombs
    except ElementTree.ParseError as error:
        raise RenderError(f"Graphviz wrote something that is not SVG ({error}); install Graphviz again") from None
    page = Element("svg", {"xmlns": _SVG, "role": "img"})
    page.attrib |= {name: root.attrib[name] for name in ("width", "height", "viewBox") if name in root.attrib}
    if title:
        page.set("aria-label", _NOT_XML.sub("\ufffd", title))
    page.extend(_grouped(child) for child in _safe(root) if child.tag == "g")
    for text in page.iter("text"):
        _place(text, shifts)
        if text.get("fill") in classes:
            text.set("class", classes[text.attrib["fill"]])
    for bracket in (line for tag in ("polygon", "polyline") for line in page.iter(tag)):
        if bracket.get("fill") == "none" and bracket.get("stroke") in classes:
            bracket.set("class", classes[bracket.attrib["stroke"]])
    return ElementTree.tostring(page, encoding="unicode", short_empty_elements=True)


def _place(text: Element, shifts: Mapping[Face, float]) -> None:
    """Put a text on its true baseline, and past the spaces it begins with, which some readers of SVG swallow."""
    face, size = face_of(text.attrib), float(text.get("font-size", 14))
    text.set("y", f"{float(text.get('y', 0)) + shifts[face] * size:.2f}")
    words = text.text or ""
    if words.startswith(_SPACE) and text.get("text-anchor") == "start":
        text.text = words.lstrip(_SPACE)
        indent = text_width(words[: len(words) - len(text.text)], size, face)
        text.set("x", f"{float(text.get('x', 0)) + indent:.2f}")


def _safe(parent: Element) -> Iterator[Element]:
    """Copies of the harmless children; a link is replaced by what it holds, and its tooltip becomes the title."""
    for child in parent:
        tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if tag == "a":
            yield from _titled(child)
        elif tag in _SHAPES:
            copy = Element(tag, dict(_harmless(child)))
            copy.text, parts = child.text, list(_safe(child))
            if tag == "g":
                copy.text, parts = None, list(_opened(parts))
            copy.extend(parts)
            yield copy


def _titled(link: Element) -> Iterator[Element]:
    tip = link.get(_TITLE)
    if tip:
        title = Element("title")
        title.text = tip
        yield title
    yield from _safe(link)


def _opened(parts: list[Element]) -> Iterator[Element]:
    """The parts of a group without the inner group that Graphviz wraps a link in; of two titles the tooltip stays."""
    flat = [inner for part in parts for inner in (part if part.get("id", "").startswith("a_") else (part,))]
    titles = [part for part in flat if part.tag == "title"]
    yield from titles[-1:]
    yield from (part for part in flat if part.tag != "title")


def _harmless(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value):
            yield name, "none" if value == "transparent" else value


def _grouped(graph: Element) -> Element:
    """The graph's group with the parts of each node and edge brought together."""
    whole = Element("g", graph.attrib)
    groups: dict[str, Element] = {}
    joined: dict[str, list[Element]] = {}
    for part in graph:
        base, joint, _ = part.get("id", "").partition(_JOINT)
        if part.tag != "g" or (not joint and base in groups):
            whole.append(part)
        elif joint:
            joined.setdefault(base, []).append(part)
        else:
            groups[base] = part
            whole.append(part)
    for base, parts in joined.items():
        if base in groups:
            _join(groups[base], parts)
        else:
            whole.extend(parts)
    return whole


def _join(group: Element, parts: list[Element]) -> None:
    for part in parts:
        group.extend(child for child in part if child.tag != "title")
    if "edge" in group.get("class", "").split():
        _solder(group)


def _solder(edge: Element) -> None:
    """Make one path of the two halves of a wire and the bar between them."""
    halves = edge.findall("path")
    if len(halves) != 2:
        return
    first, second = halves
    start, rest = re.match(r"M(\S+?)(C.*)", second.get("d", "")), second
    if start is None:
        return
    first.set("d", f"{first.get('d')}L{start[1]}{start[2]}")
    edge.remove(rest)
    for bar in edge.findall("polygon"):
        if bar.get("fill") == first.get("stroke") and bar.get("stroke") == "none":
            edge.remove(bar)
