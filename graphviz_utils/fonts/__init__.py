"""The letters: the DejaVu fonts that every picture is set in, and how wide a text is in them."""

from graphviz_utils.fonts.metrics import Face, covers, font_family, font_path, text_width

__all__ = ["Face", "covers", "font_family", "font_path", "text_width"]
