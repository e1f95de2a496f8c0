"""Only the letters that a picture uses, inside the picture: it then looks the same on every machine."""

import base64
import io
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from xml.etree import ElementTree

from graphviz_utils.fonts import FORMULA_FAMILY, Face, font_family, font_path, formula_font_path

__all__ = ["face_of", "font_rules", "formula_rule", "lettered", "letters"]


def lettered(svg: str) -> str:
    """`svg` with the part of DejaVu it needs as a style sheet at its beginning, for use as a file or in `<img>`."""
    head, closed, rest = svg.partition(">")
    return f"{head}{closed}<style>{font_rules(letters(svg))}</style>{rest}"


def font_rules(faces: Mapping[Face, str]) -> str:
    """The style rules that bring some characters of each face."""
    return "".join(_rule(face, characters) for face, characters in faces.items())


@cache
def formula_rule() -> str:
    """The style rule that brings the letters and signs of formulas, which a browser needs to set MathML well."""
    data = base64.b64encode(formula_font_path().read_bytes()).decode()
    return f'@font-face{{font-family:"{FORMULA_FAMILY}";src:url("data:font/woff2;base64,{data}") format("woff2")}}'


def letters(svg: str) -> Mapping[Face, str]:
    """The characters that are set in each face, sorted."""
    used: dict[Face, set[str]] = {}
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own SVG
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        used.setdefault(face_of(text.attrib), set()).update("".join(text.itertext()))
    return {face: "".join(sorted(used[face])) for face in sorted(used)}


def face_of(attributes: Mapping[str, str]) -> Face:
    """The face that the attributes of an SVG text ask for."""
    slanted = attributes.get("font-style") == "italic"
    if "Mono" in attributes.get("font-family", ""):
        return "mono-oblique" if slanted else "mono"
    return "bold" if attributes.get("font-weight") == "bold" else "oblique" if slanted else "sans"


def _rule(face: Face, characters: str) -> str:
    kind = "woff2" if find_spec("brotli") else "woff"
    weight = "font-weight:bold;" if face == "bold" else ""
    slant = "font-style:italic;" if face.endswith("oblique") else ""
    data = base64.b64encode(_subset(face, characters, kind)).decode()
    source = f'src:url("data:font/{kind};base64,{data}") format("{kind}")'
    return f'@font-face{{font-family:"{font_family(face)}";{weight}{slant}{source}}}'


@lru_cache(maxsize=128)
def _subset(face: Face, characters: str, kind: str) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor=kind, layout_features=[], hinting=False, name_IDs=[], notdef_outline=True)
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "FFTM", "kern"]
    written = io.BytesIO()
    with subset.load_font(str(font_path(face)), options, lazy=True, dontLoadGlyphNames=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()
