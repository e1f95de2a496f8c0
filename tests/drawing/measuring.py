"""What lies where in an SVG, measured with the fonts' own metrics."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from xml.etree import ElementTree

from graphviz_utils.fonts import text_width
from graphviz_utils.rendering.lettering import face_of

__all__ = [
    "Box",
    "Text",
    "collisions",
    "crossed_texts",
    "cut_texts",
    "escaping_texts",
    "overlapping_texts",
    "shapes",
    "texts",
]

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", slack: float = 0.0) -> bool:
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )

    def holds(self, other: "Box", slack: float = 0.0) -> bool:
        return (
            self.left <= other.left + slack
            and self.right >= other.right - slack
            and self.top <= other.top + slack
            and self.bottom >= other.bottom - slack
        )


@dataclass(frozen=True)
class Text:
    owner: str
    words: str
    size: float
    box: Box


def overlapping_texts(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that share ground."""
    return [(a.words, b.words) for a, b in combinations(texts(svg), 2) if a.box.meets(b.box, 0.5)]


def crossed_texts(svg: str) -> set[tuple[str, str]]:
    """Wires and the texts that they run through."""
    boxes = texts(svg)
    points = ((wire, Box(x, y, x, y)) for wire, x, y in _wire_points(svg))
    return {(wire, text.words) for wire, point in points for text in boxes if text.box.meets(point)}


def escaping_texts(svg: str) -> list[str]:
    """Texts of nodes that are not wholly inside an outline of their node."""
    outlines = shapes(svg)
    return [
        text.words
        for text in texts(svg)
        if text.owner.startswith("node-")
        and not any(box.holds(text.box, 1) for id_, box in outlines.items() if id_.split()[0] == text.owner)
    ]


def cut_texts(svg: str) -> list[str]:
    """Texts that stick out at a slanted corner of the polygon they stand in."""
    return [text.words for polygon, text in _texts_in_polygons(svg) if not _is_inside(polygon, text.box)]


def collisions(svg: str) -> list[tuple[Box, Box]]:
    """Nodes that lie on each other or on the text of a wire."""
    boxes = [*shapes(svg).values(), *(text.box for text in texts(svg) if text.owner.startswith("edge-"))]
    return [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1], 1)]


def texts(svg: str) -> list[Text]:
    """Every text with the box of its capitals and descenders."""
    return list(_texts(svg))


def _texts(svg: str) -> Iterator[Text]:
    for group in _groups(svg):
        for text in group.iter(f"{_SVG}text"):
            words, size = "".join(text.itertext()), float(text.attrib["font-size"])
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            width = text_width(words, size, face_of(text.attrib))
            yield Text(group.attrib["id"], words, size, Box(x, y - 0.73 * size, x + width, y + 0.15 * size))


def shapes(svg: str) -> dict[str, Box]:
    """The box around the outermost outline of each part of a node: `node-n0`, and `node-n0 1` for its second part."""
    found: dict[str, Box] = {}
    for group in _groups(svg):
        if "node" not in group.attrib["class"].split():
            continue
        outlines = [part for part in group if part.tag in (f"{_SVG}polygon", f"{_SVG}ellipse", f"{_SVG}path")]
        outlines = [part for part in outlines if part.get("fill") != part.get("stroke")]  # an arrow is no outline
        boxes = [_bounds(part) for part in outlines if part.tag != f"{_SVG}path" or _is_closed(part.attrib["d"])]
        outer = [box for box in boxes if not any(other.holds(box) and other != box for other in boxes)]
        for index, box in enumerate(outer):
            found[f"{group.attrib['id']} {index}" if index else group.attrib["id"]] = box
    return found


def _texts_in_polygons(svg: str) -> Iterator[tuple[list[tuple[float, float]], Text]]:
    written = texts(svg)
    for group in _groups(svg):
        for polygon in group.iter(f"{_SVG}polygon"):
            corners = _pairs(polygon.attrib["points"])
            if "detached" in group.attrib["class"].split():
                yield from ((corners, text) for text in written if text.owner == group.attrib["id"])


def _is_inside(polygon: list[tuple[float, float]], box: Box) -> bool:
    """Whether the four corners of `box` lie on the same side of every side of a convex polygon."""
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    turns = [
        [(u - a) * (y - b) - (v - b) * (x - a) for x, y in corners]
        for (a, b), (u, v) in pairwise([*polygon, polygon[0]])
        if (a, b) != (u, v)
    ]
    return all(min(side) >= 0 for side in turns) or all(max(side) <= 0 for side in turns)


def _pairs(points: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", points)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _wire_points(svg: str) -> Iterator[tuple[str, float, float]]:
    """Points along each wire, close enough that no letter fits between two of them."""
    for group in _groups(svg):
        if "edge" in group.attrib["class"].split():
            for path in group.iter(f"{_SVG}path"):
                yield from ((group.attrib["id"], x, y) for x, y in _walk(path.attrib["d"]))


def _groups(svg: str) -> Iterator[ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return (group for group in root.iter(f"{_SVG}g") if group.get("class", "").split()[:1] in (["node"], ["edge"]))


def _bounds(shape: ElementTree.Element) -> Box:
    if shape.tag == f"{_SVG}ellipse":
        cx, cy, rx, ry = (float(shape.attrib[name]) for name in ("cx", "cy", "rx", "ry"))
        return Box(cx - rx, cy - ry, cx + rx, cy + ry)
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", shape.get("points") or shape.attrib["d"])]
    return Box(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))


def _is_closed(d: str) -> bool:
    points = re.findall(r"-?[\d.]+,-?[\d.]+", d)
    return bool(points[0] == points[-1])


def _walk(d: str) -> Iterator[tuple[float, float]]:
    here = (0.0, 0.0)
    for command, body in re.findall(r"([MCL])([^MCL]*)", d):
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", body)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            here = points[0]
        stride = 3 if command == "C" else 1
        for i in range(0, len(points), stride):
            curve = [here, *points[i : i + stride]]
            length = sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(curve))
            steps = max(8, int(length / 2))
            yield from (_at(curve, step / steps) for step in range(steps + 1))
            here = curve[-1]


def _at(curve: list[tuple[float, float]], t: float) -> tuple[float, float]:
    while len(curve) > 1:
        curve = [((1 - t) * p[0] + t * q[0], (1 - t) * p[1] + t * q[1]) for p, q in pairwise(curve)]
    return curve[0]
