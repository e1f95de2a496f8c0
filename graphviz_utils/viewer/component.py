"""The viewer as components of Streamlit: its program, which a browser is sent once, and the places of pictures."""

import json
from functools import cache
from string import Template
from typing import get_args

from graphviz_utils.fonts import Face
from graphviz_utils.rendering import font_rules, formula_rule
from graphviz_utils.viewer.assets import viewer_file, viewer_script

__all__ = ["place_component", "program_component"]

_LETTERS = "".join(map(chr, (*range(32, 127), *range(160, 384), *range(880, 1024)))) + "−∂…→√∞≈≤≥≠∑∏∫·×⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ′"
"""Latin, Greek and the signs of mathematics; a rarer letter is set in a font of the reader's machine."""


@cache
def program_component() -> str:
    """The module that brings the viewer, its style and its letters to a page. It shows nothing."""
    fonts = font_rules(dict.fromkeys(get_args(Face), _LETTERS)) + formula_rule()
    bringing = Template(viewer_file("streamlit/program.js"))
    return viewer_script() + bringing.substitute(css=json.dumps(viewer_file("viewer.css")), fonts=json.dumps(fonts))


def place_component() -> str:
    """The module of a place that shows a document; it is sent with every picture, and small."""
    return viewer_file("streamlit/place.js")
