"""Kinks of what takes many elements to one: the slopes on either side are those of finite differences."""

from collections.abc import Callable, Sequence

import pytest
import torch

from graphviz_utils.explanation import Explainer
from graphviz_utils.model import Kink
from graphviz_utils.tracing import record

Function = Callable[[torch.Tensor], torch.Tensor]
STEP = 1e-6
KINKS: dict[str, tuple[Function, list[float], list[int]]] = {
    "a largest element twice": (torch.max, [3, 1, 3], [0, 2]),
    "a smallest element twice": (torch.min, [1, 3, 1], [0, 2]),
    "amax with three": (torch.amax, [2, 2, 2], [0, 1, 2]),
    "amin along a dimension": (lambda x: x.view(2, 2).amin(1).sum(), [1, 2, 5, 5], [2, 3]),
    "the length of nothing": (torch.linalg.vector_norm, [0, 0], [0, 1]),
    "a norm of nothing": (lambda x: torch.linalg.vector_norm(x, 3), [0, 0], [0, 1]),
    "sizes at 0": (lambda x: torch.linalg.vector_norm(x, 1), [2, 0, -1], [1]),
    "the largest size twice": (lambda x: torch.linalg.vector_norm(x, torch.inf), [-3, 1, 3], [0, 2]),
    "the largest size of nothing": (lambda x: torch.linalg.vector_norm(x, torch.inf), [0], [0]),
    "the deviation of equals": (torch.std, [2, 2, 2], [0, 1, 2]),
    "the deviation of equals, over n": (lambda x: x.std(correction=0), [2, 2, 2, 2], [0, 1, 2, 3]),
}
SMOOTH: dict[str, tuple[Function, list[float]]] = {
    "one largest element": (torch.max, [3, 1, 2]),
    "a length": (torch.linalg.vector_norm, [3, 4]),
    "a deviation": (torch.std, [1, 2, 4]),
    "one largest size": (lambda x: torch.linalg.vector_norm(x, torch.inf), [-3, 1, 2]),
}


def kinks(function: Function, at: Sequence[float], derivatives: int = 0) -> tuple[list[Kink], list[float]]:
    """The kinks that are told of at a point, and the slopes that autograd gives there."""
    with record(derivatives=derivatives) as run:
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        function(x).backward()
    assert x.grad is not None
    explainer = Explainer.of(run.trace)
    slots = [rule for node in run.trace.nodes for rule in explainer.explain(node.id).slots]
    return [rule.kink for rule in slots if rule.kink is not None], x.grad.tolist()


def one_sided(function: Function, at: Sequence[float], element: int) -> tuple[float, float]:
    x = torch.tensor(at, dtype=torch.float64)
    step = torch.zeros_like(x)
    step[element] = STEP
    below, middle, above = (function(each).item() for each in (x - step, x, x + step))
    return (middle - below) / STEP, (above - middle) / STEP


@pytest.mark.parametrize(("function", "at", "elements"), KINKS.values(), ids=KINKS)
@pytest.mark.parametrize("derivatives", [0, 100])
def test_a_kink_has_the_slopes_of_either_side(
    function: Function, at: list[float], elements: list[int], derivatives: int
) -> None:
    (kink,), _ = kinks(function, at, derivatives)

    assert kink.elements == tuple(elements)
    assert (kink.below, kink.above) == pytest.approx(one_sided(function, at, elements[0]), abs=1e-5)


@pytest.mark.parametrize(("function", "at", "elements"), KINKS.values(), ids=KINKS)
def test_the_chosen_slope_is_autograd_s(function: Function, at: list[float], elements: list[int]) -> None:
    (kink,), slopes = kinks(function, at, derivatives=100)

    assert kink.chosen == pytest.approx(slopes[elements[0]], abs=1e-9)


@pytest.mark.parametrize(("function", "at"), SMOOTH.values(), ids=SMOOTH)
def test_where_a_function_is_smooth_no_kink_is_told_of(function: Function, at: list[float]) -> None:
    found, _ = kinks(function, at)

    assert found == []
