"""What is said of how a gradient was added up, and of hooks that changed it."""

import math
from typing import Any

import pytest

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.dot.sums import is_changed, sum_text
from graphviz_utils.graph import build_graph
from tests.building import Run, from_node, snapshot

PAIR = ((6.0, 2.0), (6.0, 2.0), (1.0, 1.0))


def doubled(*used: Any) -> str:
    """The picture of y = x*x + x at (6, 2), where (13, 5) arrived at x and `used` is what x used, if it was seen."""
    run = Run()
    x = run.leaf("x", (6.0, 2.0))
    square = run.op("MulBackward0", from_node("self", 0, x), from_node("other", 1, x), data=(36.0, 4.0), label="×")
    y = run.op("AddBackward0", from_node("self", 0, square), from_node("other", 1, x), data=(42.0, 6.0), label="+")
    ones = (1.0, 1.0)
    edges = ((y, 0, ones), (y, 1, ones), (square, 0, (6.0, 2.0)), (square, 1, (6.0, 2.0)))
    run.backward(y, seed=ones, order=(y, square, x), edges=edges, nodes=((y, ones), (square, ones), (x, *used)))
    return to_dot(annotate(build_graph(run.trace()), run.trace())).replace("&#160;", " ")


def test_a_tensor_s_gradient_is_the_sum_of_what_arrived() -> None:
    assert ">sum of 3 gradients<" in doubled((13.0, 5.0))


def test_a_tensor_s_gradient_that_a_hook_changed_is_not_called_the_sum() -> None:
    assert ">sum of 3 gradients, changed by a hook<" in doubled((13.0, 5.0), (26.0, 10.0))


def test_a_sum_that_was_not_seen_is_not_claimed() -> None:
    dot = doubled(None, (26.0, 10.0))

    assert "26" in dot
    assert "sum of" not in dot


@pytest.mark.parametrize(
    ("used", "said"),
    [(6.0, ""), (12.0, "6 → 12 (hook)"), (math.nan, "6 → nan (hook)")],
)
def test_a_single_gradient_is_told_if_a_hook_changed_it(used: float, said: str) -> None:
    assert sum_text((snapshot(6.0),), snapshot(6.0), snapshot(used), 4) == said


@pytest.mark.parametrize(
    ("total", "used", "changed"),
    [
        ((1e8, 1.0), (1e8 + 8, 1.0), False),  # one unit in the last place of a single float
        ((1.0, 1.0), (1.0, 1.001), True),
        ((math.nan, 1.0), (math.nan, 1.0), False),
        ((math.nan, 1.0), (0.0, 1.0), True),
        ((math.inf, 1.0), (math.inf, 1.0), False),
        ((0.0, 0.0), (0.0, 1e-30), True),
    ],
)
def test_rounding_is_no_change(total: tuple[float, float], used: tuple[float, float], changed: bool) -> None:
    assert is_changed(snapshot(total), snapshot(used)) is changed
