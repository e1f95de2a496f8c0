"""Kinks: the slopes on either side are those of finite differences, the chosen one is autograd's."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from graphviz_utils.explanation import Explainer, explain
from graphviz_utils.model import Kink, OutputMeta, Trace
from graphviz_utils.tracing import record
from tests.building import Run, from_node

Function = Callable[[torch.Tensor], torch.Tensor]
STEP = 1e-6
FUNCTIONS: dict[str, tuple[Function, float]] = {
    "relu": (torch.relu, 0.0),
    "leaky relu": (lambda x: functional.leaky_relu(x, 0.2), 0.0),
    "prelu": (lambda x: functional.prelu(x, torch.tensor(0.3, dtype=torch.float64)), 0.0),
    "elu": (lambda x: functional.elu(x, 0.5), 0.0),
    "abs": (torch.abs, 0.0),
    "clamp from below": (lambda x: x.clamp(min=0.5), 0.5),
    "clamp from above": (lambda x: x.clamp(max=0.5), 0.5),
    "clamp at its lower bound": (lambda x: x.clamp(-1, 2), -1.0),
    "clamp at its upper bound": (lambda x: x.clamp(-1, 2), 2.0),
    "clamp by tensors": (lambda x: x.clamp(torch.zeros((), dtype=torch.float64)), 0.0),
    "relu6 at 0": (functional.relu6, 0.0),
    "relu6 at 6": (functional.relu6, 6.0),
    "hardtanh": (functional.hardtanh, 1.0),
    "hardsigmoid at -3": (functional.hardsigmoid, -3.0),
    "hardsigmoid at 3": (functional.hardsigmoid, 3.0),
    "hardswish at -3": (functional.hardswish, -3.0),
    "hardswish at 3": (functional.hardswish, 3.0),
    "threshold": (lambda x: functional.threshold(x, 1.0, 1.0), 1.0),
    "softshrink": (lambda x: functional.softshrink(x, 0.5), 0.5),
    "softshrink below": (lambda x: functional.softshrink(x, 0.5), -0.5),
    "maximum": (lambda x: torch.maximum(x, torch.zeros((), dtype=torch.float64)), 0.0),
    "minimum": (lambda x: torch.minimum(x, torch.zeros((), dtype=torch.float64)), 0.0),
    "fmax": (lambda x: torch.fmax(torch.zeros((), dtype=torch.float64), x), 0.0),
    "fmin": (lambda x: torch.fmin(x, torch.zeros((), dtype=torch.float64)), 0.0),
}


def run_of(function: Function, at: float, derivatives: int = 0) -> tuple[Trace, float]:
    """A run at one point, and the slope that autograd gives there."""
    with record(derivatives=derivatives) as run:
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        function(x).backward()
    assert x.grad is not None
    return run.trace, x.grad.item()


def kinks(trace: Trace) -> list[Kink]:
    explainer = Explainer.of(trace)
    slots = [rule for node in trace.nodes for rule in explainer.explain(node.id).slots]
    return [rule.kink for rule in slots if rule.kink is not None]


@pytest.mark.parametrize(("function", "at"), FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("derivatives", [0, 100])
def test_a_kink_has_the_slopes_of_either_side_and_the_one_that_autograd_took(
    function: Function, at: float, derivatives: int
) -> None:
    trace, chosen = run_of(function, at, derivatives)
    left, middle, right = (function(torch.tensor(at + step, dtype=torch.float64)).item() for step in (-STEP, 0, STEP))
    (kink,) = kinks(trace)

    assert kink.elements == (0,)
    assert (kink.below, kink.above) == pytest.approx(((middle - left) / STEP, (right - middle) / STEP), abs=1e-5)
    assert kink.chosen == pytest.approx(chosen, abs=1e-6)


@pytest.mark.parametrize(("function", "at"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_beside_a_kink_there_is_none(function: Function, at: float) -> None:
    trace, _ = run_of(function, at + 0.01)

    assert kinks(trace) == []


@pytest.mark.parametrize("function", [functional.elu, functional.celu, functional.silu, functional.leaky_relu])
def test_a_smooth_join_is_no_kink(function: Function) -> None:
    """An exponential that meets a line of its own slope; a leak as steep as what it leaks beside."""
    arguments = {"negative_slope": 1.0} if function is functional.leaky_relu else {}
    trace, _ = run_of(lambda x: function(x, **arguments), 0.0)

    assert kinks(trace) == []


def test_the_elements_at_a_kink_are_told_and_those_beside_are_not() -> None:
    with record() as run:
        torch.tensor([[0.0, 1.0], [-2.0, 0.0]], requires_grad=True).relu().sum().backward()

    assert kinks(run.trace) == [Kink(elements=(0, 3), below=0.0, above=1.0, chosen=0.0)]


def test_a_tie_of_what_was_spread_is_at_one_element_of_it() -> None:
    """The bound is one number, met by the second and the fourth; what it sent is a sum, and no slope of any one."""
    with record() as run:
        bound = torch.tensor(2.0, requires_grad=True)
        torch.maximum(torch.tensor([1.0, 2.0, 3.0, 2.0]), bound).sum().backward()

    assert kinks(run.trace) == [Kink(elements=(0,), below=0.0, above=1.0, chosen=None)]


def test_the_recorded_derivative_tells_the_slope_of_what_was_spread() -> None:
    with record(derivatives=100) as run:
        bound = torch.tensor(2.0, requires_grad=True)
        torch.maximum(torch.tensor([1.0, 2.0, 3.0, 2.0]), bound).sum().backward()

    assert [kink.chosen for kink in kinks(run.trace)] == [0.5]


def test_where_nothing_arrived_no_slope_was_chosen() -> None:
    with record() as run:
        torch.tensor(0.0, requires_grad=True).relu().mul(0).backward()

    assert [kink.chosen for kink in kinks(run.trace)] == [None]


def test_a_forged_run_that_claims_a_huge_tensor_has_no_kinks_to_look_for() -> None:
    run = Run()
    x = run.leaf("x", (0.0, 1.0))
    run.op("ReluBackward0", from_node("self", 0, x), data=(0.0, 1.0), operator="aten.relu.default")
    whole = run.trace()
    leaf = replace(whole.nodes[0], outputs=(OutputMeta((10**6, 10**6), "float32"),))

    assert explain(whole, "n1").slots[0].kink is not None
    assert explain(replace(whole, nodes=(leaf, whole.nodes[1])), "n1").slots[0].kink is None


def test_a_forged_run_with_more_dimensions_than_arrays_have_is_explained_all_the_same() -> None:
    run = Run()
    x = run.leaf("x", 1.0)
    run.op("MulBackward0", from_node("self", 0, x), from_node("other", 1, x), data=1.0, operator="aten.mul.Tensor")
    whole = run.trace()
    deep = (OutputMeta((1,) * 65, "float32"),)
    forged = replace(whole, nodes=tuple(replace(node, outputs=deep) for node in whole.nodes))

    assert len(explain(forged, "n1").slots) == 2
