"""The steps of a picture as pages for a talk: what is still to come stands there faintly, and nothing moves."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from graphviz_utils.dot import PALETTES, edge_id, node_id
from graphviz_utils.drawing import Series
from graphviz_utils.model import RenderError, Theme
from graphviz_utils.rendering import pdf_of_pages, png_of

__all__ = ["animation", "pages", "pdf_pages", "png_sequence"]

_SVG = "{http://www.w3.org/2000/svg}"
_FAINT = "0.3"
_MILLISECONDS = 900
_LAST_MILLISECONDS = 3000
_MOST_CHARACTERS = 50_000_000  # of all pages together; a PDF of them takes two minutes
_MOST_PIXELS = 3840 * 2160  # of one image: more than a projector shows
_MOST_PIXELS_TOGETHER = 120_000_000  # half a minute

ElementTree.register_namespace("", _SVG[1:-1])


def pages(series: Series, theme: Theme = "light") -> Iterator[str]:
    """The picture before the first step and after each one, as SVG; all alike in size and place."""
    roots = [ElementTree.fromstring(picture.svg) for picture in series.pictures]  # noqa: S314 - we wrote them
    parts = [_parts(series, number) for number in range(len(roots))]
    for position in range(len(series.steps.rows) + 1):
        number = _pass_at(series, position)
        root = _copied(roots[number])
        for group in root.iter(f"{_SVG}g"):
            part = parts[number].get(group.get("id", ""))
            if part is not None:
                _show(group, part, position, PALETTES[theme].ink)
        yield ElementTree.tostring(root, encoding="unicode")


def pdf_pages(series: Series, theme: Theme = "light") -> bytes:
    """A PDF with a page for each of `pages`.

    Raises:
        RenderError: there are more than anybody would leaf through, as for every form of slides.
    """
    _check(series)
    return pdf_of_pages(list(pages(series, theme)), series.last.title)


def png_sequence(series: Series, theme: Theme = "light", scale: float = 2) -> bytes:
    """A ZIP archive of PNGs, `step-000.png` and so on, each `scale` times the natural size or as a slide."""
    _check(series)
    scale = min(scale, _largest_scale(series))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for position, svg in enumerate(pages(series, theme)):
            archive.writestr(zipfile.ZipInfo(f"step-{position:03}.png"), png_of(svg, scale))
    return written.getvalue()


def animation(series: Series, theme: Theme = "light", scale: float = 1.5) -> bytes:
    """A GIF that goes through the steps over and over: 0.9 s each, 3 s for the last."""
    from PIL import Image

    _check(series)
    scale = min(scale, _largest_scale(series))

    def image(svg: str) -> Image.Image:
        return Image.open(io.BytesIO(png_of(svg, scale))).convert("RGB")

    palette = image(series.last.svg).quantize(255)
    frames = (image(svg).quantize(palette=palette, dither=Image.Dither.NONE) for svg in pages(series, theme))
    durations = [_MILLISECONDS] * len(series.steps.rows) + [_LAST_MILLISECONDS]
    written = io.BytesIO()
    next(frames).save(written, "GIF", save_all=True, append_images=frames, duration=durations, loop=0, optimize=True)
    return written.getvalue()


def _check(series: Series) -> None:
    """Refuse slides that would keep a machine busy for long, and that nobody could show."""
    count = len(series.steps.rows) + 1
    if count * len(series.last.svg) > _MOST_CHARACTERS:
        raise RenderError(
            f"{count:,} pages of a picture with {len(series.graphs[0]):,} nodes are too much for slides; draw fewer "
            "nodes (a smaller budget folds repeats), or step through it in the viewer"
        )


def _largest_scale(series: Series) -> float:
    """How much larger than natural the images may be, each and all together."""
    root = ElementTree.fromstring(series.last.svg)  # noqa: S314 - we wrote it
    width, height = (float(root.get(side, "1pt").removesuffix("pt")) / 0.75 for side in ("width", "height"))
    pixels = min(_MOST_PIXELS, _MOST_PIXELS_TOGETHER / (len(series.steps.rows) + 1))
    return math.sqrt(pixels / (width * height))


@dataclass(frozen=True, slots=True)
class _Part:
    """A node or an edge: which steps show its value and its gradient, and in which it is what the step is about."""

    value: int
    grad: int
    steps: tuple[int, ...]


def _parts(series: Series, number: int) -> Mapping[str, _Part]:
    """Every drawn node and edge by its id in the picture of a pass; a gradient that was not fired shows at the end."""
    steps, graph = series.steps, series.graphs[number]
    index = steps.passes[number] if steps.passes else None
    fired = steps.grad_steps[index] if index is not None else {}
    end = max(fired.values(), default=0)
    about: dict[str, list[int]] = {}
    for position, step in enumerate(steps.rows, 1):
        for id_ in step.nodes:
            about.setdefault(id_, []).append(position)
    parts = {
        node_id(id_): _Part(steps.value_steps[id_], fired.get(id_, end), tuple(about.get(id_, ()))) for id_ in graph
    }
    for source, target, key in graph.edges(keys=True):
        parts[edge_id(source, target, key)] = _Part(steps.value_steps[source], fired.get(target, end), ())
    return parts


def _pass_at(series: Series, position: int) -> int:
    """Which of the pictures shows the run after `position` steps: before a pass begins it is that of the next one."""
    passes, rows = series.steps.passes, series.steps.rows
    following: Sequence[int | None] = [step.backward for step in rows[max(position - 1, 0) :]]
    before: Sequence[int | None] = [step.backward for step in reversed(rows[:position])]
    found = next((index for index in (*following, *before) if index is not None), None)
    return passes.index(found) if found is not None else 0


def _show(group: ElementTree.Element, part: _Part, position: int, ink: str) -> None:
    """Take out the numbers that are still to come; what was not computed yet is faint, what happens now is framed."""
    shown = {"value": part.value, "grad": part.grad, "alert": part.grad}
    for child in list(group):
        if position < shown.get(child.get("class", ""), 0):
            group.remove(child)
        elif position < part.value:
            child.set("stroke-opacity", _FAINT)
            child.set("fill-opacity", _FAINT)
    if position in part.steps:
        outline = next(
            (child for child in group if child.tag.removeprefix(_SVG) in ("path", "polygon", "ellipse")), None
        )
        if outline is not None:
            outline.set("stroke", ink)
            outline.set("stroke-width", "5")


def _copied(element: ElementTree.Element) -> ElementTree.Element:
    copy = ElementTree.Element(element.tag, element.attrib)
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_copied(child) for child in element)
    return copy
