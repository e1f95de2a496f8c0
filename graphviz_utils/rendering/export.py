"""The SVG that is on the screen as a PNG or a PDF: what one sees is what one exports."""

import io
import math
import re
from collections.abc import Sequence
from functools import cache
from typing import cast, get_args

from graphviz_utils.fonts import Face, covers, font_family, font_path
from graphviz_utils.model import RenderError
from graphviz_utils.rendering.lettering import letters

__all__ = ["pdf_of", "pdf_of_pages", "png_of"]

_DPI = 96
_MOST_PIXELS = 80e6
_MOST_SIDE = 32_000
_MOST_POINTS = 14_400


def png_of(svg: str, scale: float = 2) -> bytes:
    """A PNG of the natural size times `scale`, at 96 dots per inch; smaller if that were over 80 megapixels."""
    import resvg_py

    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                dpi=_DPI,
                zoom=min(scale, _largest_scale(svg)),
                font_files=[str(font_path(face)) for face in get_args(Face)],
                skip_system_fonts=_is_covered(svg),
            )
        )
    except ValueError as error:
        raise RenderError(f"the picture could not become a PNG ({error}); export it as SVG or PDF") from None


def pdf_of(svg: str, title: str = "") -> bytes:
    """A PDF page of the picture's natural size, its text selectable and set in embedded fonts.

    A picture larger than PDF allows (200 inches) is made to fit.
    """
    return pdf_of_pages([svg], title)


def pdf_of_pages(svgs: Sequence[str], title: str = "") -> bytes:
    """A PDF with a page for each picture, each as `pdf_of` makes it."""
    from reportlab.graphics import renderPDF
    from reportlab.pdfgen.canvas import Canvas
    from svglib.svglib import svg2rlg

    _register_fonts()
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    canvas.setTitle(title)
    for svg in svgs:
        drawing = svg2rlg(io.BytesIO(svg.encode()))
        if drawing is None:
            raise RenderError("the picture could not become a PDF; export it as SVG or PNG")
        scale = min(1.0, _MOST_POINTS / max(drawing.width, drawing.height))
        canvas.setPageSize((drawing.width * scale, drawing.height * scale))
        canvas.scale(scale, scale)
        renderPDF.draw(drawing, canvas, 0, 0)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _largest_scale(svg: str) -> float:
    """How much larger than natural a PNG may be that viewers still open."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg[:1000])
    if found is None:
        return 1.0
    width, height = (float(number) * _DPI / 72 for number in found.groups())
    return min(math.sqrt(_MOST_PIXELS / (width * height)), _MOST_SIDE / max(width, height))


@cache
def _register_fonts() -> None:
    from svglib.fonts import register_font

    for face in cast(tuple[Face, ...], get_args(Face)):
        style = "italic" if face.endswith("oblique") else "normal"
        weight = "bold" if face == "bold" else "normal"
        register_font(font_family(face), str(font_path(face)), weight, style, font_path(face).stem)


def _is_covered(svg: str) -> bool:
    """Whether our fonts have every letter, so that the fonts of the machine need not be read."""
    return all(covers(characters, face) for face, characters in letters(svg).items())
