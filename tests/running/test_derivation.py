"""Closed forms derived from a recorded graph are those that a person finds by hand."""

from collections.abc import Callable

import pytest
import sympy
import torch
from sympy import cos, exp, log, sin, sqrt, tanh

from tests.running.derived import checks, closed_forms, leaf, recorded

x, y, w, b, t, v = sympy.symbols("x y w b t v", real=True)
x1, x2, x3 = sympy.symbols("x_{0} x_{1} x_{2}", real=True)
z1, z2 = sympy.symbols("z_{0} z_{1}", real=True)
w11, w12, w21, w22 = sympy.symbols("w_{00} w_{01} w_{10} w_{11}", real=True)

slope, by = r"\frac{\partial y}{\partial x}", r"\frac{\partial}{\partial x}"


def polynomial() -> None:
    x = leaf(2.0)
    y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
    y.backward()


def test_the_first_scenario_has_the_closed_form_that_school_gives() -> None:
    check = checks(recorded(polynomial))["x"]

    assert check.verdict == "equal"
    assert check.latex == rf"{slope} = 8 x^{{3}} + 3 x^{{2}} + 6 x + 5"
    assert check.expected is not None
    assert check.expected.item() == 93.0


def test_a_derivation_goes_rule_by_rule_from_the_program_to_the_number() -> None:
    lines = [(line.rule, line.latex) for line in checks(recorded(polynomial))["x"].deductions]

    assert lines == [
        ("what was computed", r"y = 2 x^{4} + x^{3} + 3 x^{2} + 5 x + 1"),
        ("sum rule", rf"{slope} = {by} 2 x^{{4}} + {by} x^{{3}} + {by} 3 x^{{2}} + {by} 5 x"),
        ("constant factor, power rule", rf"{by} 2 x^{{4}} = 8 x^{{3}}"),
        ("power rule", rf"{by} x^{{3}} = 3 x^{{2}}"),
        ("constant factor, power rule", rf"{by} 3 x^{{2}} = 6 x"),
        ("constant factor", rf"{by} 5 x = 5"),
        ("put together", rf"{slope} = 8 x^{{3}} + 3 x^{{2}} + 6 x + 5"),
        ("put in the numbers", rf"{slope} = 8 \cdot 2^{{3}} + 3 \cdot 2^{{2}} + 6 \cdot 2 + 5 = 93"),
    ]


def quotient() -> None:
    x = leaf(2.0)
    ((3 * x**2 + 5) / (x + 1)).backward()


def root_of_a_square() -> None:
    x = leaf(1.5)
    ((2 * x + 1) ** 2 + 16).sqrt().backward()


def waves() -> None:
    x = leaf(0.7)
    (torch.sin(x) * torch.exp(x**2) + torch.cos(3 * x)).backward()


def squared_error() -> None:
    w, b = leaf(2.0), leaf(-1.0)
    x, t = torch.tensor(3.0, dtype=torch.float64), torch.tensor(4.0, dtype=torch.float64)
    ((w * x + b - t) ** 2).backward()


def learned_scale() -> None:
    x, w = leaf(0.4), leaf(1.3)
    (torch.tanh(w * x) ** 2).backward()


def logistic() -> None:
    x = leaf(0.3)
    (1 / (1 + torch.exp(-x))).backward()


def powers_of_a_leaf() -> None:
    x, w = leaf(1.5), leaf(2.5)
    (x**w).backward()


def twice_differentiated() -> None:
    x = leaf(1.5)
    y = x**3 * torch.exp(2 * x)
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    slope.backward()


def fan_out() -> None:
    x = leaf(3.0)
    (x * x + 2 * x - x / 4).backward()


@pytest.mark.parametrize(
    ("program", "name", "by_hand"),
    [
        (quotient, "x", (6 * x * (x + 1) - (3 * x**2 + 5)) / (x + 1) ** 2),
        (root_of_a_square, "x", 2 * (2 * x + 1) / sqrt((2 * x + 1) ** 2 + 16)),
        (waves, "x", cos(x) * exp(x**2) + 2 * x * sin(x) * exp(x**2) - 3 * sin(3 * x)),
        (squared_error, "w", 2 * x * (w * x + b - t)),
        (squared_error, "b", 2 * (w * x + b - t)),
        (learned_scale, "w", 2 * x * tanh(w * x) * (1 - tanh(w * x) ** 2)),
        (logistic, "x", exp(x) / (1 + exp(x)) ** 2),
        (powers_of_a_leaf, "x", w * x ** (w - 1)),
        (powers_of_a_leaf, "w", log(x) * x**w),
        (twice_differentiated, "x", (6 * x + 12 * x**2 + 4 * x**3) * exp(2 * x)),
        (fan_out, "x", 2 * x + 2 - sympy.Rational(1, 4)),
    ],
    ids=lambda part: getattr(part, "__name__", str(part)),
)
def test_what_is_derived_is_what_a_person_finds(program: Callable[[], None], name: str, by_hand: sympy.Expr) -> None:
    found = closed_forms(recorded(program), name)

    assert sympy.simplify(found[()] - by_hand) == 0


def softmax_by_hand() -> None:
    z = leaf([0.2, -0.4])
    e = torch.exp(z)
    (-torch.log(e[1] / e.sum())).backward()


def softmax_in_one_gate() -> None:
    z = leaf([0.2, -0.4])
    (-torch.log_softmax(z, 0)[1]).backward()


def matrix_product() -> None:
    w, x = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([5.0, -6.0])
    (w @ x).square().sum().backward()


def variance() -> None:
    x = leaf([1.0, 2.0, 6.0])
    x.var(correction=0).backward()


def seeded() -> None:
    x = leaf([1.0, 2.0, 3.0])
    (x**3).backward(torch.tensor([1.0, 0.0, -2.0], dtype=torch.float64))


