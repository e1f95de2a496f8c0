"""The colours of a picture, by theme."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphviz_utils.model import Look, Theme

__all__ = ["PALETTES", "Palette", "text_classes"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for. Every text colour has a contrast of at least 4.5 on every ground it stands on."""

    ground: str
    ink: str
    muted: str
    value: str
    grad: str
    wire: str
    faint: str
    """Wires that carry no gradient."""
    leaf: str
    """What a leaf is filled with; its border is `value`."""
    gate: str
    paper: str
    """What boxes are filled with."""
    alert: str
    """What NaN and infinity are written on, in `ground`."""


PALETTES: Mapping[Theme, Palette] = {
    "light": Palette(
        ground="#ffffff",
        ink="#111827",
        muted="#475569",
        value="#005a9c",
        grad="#b34700",
        wire="#64748b",
        faint="#7c8a9f",
        leaf="#e3effa",
        gate="#e6ebf2",
        paper="#fdfdfd",
        alert="#9b1c1c",
    ),
    "dark": Palette(
        ground="#0e1117",
        ink="#f3f4f6",
        muted="#a9b6c8",
        value="#7cc4ff",
        grad="#ffb27a",
        wire="#8fa0b6",
        faint="#66758a",
        leaf="#12304c",
        gate="#2a3342",
        paper="#161b24",
        alert="#ff9a9a",
    ),
}


def text_classes(look: Look) -> Mapping[str, str]:
    """What a text's colour says of it: the class names `value` and `grad` by colour, for the SVG."""
    palette = PALETTES[look.theme]
    return {palette.value: "value", palette.grad: "grad", palette.alert: "alert"}
