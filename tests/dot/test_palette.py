"""Colours keep WCAG's contrast of 4.5 for every text, and of 3 for lines, on every ground they meet."""

import pytest

from graphviz_utils.dot.palette import PALETTES
from graphviz_utils.model import Theme


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_reads_on_every_ground(theme: Theme) -> None:
    palette = PALETTES[theme]
    grounds = (palette.ground, palette.leaf, palette.gate, palette.paper)
    texts = (palette.ink, palette.muted, palette.value, palette.grad)

    assert min(contrast(text, ground) for text in texts for ground in grounds) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wires_and_warnings_stand_out_from_the_ground(theme: Theme) -> None:
    palette = PALETTES[theme]
    lines = (palette.wire, palette.faint, palette.alert, palette.muted)

    assert min(contrast(line, palette.ground) for line in lines) >= 3


def test_the_light_theme_has_the_two_colours_of_the_standard() -> None:
    assert (PALETTES["light"].value, PALETTES["light"].grad) == ("#005a9c", "#b34700")
