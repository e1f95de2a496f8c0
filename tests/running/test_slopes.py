"""The slope of a function from its values: against derivatives by hand, and at points where there is none."""

import math
from collections.abc import Callable

import pytest

from graphviz_utils.running.child.differences.slopes import Slope, slope

Function = Callable[[float], float]


def slope_of(function: Function, at: float, noise: float | None = None) -> Slope:
    """What `slope` finds for a function whose values are rounded as doubles are."""
    ground = function(at)

    def rise(step: float) -> float:
        try:
            return function(at + step) - ground
        except ValueError:
            return math.nan

    return slope(rise, at, 2.3e-16 * abs(ground) if noise is None else noise)


@pytest.mark.parametrize(
    ("function", "at", "derivative"),
    [
        (lambda x: 7.0, 3.0, 0.0),
        (lambda x: 5 * x, 3.0, 5.0),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**4, 0.0, 0.0),
        (lambda x: x**20, 1.0, 20.0),
        (math.sin, 1.0, math.cos(1.0)),
        (math.sin, 1e4, math.cos(1e4)),
        (lambda x: math.sin(1000 * x), 0.1, 1000 * math.cos(100.0)),
        (lambda x: math.exp(20 * x), 1.0, 20 * math.exp(20.0)),
        (math.log, 1e-6, 1e6),
        (math.sqrt, 1e-6, 500.0),
        (math.tan, 1.57, 1 / math.cos(1.57) ** 2),
        (lambda x: x**2, 1e8, 2e8),
    ],
)
def test_slope_is_the_derivative_by_hand_within_its_own_error(function: Function, at: float, derivative: float) -> None:
    found = slope_of(function, at)

    assert found.kind == "smooth"
    assert abs(found.value - derivative) <= found.error + 1e-12 * abs(derivative)
    assert found.error <= 1e-6 * abs(derivative) + 1e-9


@pytest.mark.parametrize(
    ("function", "below", "above"),
    [
        (abs, -1.0, 1.0),
        (lambda x: max(x, 0.0), 0.0, 1.0),
        (lambda x: max(x, 0.0) + x**3 + 2 * x, 2.0, 3.0),
        (lambda x: 1e-3 * abs(x) + x, 0.999, 1.001),
    ],
)
def test_kink_has_both_its_slopes(function: Function, below: float, above: float) -> None:
    found = slope_of(function, 0.0)

    assert found.kind == "kink"
    assert [found.below, found.above] == pytest.approx([below, above], abs=1e-6)


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-5, 1e-7])
def test_kink_nearby_is_none_here(distance: float) -> None:
    found = slope_of(lambda x: max(x - distance, 0.0) + 3 * x, 0.0)

    assert found.kind == "smooth"
    assert found.value == pytest.approx(3.0, abs=1e-6)


def test_jump_has_the_slopes_beside_it() -> None:
    found = slope_of(lambda x: 2 * x + (5.0 if x >= 1 else 0.0), 1.0)

    assert found.kind == "jump"
    assert [found.below, found.above] == pytest.approx([2.0, 2.0], abs=1e-3)


def test_slope_without_bound_is_infinite() -> None:
    found = slope_of(math.cbrt, 0.0)

    assert (found.kind, found.value) == ("steep", math.inf)


def test_at_the_edge_of_its_domain_a_function_has_the_slope_of_its_one_side() -> None:
    assert slope_of(lambda x: x * math.sqrt(x) + 3 * x, 0.0).value == pytest.approx(3.0, abs=1e-3)
    assert math.isnan(slope_of(lambda x: x * math.sqrt(x) + 3 * x, 0.0).below)
    assert slope_of(math.asin, 1.0).value == math.inf
    assert slope_of(math.sqrt, 0.0).kind == "edge"


def test_rounding_on_the_way_shows_in_the_error() -> None:
    """(10⁸ + x)/3 − 10⁸/3 loses half of the digits of x."""
    found = slope_of(lambda x: (1e8 + x) / 3 - 1e8 / 3, 0.1)

    assert abs(found.value - 1 / 3) <= 8 * found.error + 1e-6
    assert found.error < 1e-3


def test_function_without_values_around_has_no_slope() -> None:
    assert slope_of(lambda x: math.nan if x else 0.0, 0.0).kind == "alone"


def test_logarithmic_growth_is_no_slope() -> None:
    """x·log x at 0: its secants grow without bound, but so slowly that nobody could tell from numbers."""
    assert slope_of(lambda x: x * math.log(x) if x else 0.0, 0.0).kind == "unsettled"
