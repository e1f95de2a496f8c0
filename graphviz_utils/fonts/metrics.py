"""How wide a text is, measured in the fonts that are shipped and not guessed by an engine."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

__all__ = ["FORMULA_FAMILY", "Face", "covers", "font_family", "font_path", "formula_font_path", "text_width"]

Face = Literal["sans", "bold", "oblique", "mono", "mono-oblique"]

_FILES: Mapping[Face, str] = {
    "sans": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "oblique": "DejaVuSans-Oblique.ttf",
    "mono": "DejaVuSansMono.ttf",
    "mono-oblique": "DejaVuSansMono-Oblique.ttf",
}

FORMULA_FAMILY = "DejaVu Math TeX Gyre"


def formula_font_path() -> Path:
    """The web font of formulas: of DejaVu Math TeX Gyre 2.37 the letters, signs and measures that MathML needs."""
    return Path(__file__).parent / "DejaVuMathTeXGyre.woff2"


def font_path(face: Face) -> Path:
    """The TrueType file of a face."""
    return Path(__file__).parent / _FILES[face]


def font_family(face: Face) -> str:
    """The family name by which SVG and Graphviz know a face."""
    return "DejaVu Sans Mono" if face.startswith("mono") else "DejaVu Sans"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, face: Face = "sans") -> float:
    """The width of one line of text in points.

    A character that the font lacks is counted as one em, which is as wide as fallback fonts draw it.
    """
    advances = _advances(face)
    return size * sum(advances.get(ord(character), 1.0) for character in text)


def covers(text: str, face: Face = "sans") -> bool:
    """Whether a face has every character of `text`."""
    return _advances(face).keys() >= set(map(ord, text))


@cache
def _advances(face: Face) -> Mapping[int, float]:
    from fontTools.ttLib import TTFont

    with TTFont(font_path(face), lazy=True) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
