"""torchviz's DOT text, read as boxes and arrows and written anew: a program may forge it, and Graphviz obeys it."""

import re
from collections.abc import Iterator

import graphviz

from graphviz_utils.dot.wording import cleaned, quoted
from graphviz_utils.model import RenderError

__all__ = ["boxes_and_arrows"]

_ID = r"[0-9]{1,20}"
_WORDS = r"(?P<quoted>\"(?:[^\"\\]|\\.)*+\")|(?P<bare>\w+|<[^\n]*>)"
_HEAD = re.compile(r"digraph \{\n(?:\t(?:graph|node) \[[-\w=\",. ]*\]\n)*")
_BOX = re.compile(rf"\t(?P<id>{_ID}) \[label=(?:{_WORDS})(?: fillcolor=(?P<colour>\w+))?\]\n", re.DOTALL)
_ARROW = re.compile(rf"\t(?P<tail>{_ID}) -> (?P<head>{_ID})(?: \[(?P<look>[\w=]+)\])?\n")
_END = re.compile(r"\}\n?\Z")

_COLOURS = frozenset({"lightblue", "orange", "darkolivegreen1", "darkolivegreen3"})
_BOXES = {"style": "filled", "shape": "box", "fontsize": "10", "height": "0.2", "fontname": "monospace"}
_LOOKS = {"style=dotted": {"style": "dotted"}, "dir=none": {"dir": "none"}}
_LONGEST = 4_000_000
_MOST = 20_000
_LINES, _LINE = 3, 60
_INCHES = 0.15


def boxes_and_arrows(dot: str) -> str:
    """The boxes and arrows of torchviz's DOT text, in torchviz's own look: of it all only words and wiring are kept.

    Raises:
        RenderError: this is not what torchviz writes, or there is too much of it.
    """
    page = graphviz.Digraph(node_attr=_BOXES)
    names: dict[str, str] = {}
    statements = tuple(_statements(dot))
    for found in statements:
        parts = found.groupdict()
        if "id" in parts:
            colour = {"fillcolor": parts["colour"]} if parts["colour"] in _COLOURS else {}
            page.node(_named(names, parts["id"]), _label(parts["quoted"], parts["bare"]), **colour)
        else:
            ends = (_named(names, parts["tail"]), _named(names, parts["head"]))
            page.edge(*ends, **_LOOKS.get(parts["look"] or "", {}))
    size = max(12.0, len(statements) * _INCHES)
    page.graph_attr["size"] = f"{size:g},{size:g}"
    source: str = page.source
    return source


def _statements(dot: str) -> Iterator[re.Match[str]]:
    """The boxes and arrows one after the other; what is neither ends the reading."""
    head = _HEAD.match(dot)
    if head is None or len(dot) > _LONGEST:
        raise RenderError(f"torchviz's drawing was expected, and {_remark(dot, 0)} came; run the program again")
    at = head.end()
    for _ in range(_MOST):
        if _END.match(dot, at):
            return
        found = _BOX.match(dot, at) or _ARROW.match(dot, at)
        if found is None:
            raise RenderError(f"torchviz's drawing was expected, and {_remark(dot, at)} came; run the program again")
        yield found
        at = found.end()
    raise RenderError(f"torchviz's drawing has more than {_MOST:,} boxes and arrows; draw a smaller graph")


def _remark(dot: str, at: int) -> str:
    return f"a text of {len(dot):,} characters" if len(dot) > _LONGEST else repr(cleaned(dot[at : at + 80], 40))


def _named(names: dict[str, str], id_: str) -> str:
    return names.setdefault(id_, f"t{len(names)}")


def _label(quoted_words: str | None, bare: str) -> str:
    """The words of a box line by line, as nothing but words."""
    words = bare if quoted_words is None else quoted_words[1:-1].replace('\\"', '"')
    return "\\n".join(quoted(cleaned(line, _LINE)) for line in words.split("\n")[:_LINES])
