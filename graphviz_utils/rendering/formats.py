"""From DOT text to the bytes of a file."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from graphviz_utils.model import RenderError
from graphviz_utils.rendering.engine import Patience, baseline_shifts, laid_out, laid_out_by_any
from graphviz_utils.rendering.export import pdf_of, png_of
from graphviz_utils.rendering.lettering import lettered
from graphviz_utils.rendering.svg import tidied

__all__ = ["Format", "file_of", "render", "svg_of"]

Format = Literal["svg", "png", "pdf"]

_NO_CLASSES: Mapping[str, str] = MappingProxyType({})


def svg_of(
    dot: str,
    title: str = "",
    *,
    classes: Mapping[str, str] = _NO_CLASSES,
    patience: Patience = Patience(),
    engine: Path | None = None,
) -> str:
    """The picture as one `<svg>` element without fonts, safe to stand in a page.

    `classes` names the class of a text by its colour.

    Raises:
        RenderError: Graphviz is missing or refused the text; as LayoutTimeoutError, it needed too long; as
            LayoutStoppedError, somebody said Stop.
    """
    drawn, program = (laid_out(dot, patience, engine), engine) if engine else laid_out_by_any(dot, patience)
    return tidied(drawn, classes, title, baseline_shifts(program))


def file_of(svg: str, format: Format, title: str = "") -> bytes:  # noqa: A002 - files are asked for by format
    """The picture as a file: SVG with its letters inside, PNG at twice its natural size, or PDF.

    Raises:
        RenderError: there is no such format.
    """
    match format:
        case "svg":
            return lettered(svg).encode()
        case "png":
            return png_of(svg)
        case "pdf":
            return pdf_of(svg, title)
    raise RenderError(f"the format {format!r} was asked for; a picture can be svg, png or pdf")


def render(dot: str, format: Format = "svg", patience: Patience = Patience()) -> bytes:  # noqa: A002 - files are asked for by format
    """The picture of DOT text as a file, in a format that `file_of` knows.

    Raises:
        RenderError: there is no such format, Graphviz is missing, or it refused the text; as LayoutTimeoutError, it
            needed too long.
    """
    return file_of(svg_of(dot, patience=patience), format)
