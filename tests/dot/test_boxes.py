"""torchviz's DOT text is drawn as torchviz draws it; one that is forged can only draw boxes, arrows and words."""

import re

import pytest
import torch
import torchviz
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_utils.dot import boxes_and_arrows
from graphviz_utils.model import RenderError
from graphviz_utils.rendering import svg_of
from tests.hostile_words import WORDS, wrong_with_svg

HEAD = 'digraph {\n\tgraph [size="12,12"]\n\tnode [align=left fontname=monospace shape=box style=filled]\n'
GRAVE = (
    *("URL", "href", "image", "imagepath", "shapefile", "stylesheet", "target", "fontname", "fontpath", "layout"),
    *(
        "width",
        "height",
        "margin",
        "peripheries",
        "shape",
        "splines",
        "nslimit",
        "class",
        "id",
        "_background",
        "tooltip",
    ),
)


def names_of(svg: str) -> list[str]:
    return sorted(words.strip() for words in re.findall(r"<text[^>]*>([^<]*)", svg))


def network() -> str:
    """torchviz's text of a network with a view, a custom function that saves a tensor, and names."""

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, grad):  # type: ignore[no-untyped-def]
            return grad * 2

    x = torch.ones(2, requires_grad=True)
    linear = torch.nn.Linear(2, 1)
    roots = (linear(Twice.apply(x)).sum(), x.chunk(2)[0])
    return str(torchviz.make_dot(roots, params={"x": x, **dict(linear.named_parameters())}).source)


@pytest.mark.filterwarnings("ignore:distutils Version classes")  # torchviz asks PyTorch for its version in an old way
def test_what_torchviz_draws_stays_as_it_was() -> None:
    """Numbers of boxes, arrows and colours, and all the words, as Graphviz draws torchviz's own text."""
    theirs, ours = svg_of(network()), svg_of(boxes_and_arrows(network()))

    assert names_of(ours) == names_of(theirs)
    for part in ("<polygon", "<path", 'fill="orange"', 'fill="lightblue"', "stroke-dasharray"):
        assert ours.count(part) == theirs.count(part) > 0


@pytest.mark.parametrize("attribute", GRAVE)
@pytest.mark.parametrize(
    "place", ["\t1 [label=a {}]\n}}\n", "\t1 -> 2 [{}]\n}}\n", "\tgraph [{}]\n\t1 [label=a]\n}}\n"]
)
def test_no_attribute_of_a_forged_text_reaches_graphviz(attribute: str, place: str) -> None:
    forged = HEAD + place.format(f'{attribute}="http://evil.test/x.png"')

    try:
        written = boxes_and_arrows(forged)
    except RenderError:
        written = ""

    assert "evil" not in written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "this is no DOT",
        "strict graph { a -- b }",
        HEAD,
        HEAD + "\tsubgraph x { 1 }\n}\n",
        HEAD + '\t1 [label="a" shape=box]\n}\n',
        HEAD + "\t1 [label=<<table/>>]\n\t}\n",
        HEAD + '\tevil [label="a"]\n}\n',
        HEAD + '\t1 [label="a"]\n}\ndigraph { b }\n',
        HEAD + "\t1 -> 2\n" * 20_001 + "}\n",
        HEAD + '\t1 [label="' + "x" * 5_000_000 + '"]\n}\n',
    ],
)
def test_what_torchviz_never_writes_is_refused_in_words(text: str) -> None:
    with pytest.raises(RenderError, match="torchviz's drawing"):
        boxes_and_arrows(text)


@settings(max_examples=30, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_the_words_of_a_box_are_words(words: list[str]) -> None:
    boxes = "".join(f'\t{n} [label="{_as_torchviz(word)}" fillcolor=orange]\n' for n, word in enumerate(words))
    svg = svg_of(boxes_and_arrows(HEAD + boxes + "}\n"))

    assert wrong_with_svg(svg) == []
    assert svg.count('class="node"') == len(words)


def _as_torchviz(word: str) -> str:
    """As the package graphviz quotes a text that does not end in a backslash."""
    return re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', word).rstrip("\\")