@pytest.mark.parametrize(
    ("program", "name", "by_hand"),
    [
        (softmax_by_hand, "z", [exp(z1) / (exp(z1) + exp(z2)), exp(z2) / (exp(z1) + exp(z2)) - 1]),
        (softmax_in_one_gate, "z", [exp(z1) / (exp(z1) + exp(z2)), exp(z2) / (exp(z1) + exp(z2)) - 1]),
        (
            matrix_product,
            "x",
            [
                2 * w11 * (w11 * x1 + w12 * x2) + 2 * w21 * (w21 * x1 + w22 * x2),
                2 * w12 * (w11 * x1 + w12 * x2) + 2 * w22 * (w21 * x1 + w22 * x2),
            ],
        ),
        (variance, "x", [sympy.Rational(2, 3) * (each - (x1 + x2 + x3) / 3) for each in (x1, x2, x3)]),
        (seeded, "x", [3 * x1**2, 0, -6 * x3**2]),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_each_element_has_the_form_that_a_person_finds(
    program: Callable[[], None], name: str, by_hand: list[sympy.Expr]
) -> None:
    found = closed_forms(recorded(program), name)

    assert [sympy.simplify(form - expected) for form, expected in zip(found, by_hand, strict=True)] == [0] * len(
        by_hand
    )


def shown(program: Callable[[], None]) -> dict[str, str | None]:
    return {name: check.latex for name, check in checks(recorded(program)).items()}


def test_elements_that_follow_one_pattern_have_one_formula() -> None:
    def program() -> None:
        A, b = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([5.0, 6.0])  # noqa: N806 - matrices are called so
        ((A * b) ** 2).sum().backward()

    assert shown(program) == {
        "A": r"\frac{\partial L}{\partial A_{ij}} = 2 A_{ij} b_{j}^{2}",
        "b": r"\frac{\partial L}{\partial b_{i}} = 2 b_{i} \left(A_{0i}^{2} + A_{1i}^{2}\right)",
    }


def test_elements_without_a_pattern_stand_in_a_matrix() -> None:
    def program() -> None:
        x = leaf([1.0, 2.0, 3.0])
        y = x[0] * x[2] ** 2
        y.backward()

    assert shown(program) == {
        "x": r"\frac{\partial y}{\partial x} = \begin{pmatrix} x_{2}^{2} & 0 & 2 x_{0} x_{2} \end{pmatrix}"
    }


def test_of_many_elements_the_first_are_shown_and_that_is_said() -> None:
    def program() -> None:
        x = leaf([1.0 + i for i in range(12)])
        y = (x * x.flip(0)).sum()
        y.backward()

    check = checks(recorded(program))["x"]

    assert check.note == "the first 3 of 12 elements are shown"
    assert check.latex is not None
    assert check.latex.startswith(
        r"\frac{\partial y}{\partial x_{0}} = 2 x_{11},\quad \frac{\partial y}{\partial x_{1}} ="
    )


def test_a_piecewise_function_takes_the_piece_of_the_run_and_says_on_what_condition() -> None:
    def program() -> None:
        x, b = leaf(3.0), leaf(1.0)
        y = torch.relu(x - b) ** 2
        y.backward()

    assert shown(program)["x"] == r"\frac{\partial y}{\partial x} = 2 x - 2 b \quad \text{for } x - b > 0"


def test_constants_with_a_name_are_letters_and_others_numbers() -> None:
    def program() -> None:
        x = leaf(3.0)
        lr = torch.tensor(0.1)
        y = lr * x**2 + x * torch.tensor(0.25) + 0.1 * x
        y.backward()

    assert shown(program)["x"] == r"\frac{\partial y}{\partial x} = 2 x \mathrm{lr} + 0.35"


def test_what_was_detached_is_a_constant() -> None:
    def program() -> None:
        x = leaf(3.0)
        k = (x * x).detach()
        y = k * x
        y.backward()

    assert shown(program)["x"] == r"\frac{\partial y}{\partial x} = k"


def test_a_leaf_that_was_changed_between_its_uses_stands_for_two_numbers() -> None:
    """exp(x) kept its result for x = 3, and x³ is taken at x = 2: e³ + 3 · 2²."""

    def program() -> None:
        x = leaf(3.0)
        y = torch.exp(x)
        with torch.no_grad():
            x.sub_(1.0)
        (y + x**3).backward()

    check = checks(recorded(program))["x"]

    assert check.verdict == "equal"
    assert check.latex == r"\frac{\partial L}{\partial x} = 3 x_{(2)}^{2} + e^{x}"
    assert check.deductions[-1].latex.endswith(r"= 3 \cdot 2^{2} + e^{3} \approx 32.0855")


def test_names_of_the_program_shorten_what_is_long() -> None:
    def program() -> None:
        w, x, b = leaf(0.5), leaf(2.0), leaf(-1.0)
        out = torch.sigmoid(w * x + b)
        out.backward()

    lines = {line.rule: line.latex for line in checks(recorded(program))["w"].deductions}

    assert lines["in the program's own names"] == (
        r"\frac{\partial \mathrm{out}}{\partial w} = x \mathrm{out} \left(1 - \mathrm{out}\right)"
    )


def test_long_formulas_have_letters_for_what_comes_again_in_them() -> None:
    def program() -> None:
        x = leaf([1.0, 2.0, 5.0])
        weights = torch.tensor([1.0, -2.0, 4.0], dtype=torch.float64)
        y = (weights * torch.nn.functional.layer_norm(x, (3,))).sum()
        y.backward()

    check = checks(recorded(program))["x"]

    assert check.verdict in ("equal", "close")
    assert check.latex is not None
    assert r"\text{where } u_{1} =" in check.latex
