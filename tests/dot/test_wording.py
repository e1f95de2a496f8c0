"""Words of a program are cut and cleaned so that they still say what they are."""

import pytest

from graphviz_utils.dot.wording import cleaned, escaped, identifier, named, shape_text


def test_a_long_dotted_name_keeps_its_end() -> None:
    assert named("encoder.layers.0.self_attn.in_proj_weight", 28) == "…0.self_attn.in_proj_weight"


def test_a_long_plain_name_keeps_its_beginning() -> None:
    assert named("a" * 40, 10) == "a" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\nb\tc", "a b c"),
        ("a\x00b\x1b[31m", "a·b·[31m"),
        ("\u202egnp.exe", "·gnp.exe"),
        ("e\u0301", "é"),
        ("x\u0302\u0302\u0302\u0302", "x\u0302"),
        ("\ud800", "·"),
        ("\ufffe", "·"),
    ],
)
def test_characters_that_steer_or_pile_up_are_tamed(text: str, clean: str) -> None:
    assert cleaned(text) == clean


def test_a_text_of_megabytes_is_cut_without_reading_it_all() -> None:
    assert cleaned("x" * 10_000_000, 10) == "xxxxxxxxx…"


def test_markup_becomes_text() -> None:
    assert escaped('<b a="1">&amp; x') == "&lt;b&#160;a=&quot;1&quot;&gt;&amp;amp;&#160;x"


def test_ids_hold_nothing_that_dot_or_svg_could_read() -> None:
    assert identifier('n0@n5.1"><:') == "n0_40_n5.1_22__3e__3c__3a_"


@pytest.mark.parametrize(("shape", "text"), [((), "()"), ((3,), "(3,)"), ((2, 3), "(2, 3)")])
def test_a_shape_is_written_as_python_writes_a_tuple(shape: tuple[int, ...], text: str) -> None:
    assert shape_text(shape) == text
