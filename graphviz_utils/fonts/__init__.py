"""The letters: the DejaVu fonts that every picture is set in, and how wide a text is in them."""

from graphviz_utils.fonts.metrics import (
    FORMULA_FAMILY,
    Face,
    covers,
    font_family,
    font_path,
    formula_font_path,
    text_width,
)

__all__ = ["FORMULA_FAMILY", "Face", "covers", "font_family", "font_path", "formula_font_path", "text_width"]
