"""Whatever a program calls things, a picture of them holds the same shapes, and the words as words."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphviz_utils.dot.blocks import Style, text
from graphviz_utils.dot.wording import cleaned, legible
from graphviz_utils.drawing import draw
from graphviz_utils.model import Look, Preset
from graphviz_utils.rendering import Patience, engines, letters, pdf_of, png_of, svg_of
from graphviz_utils.rendering.svg import tidied
from tests.hostile_words import SIGNS, WORDS, run_that_says, with_ids, wrong_with_svg

PRESETS: tuple[Preset, ...] = ("circuit", "micrograd", "pytorch")
SVG = "{http://www.w3.org/2000/svg}"
KEPT = (14, 18, 24, 28, 32, 40)
"""How many letters of a word are kept in the various places of a picture."""


def groups(svg: str) -> tuple[list[str], int]:
    """The drawn nodes and edges in order, by class, and how many different ids they have."""
    found = [*ElementTree.fromstring(svg.encode()).iter(f"{SVG}g")]
    return [part.get("class", "").split()[0] for part in found], len({part.get("id") for part in found})


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg.encode())
    return ["".join(found.itertext()).replace("\xa0", " ").strip() for found in root.iter(f"{SVG}text")]


def forms(word: str) -> set[str]:
    """How a picture may show `word`."""
    return {cleaned(word, limit) for limit in KEPT}


def picture(word: str, id_: str, look: Look) -> str:
    return draw(with_ids(run_that_says(word), id_), look).svg


@pytest.mark.parametrize("preset", PRESETS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS, id_=WORDS)
@example(word="\\N", id_="")
@example(word="\u2028", id_="")
@example(word="\x00", id_="")
@example(word="&#106;", id_="edge")
@example(word='x"\\', id_='"]; a [URL="javascript:alert(1)"]')
@example(word="\ud800\x00", id_="-n0-n1\udfff")
def test_a_picture_has_the_same_parts_whatever_things_are_called(preset: Preset, word: str, id_: str) -> None:
    look = Look(preset=preset, scope="all", leaves="once")
    harmless, svg = picture("wool", "", look), picture(word, id_, look)

    assert wrong_with_svg(svg) == []
    assert groups(svg) == groups(harmless)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS.filter(lambda word: bool(cleaned(word)) and "." not in word))
@example(word="\\N \\G \\L")
@example(word="]")
@example(word="]]>")
@example(word="&#106;&lt;b&gt;&amp;")
@example(word="<<b>x</b>>")
def test_the_words_of_a_picture_read_as_they_were_written(word: str) -> None:
    shown = texts(picture(word, "", Look(preset="pytorch", scope="all", leaves="once")))

    assert forms(word).intersection(shown), shown
    known = {"2", "∂ 1", "∂ 2", "∂ –", "AccumulateGrad", "SubBackward0", "out 0", "out 1", "detach"}
    whole = cleaned(word, 4000)
    spoken = [said for said in shown if said not in known and not whole.startswith(said.removesuffix("…"))]
    assert [said for said in spoken if not any(form in said for form in forms(word))] == []


@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
def test_every_sign_reads_as_itself_alone_and_among_others(engine: Path) -> None:
    signs = [*map(chr, range(33, 127)), *SIGNS]
    words = [legible(word) for sign in signs for word in (sign, sign * 2, f"a{sign}", f"{sign}a")]
    labels = (text(word, Style(10, "#000000", "bold")).html for word in words)
    dot = " ".join(f"n{number} [shape=none label=<{label}>]" for number, label in enumerate(labels))

    assert texts(svg_of(f"digraph {{ {dot} }}", engine=engine)) == [word.replace("\xa0", " ").strip() for word in words]


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.name)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS, preset=st.sampled_from(PRESETS))
@example(word="]", preset="circuit")
def test_both_engines_read_every_text_that_is_written(engine: Path, word: str, preset: Preset) -> None:
    dot = draw(run_that_says(word), Look(preset=preset, scope="all")).dot

    assert wrong_with_svg(svg_of(dot, word, engine=engine, patience=Patience(60))) == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(word=WORDS)
@example(word="\ud800\x00\x1b")
@example(word=")>>endobj (\\")
def test_every_picture_becomes_a_file_of_each_kind(word: str) -> None:
    drawn = draw(run_that_says(word), Look(scope="all"))

    assert png_of(drawn.svg, 0.2).startswith(b"\x89PNG")
    assert pdf_of(drawn.svg, drawn.title).startswith(b"%PDF")
    assert wrong_with_svg(drawn.standalone_svg(), styled=True) == []
    assert letters(drawn.svg)


@pytest.mark.parametrize("name", ["fill", "stroke", "font-family", "transform", "points", "d", "class", "id"])
@pytest.mark.parametrize(
    "value",
    [
        "url(http://evil.test/a.svg#p)",
        "URL( '//evil.test' )",
        "u\\72l(//evil.test)",
        "u/**/rl(//evil.test)",
        "javascript:alert(1)",
        "image-set(&quot;//evil.test/a.png&quot; 1x)",
        "red;background:url(//evil.test)",
        "var(--x, url(//evil.test))",
        "&#x22;&gt;&lt;script&gt;",
    ],
)
def test_no_attribute_of_graphviz_s_drawing_can_point_anywhere(name: str, value: str) -> None:
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><g id="graph0" class="graph"><polygon {name}="{value}"/></g></svg>'
    )

    assert wrong_with_svg(tidied(drawn.encode(), {}, "", {})) == []
    assert "evil" not in tidied(drawn.encode(), {}, "", {})
    assert "script" not in tidied(drawn.encode(), {}, "", {})
