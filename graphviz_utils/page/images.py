"""A drawn run as an image in the page: it can run nothing, load nothing, and says in words what it shows."""

import base64
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Event
from typing import Literal

from graphviz_utils.dot import boxes_and_arrows
from graphviz_utils.drawing import Picture, draw
from graphviz_utils.fonts import Face
from graphviz_utils.model import Limits, Look, Moment, RenderError, Trace
from graphviz_utils.rendering import LayoutStoppedError, LayoutTimeoutError, Patience, lettered, letters, render

__all__ = ["Drawn", "Zoom", "drawn", "empty_html", "image_html"]

Zoom = Literal["Fit", "Whole", "100 %", "150 %", "200 %"]

_COMMON = "".join(map(chr, range(32, 127))) + "\u00a0−×·∂…→√∞⁰¹²³⁴⁵⁶⁷⁸⁹⁻αβγδεθλμπστφω"
_FACES: Mapping[Face, str] = {
    "sans": "",
    "bold": 'font-weight="bold"',
    "oblique": 'font-style="italic"',
    "mono": 'font-family="DejaVu Sans Mono"',
    "mono-oblique": 'font-family="DejaVu Sans Mono" font-style="italic"',
}
_LARGEST_FIT = 1.5
_SMALLEST_NUMBER = 9  # pixels on the screen: what does not fit into its box then scrolls
_DEADLINE = 8.0  # seconds for torchviz, which folds nothing
_PIXELS_PER_POINT = 96 / 72


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, and its SVG with letters inside as an `<img>` needs it; `torchviz` is torchviz's, drawn here.

    `remark` says why there is none.
    """

    picture: Picture
    svg: str
    torchviz: str | None = None
    remark: str = ""


def drawn(  # noqa: PLR0913 - what is drawn, how, how much of it, and for how long
    trace: Trace,
    look: Look,
    moment: Moment,
    torchviz: str | None = None,
    stop: Event | None = None,
    limits: Limits = Limits(),
) -> Drawn:
    """The picture of a run, with no more boxes than `limits` allow, and of torchviz's DOT text if there is one.

    Raises:
        RenderError: Graphviz gave up on ours, or `stop` was set.
    """
    try:
        picture = draw(trace, replace(look, budget=min(look.budget, limits.drawn_nodes)), moment, stop)
    except LayoutTimeoutError as error:
        raise error.advising("choose fewer nodes, or shared leaves per-use, under Look") from None
    try:
        dot = None if torchviz is None else boxes_and_arrows(torchviz)
        other, remark = None if dot is None else render(dot, patience=Patience(_DEADLINE, stop)).decode(), ""
    except LayoutStoppedError:
        raise
    except RenderError as error:
        other, remark = None, f"torchviz's graph could not be laid out: {error}"
    return Drawn(picture, _lettered(picture.svg), other, remark)


def image_html(svg: str, alt: str, zoom: Zoom = "Fit", *, stale: bool = False, height: int = 56) -> str:
    """The SVG as an `<img>` in a box that scrolls.

    `Whole` keeps it within the box and `height` % of the window; `Fit` does so as long as its smallest number is
    legible.
    """
    width, tall = _size(svg)
    data = base64.b64encode(svg.encode()).decode()
    whole = f"min(100%, {width * _LARGEST_FIT:.0f}px, calc({height}vh * {width / tall:.4f}))"
    if zoom == "Fit":
        wide = f"max({whole}, {width * _smallest_scale(svg):.0f}px)"
    elif zoom == "Whole":
        wide = whole
    else:
        wide = f"{width * int(zoom.split()[0]) / 100:.0f}px"
    classes = "gu-picture gu-stale" if stale else "gu-picture"
    return (
        f'<div class="{classes}" tabindex="0" style="background:{_ground(svg)};max-height:{height + 8}vh">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}" style="width:{wide}"></div>'
    )


def empty_html() -> str:
    """The place of a picture that is still to come."""
    return '<div class="gu-picture gu-empty"></div>'


def _lettered(svg: str) -> str:
    """`svg` with its letters inside. Those of most pictures are cut out of the fonts once, not for each picture."""
    faces = letters(svg)
    rare = "".join(sorted(set("".join(faces.values())).difference(_COMMON)))
    head, closed, rest = svg.partition(">")
    return f"{head}{closed}{_letter_style(tuple(faces), rare)}{rest}"


@lru_cache(maxsize=64)
def _letter_style(faces: tuple[Face, ...], rare: str) -> str:
    """The style sheet with the common letters and some `rare` ones, in each face."""
    sample = html.escape(_COMMON + rare)
    texts = "".join(f"<text {_FACES[face]}>{sample}</text>" for face in faces)
    styled = lettered(f'<svg xmlns="http://www.w3.org/2000/svg">{texts}</svg>')
    return styled[styled.index("<style>") : styled.index("</style>") + len("</style>")]


def _ground(svg: str) -> str:
    """The colour the picture stands on."""
    found = re.search(r'<polygon fill="(#[0-9a-f]{6})" stroke="none"', svg)
    return found[1] if found else "#ffffff"


def _smallest_scale(svg: str) -> float:
    """The scale at which the smallest number of a picture, or else its smallest text, is still legible."""
    texts = re.findall(r"<text\b[^>]*>", svg)
    numbers = [text for text in texts if re.search(r'class="(value|grad|alert)"', text)]
    sizes = [float(size) for text in numbers or texts for size in re.findall(r'font-size="([\d.]+)"', text)]
    return min(1.0, _SMALLEST_NUMBER / (min(sizes, default=14.0) * _PIXELS_PER_POINT))


def _size(svg: str) -> tuple[float, float]:
    """Width and height in pixels."""
    found = re.search(r'<svg[^>]*?\bwidth="([\d.]+)pt"[^>]*?\bheight="([\d.]+)pt"', svg)
    if found is None:
        return 800.0, 400.0
    return float(found[1]) * _PIXELS_PER_POINT, max(float(found[2]) * _PIXELS_PER_POINT, 1.0)
