"""Every line of every derivation is true: its two sides come to the same number, also away from the run's."""

import math
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import sympy
import torch

from graphviz_utils.model import Trace
from graphviz_utils.running.child.derivation.deducing import Statement
from graphviz_utils.running.child.derivation.deriving import PassDerivation
from graphviz_utils.running.child.derivation.obstacles import ObstacleError
from graphviz_utils.running.obligations import unproved
from tests.running.derived import SCENARIOS, derivation, leaf, recorded, scenario_run

MOST_LINES = 20
_NUMBER = re.compile(r"(?:=|\\approx) (-?[\d.]+)(?: \\times 10\^\{(-?\d+)\})?$")


def lines_of(trace: Trace, backward: int) -> list[tuple[PassDerivation, tuple[Statement, ...]]]:
    """The derivations of a pass, leaf by leaf, where there are any."""
    try:
        derived = derivation(trace, backward)
    except ObstacleError:
        return []
    found = []
    for row in unproved(trace, backward):
        try:
            found.append((derived, derived.statements(row.node)))
        except ObstacleError:
            continue
    return found


def nearby(derived: PassDerivation, seed: int) -> dict[sympy.Symbol, float]:
    """Numbers not far from the run's: on the same piece, if it is not at its edge."""
    random.seed(seed)
    return {letter: number * (1 + 1e-3 * random.random()) for letter, number in derived.alphabet.numbers.items()}


def value(side: sympy.Expr, derived: PassDerivation, numbers: Mapping[sympy.Symbol, float]) -> complex:
    """What one side of a line comes to, derivatives taken and abbreviations resolved."""
    known = {letter: sympy.Float(number, 30) for letter, number in numbers.items()}
    return complex(_number(side.doit(), derived, known))


def _number(side: sympy.Expr, derived: PassDerivation, known: dict[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    for letter in side.free_symbols - known.keys():
        known[letter] = _number(derived.alphabet.abbreviated[letter], derived, known)
    return side.xreplace(known).evalf(30)


def differentiated(trace: Trace, backward: int) -> float:
    """The number that a pass differentiated, as the run had it."""
    pass_ = trace.passes[backward]
    weighed = [(trace.value(root.node, root.output, pass_.at), root.seed) for root in pass_.roots]
    return sum(float(np.vdot(held.data, seed.data)) for held, seed in weighed if held and seed)


def check_lines(derived: PassDerivation, lines: tuple[Statement, ...]) -> None:
    for seed in range(2):
        numbers = nearby(derived, seed)
        for line in lines:
            if line.left is not None and line.right is not None:
                left, right = value(line.left, derived, numbers), value(line.right, derived, numbers)

                assert left == pytest.approx(right, rel=1e-9, abs=1e-12), line.told.latex


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_line_about_a_ready_scenario_is_true(path: Path) -> None:
    trace = scenario_run(path)
    for backward in range(len(trace.passes)):
        for derived, lines in lines_of(trace, backward):
            check_lines(derived, lines)

            assert len(lines) <= MOST_LINES
            assert max((len(line.told.latex) for line in lines), default=0) <= 1_500


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_derivation_begins_with_the_number_that_was_differentiated(path: Path) -> None:
    """What is said to be computed comes to the roots of the run, weighed by the gradients it began with."""
    trace = scenario_run(path)
    for backward in range(len(trace.passes)):
        for derived, lines in lines_of(trace, backward):
            begun = [line for line in lines if line.told.rule == "what was computed"]
            total = differentiated(trace, backward)
            for line in begun:
                assert line.left is not None
                number = value(line.left, derived, derived.alphabet.numbers)

                assert not math.isfinite(total) or number == pytest.approx(total, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_derivation_ends_with_the_number_that_was_found(path: Path) -> None:
    trace = scenario_run(path)
    for backward in range(len(trace.passes)):
        for derived, lines in lines_of(trace, backward):
            for line in lines:
                written = _NUMBER.search(line.told.latex)
                if line.told.rule == "put in the numbers" and written and line.left is not None:
                    told = float(written[1]) * 10.0 ** int(written[2] or 0)

                    assert told == pytest.approx(value(line.left, derived, derived.alphabet.numbers), rel=1e-5)


def product_of_four() -> None:
    x = leaf(0.7)
    (x * torch.sin(x) * torch.exp(x) * torch.log(x + 2)).backward()


def tower_of_roots() -> None:
    x = leaf(2.0)
    torch.sqrt(1 + torch.sqrt(1 + torch.sqrt(1 + x))).backward()


def exponents() -> None:
    x = leaf(1.3)
    (2.0**x + x ** (x + 1) + torch.pow(3.0, x**2)).backward()


def quotients() -> None:
    x, y = leaf(1.3), leaf(0.4)
    ((x * y - 1) / (x + y) - 1 / (x * x + 1) + torch.tan(x) / y).backward()


def error_function() -> None:
    x = leaf([0.3, -0.2])
    (torch.erf(x) * torch.nn.functional.gelu(x) + torch.lgamma(x + 2) + torch.atan2(x, x + 3)).sum().backward()


def cut_in_pieces() -> None:
    x = leaf([0.3, -0.2, 0.9])
    h = torch.nn.functional.layer_norm(torch.tanh(x), (3,))
    (torch.softmax(h, 0) * x).square().sum().backward()


@pytest.mark.parametrize(
    "program", [product_of_four, tower_of_roots, exponents, quotients, error_function, cut_in_pieces]
)
def test_every_line_is_true_whatever_the_rules(program: Callable[[], None]) -> None:
    trace = recorded(program)
    for derived, lines in lines_of(trace, 0):
        check_lines(derived, lines)

        assert lines


@pytest.mark.parametrize(
    ("program", "rules"),
    [
        (product_of_four, {"product rule", "sine", "exponential function", "chain rule, logarithm"}),
        (exponents, {"exponential rule", "chain rule, exponential rule"}),
        (quotients, {"quotient rule", "sum rule"}),
        (tower_of_roots, {"chain rule, power rule"}),
    ],
)
def test_rules_are_called_by_the_names_that_school_has_for_them(program: Callable[[], None], rules: set[str]) -> None:
    found = {line.told.rule for _, lines in lines_of(recorded(program), 0) for line in lines}

    assert rules <= found
