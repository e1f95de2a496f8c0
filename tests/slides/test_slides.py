"""Pages for a talk: one for each step, the same places on all, and on the last one all that the picture shows."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import torch
from PIL import Image, ImageSequence
from pypdf import PdfReader

from graphviz_utils.drawing import Series, draw_series
from graphviz_utils.model import RenderError
from graphviz_utils.slides import animation, pages, pdf_pages, png_sequence
from graphviz_utils.tracing import record


@pytest.fixture(scope="module")
def series() -> Series:
    """y = x² + 3x at 2: y = 10, and 4 + 3 = 7 comes back."""
    with record("Two terms") as run:
        x = torch.tensor(2.0, requires_grad=True)
        y = x**2 + 3 * x
        y.backward()
    return draw_series(run.trace)


def numbers(svg: str, kind: str) -> list[str]:
    return sorted(text.replace("\xa0", " ") for text in re.findall(rf'class="{kind}"[^>]*>([^<]*)<', svg))


def test_values_come_one_by_one_and_then_gradients(series: Series) -> None:
    found = [(numbers(svg, "value"), numbers(svg, "grad")) for svg in pages(series)]

    values = [[], ["2", "4"], ["2", "4", "6"], ["10", "2", "4", "6"]]
    assert [value for value, _ in found] == values + [values[-1]] * 4
    assert [grad for _, grad in found][:4] == [[], [], [], []]
    assert found[4][1] == ["∂ 1", "∂ 1", "∂ 1"]  # y's own, and what its two terms are sent
    assert found[5][1] == ["∂ 1", "∂ 1", "∂ 1", "∂ 3"]
    assert found[6][1] == ["∂ 1", "∂ 1", "∂ 1", "∂ 3", "∂ 4"]
    assert found[7][1] == ["4 + 3 = 7", "∂ 1", "∂ 1", "∂ 1", "∂ 3", "∂ 4", "∂ 7"]


def test_every_page_has_every_outline_in_its_place(series: Series) -> None:
    outlines = [re.findall(r'<(?:path|polygon)[^>]*(?:d|points)="([^"]*)"', svg) for svg in pages(series)]

    assert len(outlines[0]) > 10
    assert all(page == outlines[0] for page in outlines)


def test_what_a_step_is_about_is_framed(series: Series) -> None:
    framed = [re.findall(r'<g id="(node-n\d)"(?:(?!</g>).)*stroke-width="5"', svg) for svg in pages(series)]

    assert framed == [[], *([f"node-n{number}"] for number in (1, 2, 3, 3, 2, 1, 0))]


def test_the_last_page_shows_all_that_the_picture_shows(series: Series) -> None:
    [*_, last] = pages(series)

    assert re.findall(r">([^<]+)</text>", last) == re.findall(r">([^<]+)</text>", series.last.svg)


def test_a_pdf_has_a_page_for_each_step_and_all_are_alike_in_size(series: Series) -> None:
    reader = PdfReader(io.BytesIO(pdf_pages(series)))

    assert len(reader.pages) == 8
    assert len({tuple(page.mediabox) for page in reader.pages}) == 1
    assert "10" not in reader.pages[2].extract_text()
    assert "10" in reader.pages[3].extract_text()


def test_an_archive_has_an_image_for_each_step(series: Series) -> None:
    archive = zipfile.ZipFile(io.BytesIO(png_sequence(series, scale=0.5)))

    assert archive.namelist() == [f"step-{number:03}.png" for number in range(8)]
    assert {Image.open(archive.open(name)).size for name in archive.namelist()} == {
        Image.open(archive.open("step-000.png")).size
    }


def test_an_animation_goes_through_all_steps_for_ever(series: Series) -> None:
    image = Image.open(io.BytesIO(animation(series, scale=0.5)))

    assert [frame.info["duration"] for frame in ImageSequence.Iterator(image)] == [900] * 7 + [3000]
    assert image.info["loop"] == 0


@pytest.mark.slow
def test_images_are_no_larger_than_a_slide(series: Series) -> None:
    """3840 x 2160 pixels are as many as the largest projectors have."""
    archive = zipfile.ZipFile(io.BytesIO(png_sequence(series, scale=50)))
    width, height = Image.open(archive.open("step-000.png")).size

    assert 0.95 < width * height / (3840 * 2160) < 1.05


@pytest.mark.parametrize("write", [pdf_pages, png_sequence, animation])
def test_more_slides_than_anybody_shows_are_refused(write: Callable[[Series], bytes]) -> None:
    """x, 140 sums and the total: 141 steps forward, 142 back, and a page before them."""
    with record() as run:
        x = torch.ones(4, requires_grad=True)
        y = x
        for _ in range(140):
            y = y + 1
        y.sum().backward()

    with pytest.raises(
        RenderError, match=r"^284 pages of a picture with 142 nodes are too much for slides; draw fewer"
    ):
        write(draw_series(run.trace))


def test_a_second_pass_takes_the_place_of_the_first() -> None:
    with record() as run:
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x
        y.backward(retain_graph=True)
        y.backward(torch.tensor(10.0))
    found = [numbers(svg, "grad") for svg in pages(draw_series(run.trace))]

    # 3 comes back along each wire and 6 is collected, then 30 and 60.
    assert "∂ 6" in found[3]
    assert "∂ 60" not in found[4]
    assert "∂ 60" in found[5]
