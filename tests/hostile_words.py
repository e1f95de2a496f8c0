"""Texts as a hostile program would choose them, and what must be true of whatever they are written into."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

from hypothesis import strategies as st

from graphviz_utils.model import Trace
from tests.building import Run, from_node, snapshot

__all__ = ["SIGNS", "WORDS", "marks", "run_that_says", "with_ids", "wrong_with_html", "wrong_with_svg"]

SIGNS = "<>&\"'`{}|\\$%#_^~[]()!*:;@/=-\n\r\t\0\x1b\x7f\x85\x9b\xa0\xad\u2028\u2029\u200b\u202e\u2066\u2060\ufeff\ufffe"
_PIECES = (
    *("javascript:alert(1)", "]]>", "-->", "<!--", "</script><script>alert(1)</script>", "</text>", "</style>"),
    *("<b>", "<img src=x onerror=alert(1)>", " onload=alert(1) ", "&#x6a;", "&#106;", "&lt;b&gt;", "&amp;", "&nbsp;"),
    *("\\N", "\\G", "\\L", "\\T", "\\E", "\\n", "\\l", "\\", '"];', 'x" URL="javascript:alert(1)', "<<b>x</b>>"),
    *('"]; y [image="/etc/passwd"]', "url(http://evil.test/a.png)", "//evil.test", "%s", "{0.__class__}", "${7*7}"),
    *("\x1b[31m", "\x1b]0;owned\x07", "\x9b2J", "\u202egnp.exe", "\ud800", "\udfff", "\U0001f600", "e\u0301\u0301"),
    *("\\href{javascript:alert(1)}{x}", "$$", "$x$", "![a](http://evil.test/a.png)", ":red[x]", "w" * 3000, "Backward"),
)

WORDS = st.lists(
    st.one_of(
        st.sampled_from(_PIECES),
        st.text(SIGNS, max_size=4),
        st.text(st.characters(), max_size=4),
        st.text("abcxyz019_.", max_size=6),
    ),
    max_size=5,
).map("".join)
"""Everything that means something to some reader: markup, escapes, references, marks that steer, half characters."""


def run_that_says(word: str) -> Trace:
    """A run with every kind of node, in which whatever a program can name is called `word`."""
    run = Run(word, word)
    tensor = snapshot(2.0, word or "float32")
    x = run.leaf(word, tensor, module=word)
    c = run.constant(word, tensor)
    both = (from_node(word, 0, x), from_node(word, 1, c))
    y = run.op(word or "f", *both, data=tensor, operator=word, label=word, variable=word, module=word)
    several = run.op(word or "f", from_node(word, 0, y), outputs=(tensor, tensor), label=word, variable=word)
    run.op("detach", from_node(word, None, y), data=tensor, label=word, variable=word, kind="detached")
    last = (from_node(word, 0, several, 0), from_node(word, 1, several, 1))
    z = run.op("SubBackward0", *last, data=tensor, operator="aten.sub.Tensor", label=word, variable=word)
    run.backward(z, order=(z, several, y, x), edges=((z, 0, 1.0), (z, 1, 1.0), (y, 0, 1.0)), nodes=((x, 2.0),))
    run.cell(word, 1, word, word)
    return run.trace()


def with_ids(trace: Trace, word: str) -> Trace:
    """The same run by a child that forged the ids of its nodes: each begins with `word`."""

    def called(id_: object) -> str:
        return f"{word}{id_}"

    nodes = []
    for node in trace.nodes:
        arguments = (row if row.is_literal else replace(row, node=called(row.node)) for row in node.arguments)
        nodes.append(replace(node, id=called(node.id), arguments=tuple(arguments)))
    passes = [
        replace(
            row,
            roots=tuple(replace(root, node=called(root.node)) for root in row.roots),
            order=tuple(map(called, row.order)),
            edge_grads=tuple(replace(grad, target=called(grad.target)) for grad in row.edge_grads),
            node_grads=tuple(replace(grad, node=called(grad.node)) for grad in row.node_grads),
            leaves=tuple(replace(leaf, node=called(leaf.node)) for leaf in row.leaves),
        )
        for row in trace.passes
    ]
    return replace(
        trace,
        nodes=tuple(nodes),
        edges=tuple(replace(edge, source=called(edge.source), target=called(edge.target)) for edge in trace.edges),
        values=tuple(replace(value, node=called(value.node)) for value in trace.values),
        bindings=tuple(replace(binding, node=called(binding.node)) for binding in trace.bindings),
        passes=tuple(passes),
    )


def wrong_with_svg(svg: str, styled: bool = False) -> list[str]:
    """What in a picture could act, load or point somewhere; `styled` pictures bring their letters in one style."""
    root = ElementTree.fromstring(svg.encode())
    return list(_wrong(root, _SVG_TAGS | ({"style"} if styled else set())))


def wrong_with_html(html: str, tags: frozenset[str]) -> list[str]:
    """What in a piece of a page is more than `tags` with words in them."""
    return [
        fault
        for tag, attributes in marks(html)
        for fault in ([] if tag in tags else [f"<{tag}>"])
        + [name for name in attributes if name not in ("class", "style", "alt", "src", "tabindex")]
    ]


def marks(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The tags of a piece of a page, with their attributes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


_SVG_TAGS = {"circle", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text", "title", "tspan"}
_SPOKEN = {"aria-label"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("!", {}))


def _wrong(root: ElementTree.Element, tags: set[str]) -> Iterator[str]:
    for element in root.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "?"
        if tag not in tags:
            yield f"<{tag}>"
        if tag == "style" and re.search(r"@import|url\((?!\"data:font/)", element.text or ""):
            yield element.text or ""
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "href", "src") or "}" in name:
                yield f"{name}={value!r}"
            if name not in _SPOKEN and re.search(r"[\\\"'<>&]|url\s*\(|script:|//", value):
                yield f"{name}={value!r}"
