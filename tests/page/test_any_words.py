"""Whatever a program calls things, the page's own markup shows it as words, and a stranger's story leads nowhere."""

import html
import re
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphviz_utils.model import Claim, Look
from graphviz_utils.page import (
    Program,
    calm_story,
    cell_html,
    claims_html,
    described,
    image_html,
    legend_html,
    notes_html,
    pass_titles,
    pick_label,
    verdict_html,
)
from graphviz_utils.page.exporting import file_stem
from tests.hostile_words import WORDS, marks, run_that_says, wrong_with_html

PLAIN = frozenset({"div", "span", "b", "i", "code", "img"})
STEERS = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def pieces(word: str) -> dict[str, str]:
    """Each piece of markup that takes words of a program, with `word` in all places."""
    kinds: tuple[Literal["closed_form", "expectation"], ...] = ("closed_form", "expectation")
    claims = [
        Claim(kind, word, word, 0, None, None, verdict, word) for kind in kinds for verdict in (True, False, None)
    ]
    return {
        "cell": cell_html(word),
        "notes": notes_html((word, word)),
        "verdict": verdict_html(None, word, word or None),
        "claims": claims_html(claims),
        "image": image_html("<svg/>", word),
        "legend": legend_html(Look()),
    }


@settings(max_examples=150, deadline=None)
@given(word=WORDS)
@example(word='"><img src=x onerror=alert(1)>')
@example(word="</div></span><script>alert(1)</script><!--")
def test_markup_of_the_page_has_the_same_tags_whatever_it_says(word: str) -> None:
    harmless, said = pieces("wool"), pieces(word or "wool")

    for name, piece in said.items():
        assert wrong_with_html(piece, PLAIN) == []
        assert [tag for tag, _ in marks(piece)] == [tag for tag, _ in marks(harmless[name])]


@given(word=WORDS)
def test_no_character_that_steers_reaches_the_page_s_markup(word: str) -> None:
    assert all(not STEERS.search(html.unescape(piece)) for name, piece in pieces(word).items() if name != "image")


@settings(max_examples=50, deadline=None)
@given(word=WORDS)
def test_captions_are_words_on_one_line(word: str) -> None:
    trace = run_that_says(word)

    assert not STEERS.search(described(trace))
    assert not STEERS.search("".join(pass_titles(trace)))
    assert len(described(trace)) < 10_000


@given(word=WORDS)
def test_a_program_is_offered_by_words_on_one_line(word: str) -> None:
    assert not STEERS.search(pick_label(Program.of("x = 1", f"{word}.py", "file")))


@given(word=WORDS)
def test_a_file_is_called_by_a_name_that_every_system_takes(word: str) -> None:
    assert re.fullmatch(r"\w[\w.-]{0,79}", file_stem(f"{word}.py"))


@pytest.mark.parametrize(
    ("name", "stem"),
    [("01_polynomial.py", "01_polynomial"), ("Übung 3.ipynb", "Übung_3"), ('a";b\n.py', "a_b"), ("...", "picture")],
)
def test_the_name_of_a_file_stays_as_far_as_it_can(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_a_formula_is_read_as_it_was_written() -> None:
    claim = Claim("closed_form", "x", "2 * x if x < 3 else &amp;", None, None, None, True, "")

    assert "<code>x.grad = 2 * x if x &lt; 3 else &amp;amp;</code>" in claims_html([claim])


LINKS = (
    *("![i](http://evil.test/a.png)", "[a](http://evil.test)", "[j](javascript:alert(1))", "[l](//evil.test)"),
    *("<http://evil.test>", "<irc:evil.test>", "<tel:123>", "<a@evil.test>", "<x-y.z+1:evil>"),
    *("http://evil.test", "HTTPS://evil.test", "_https://evil.test", "1https://evil.test", "https\\://evil.test"),
    *("https&#58;//evil.test", "https&colon;//evil.test", "www.evil.test", "_www.evil.test", "www\\.evil.test"),
    *("www&#46;evil.test", "a@evil.test", "a\\@evil.test", "a&commat;evil.test", "mailto:a@evil.test"),
    *("[r][s]", "[r][]", "![r][s]", "[s]: http://evil.test", "[^1]", "[^1]: foot"),
    *(":material/delete:", ":red[x]", ":blue-badge[x]", ":smile:", "::video{src=x}", ":::note\nx\n:::"),
    *("```mermaid\ngraph TD\n```", "~~~ mermaid\ngraph TD\n~~~", "```&#109;ermaid\n```"),
)
ACTS = re.compile(
    r"""(?xim) \]\( | \]\[ | \]: | (?:https?|mailto|javascript)\\*: | www\\*\. | @(?!\u2060)
    | <[a-z][a-z0-9+.-]{1,31}\\*: | &\#?\w+; | :[\w+-][\w+./-]*[:\[{] | ::\w | (?:`{3}|~{3})[ \t]*\w"""
)
"""How Markdown knows a link, an image, a note, an icon, a diagram."""


@pytest.mark.parametrize("link", LINKS)
def test_each_way_to_lead_somewhere_is_broken(link: str) -> None:
    """`[r]` and `[^1]` alone lead somewhere only with a definition, which cannot be written any more."""
    assert ACTS.search(link) or link == "[^1]"
    assert not ACTS.search(calm_story(link))


@settings(max_examples=300)
@given(
    parts=st.lists(st.one_of(st.sampled_from(LINKS), WORDS, st.text("[](){}<>!:@&;`~\\$\n ", max_size=5)), max_size=6)
)
def test_no_mixture_of_them_leads_anywhere(parts: list[str]) -> None:
    assert not ACTS.search(calm_story("".join(parts)))
