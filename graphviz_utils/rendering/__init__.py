"""The rendering room: DOT text becomes SVG, PNG and PDF, and Graphviz runs nowhere else."""

from graphviz_utils.rendering.engine import (
    DEADLINE,
    LayoutBusyError,
    LayoutStoppedError,
    LayoutTimeoutError,
    Patience,
    engines,
)
from graphviz_utils.rendering.export import pdf_of, pdf_of_pages, png_of
from graphviz_utils.rendering.formats import Format, file_of, render, svg_of
from graphviz_utils.rendering.lettering import font_rules, formula_rule, lettered, letters

__all__ = [
    "DEADLINE",
    "Format",
    "LayoutBusyError",
    "LayoutStoppedError",
    "LayoutTimeoutError",
    "Patience",
    "engines",
    "file_of",
    "font_rules",
    "formula_rule",
    "lettered",
    "letters",
    "pdf_of",
    "pdf_of_pages",
    "png_of",
    "render",
    "svg_of",
]
