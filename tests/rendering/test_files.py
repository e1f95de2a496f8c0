"""SVG, PNG and PDF files come from the same drawing and carry their letters with them."""

import base64
import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from graphviz_utils.drawing import Picture, draw
from graphviz_utils.model import RenderError
from graphviz_utils.rendering import Format, lettered, pdf_of, png_of, render, svg_of
from tests.building import scenario_1_trace
from tests.drawing.gallery import GALLERY

FORMATS: tuple[Format, ...] = ("svg", "png", "pdf")


@pytest.fixture(scope="module")
def picture() -> Picture:
    return draw(scenario_1_trace())


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height stand in the header chunk: https://www.w3.org/TR/png/#11IHDR"""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_a_file_starts_as_its_format_says(picture: Picture) -> None:
    svg, png, pdf = (render(picture.dot, kind) for kind in FORMATS)

    assert (svg[:4], png[1:4], pdf[:4]) == (b"<svg", b"PNG", b"%PDF")


@pytest.mark.parametrize("scale", [1, 2])
def test_a_png_has_the_natural_size_times_the_scale(picture: Picture, scale: int) -> None:
    """A point is 96/72 pixels."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', picture.svg)
    assert found
    width, height = (float(number) * 96 / 72 * scale for number in found.groups())

    assert list(png_size(picture.png(scale))) == pytest.approx([width, height], abs=2)


def test_a_pdf_has_one_page_whose_text_can_be_selected(picture: Picture) -> None:
    reader = PdfReader(io.BytesIO(picture.pdf()))
    words = reader.pages[0].extract_text().replace("\xa0", " ").split("\n")

    assert len(reader.pages) == 1
    assert {"x", "x⁴", "∂ 93", "64 + 12 + 12 + 5 = 93", "63"} <= {word.strip() for word in words}


def test_a_pdf_embeds_every_font_it_uses(picture: Picture) -> None:
    resources: Any = PdfReader(io.BytesIO(picture.pdf())).pages[0]["/Resources"]
    fonts = resources["/Font"]
    ours = [font.get_object() for font in fonts.values() if "DejaVu" in font.get_object()["/BaseFont"]]

    assert len(ours) == 3
    assert all("/FontFile2" in font["/FontDescriptor"] for font in ours)


def test_equal_pictures_give_equal_files(picture: Picture) -> None:
    assert (picture.pdf(), picture.standalone_svg()) == (picture.pdf(), picture.standalone_svg())


def test_a_standalone_svg_holds_every_letter_it_uses_and_little_else(picture: Picture) -> None:
    svg = picture.standalone_svg()
    embedded = [
        TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()
        for data in re.findall(r"base64,([A-Za-z0-9+/=]+)", svg)
    ]
    used = {character for text in ElementTree.fromstring(picture.svg).itertext() for character in text}
    drawn = set("".join(re.findall(r"<text[^>]*>([^<]*)<", picture.svg)))

    assert set().union(*embedded) >= set(map(ord, drawn))
    assert len(svg) - len(picture.svg) < 40_000
    assert used >= drawn


@pytest.mark.parametrize("name", GALLERY)
def test_embedded_letters_of_every_picture_stay_small(name: str) -> None:
    svg = draw(GALLERY[name]()).svg

    assert len(lettered(svg)) - len(svg) < 40_000


def test_a_picture_too_long_for_paper_and_screens_is_made_to_fit() -> None:
    """PDF pages end at 14,400 points, and image viewers long before 100 megapixels."""
    long = svg_of("digraph { rankdir=LR; node [shape=box width=200 height=10] a -> b -> c -> d }")
    page = PdfReader(io.BytesIO(pdf_of(long))).pages[0]
    width, height = png_size(png_of(long))

    assert max(page.mediabox.width, page.mediabox.height) <= 14_400
    assert width * height <= 81e6
    assert page.extract_text().split() == ["a", "b", "c", "d"]


def test_a_format_that_there_is_not_is_refused_in_words() -> None:
    with pytest.raises(RenderError) as told:
        render("digraph { a }", "gif")  # type: ignore[arg-type]

    assert str(told.value) == "the format 'gif' was asked for; a picture can be svg, png or pdf"
