"""What `draw` hands out, and what it does when a layout takes too long."""

from pathlib import Path
from typing import get_args

import pytest

from graphviz_utils.drawing import Picture, draw
from graphviz_utils.model import Look, Moment, RenderError
from graphviz_utils.rendering import Format, LayoutTimeoutError, svg_of
from tests.building import Run, chain_trace, scenario_1_trace
from tests.drawing.gallery import GALLERY


def test_equal_runs_and_looks_give_equal_pictures() -> None:
    assert draw(scenario_1_trace()) == draw(scenario_1_trace())


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph")]
)
def test_a_picture_is_saved_as_its_name_says(tmp_path: Path, suffix: str, start: bytes) -> None:
    draw(scenario_1_trace()).save(tmp_path / f"picture{suffix}")

    assert (tmp_path / f"picture{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize("format_", get_args(Format))
def test_a_picture_is_handed_out_as_the_file_that_it_is_saved_as(tmp_path: Path, format_: Format) -> None:
    picture = draw(scenario_1_trace())
    picture.save(tmp_path / f"picture.{format_.upper()}")

    assert picture.file(format_) == (tmp_path / f"picture.{format_.upper()}").read_bytes()


def test_a_name_that_says_no_format_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"picture\.bmp does not say .* end its name in"):
        Picture("", "").save(tmp_path / "picture.bmp")


def test_a_notebook_shows_the_picture_with_its_letters() -> None:
    assert "@font-face" in draw(scenario_1_trace())._repr_svg_()


def test_a_graph_over_the_budget_is_folded_and_the_notes_say_so() -> None:
    assert draw(chain_trace(1000), Look(budget=20)).notes[0].startswith("1,001 nodes are folded into ")


def test_a_leaf_with_many_uses_is_drawn_beside_each() -> None:
    picture = draw(GALLERY["shared"]())

    assert picture.svg.count('class="node leaf"') == 15
    assert picture.notes == ("A shared tensor is drawn beside each use.",)


def test_a_run_without_gradients_is_an_empty_picture_that_says_why() -> None:
    picture = draw(Run().trace())

    assert picture.notes == ("Nothing is drawn: no tensor in this run requires a gradient.",)
    assert picture.png()


def test_a_leaf_is_drawn_once_if_the_reader_wants_it_so() -> None:
    assert draw(GALLERY["shared"](), Look(leaves="once")).svg.count('class="node leaf"') == 2


def test_constants_can_be_left_out() -> None:
    assert "mask" not in draw(GALLERY["broken"](), Look(constants=False)).svg


def test_before_the_pass_no_gradient_is_shown() -> None:
    assert "∂" not in draw(scenario_1_trace(), moment=Moment(at=5)).svg


def test_a_layout_that_takes_too_long_is_tried_once_more_with_fewer_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def impatient(dot: str, *_: object, **__: object) -> str:
        sizes.append(dot.count("\n"))
        if len(sizes) == 1:
            raise LayoutTimeoutError(20)
        return svg_of(dot)

    monkeypatch.setattr("graphviz_utils.drawing.svg_of", impatient)
    picture = draw(chain_trace(100))

    assert sizes[1] < sizes[0] / 3
    assert picture.notes[0].startswith("101 nodes are folded into")


def test_a_layout_that_never_ends_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> str:
        raise LayoutTimeoutError(20)

    monkeypatch.setattr("graphviz_utils.drawing.svg_of", endless)

    with pytest.raises(RenderError) as told:
        draw(chain_trace(100))
    assert str(told.value) == ('the layout was not done after 20 s; try Look(budget=12) or Look(leaves="per-use")')
