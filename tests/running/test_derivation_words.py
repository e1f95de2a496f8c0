"""Rules spoken in symbols say what they say in numbers, and the numbers of formulas are right."""

import math
from typing import Any

import numpy as np
import pytest
import sympy

import graphviz_utils as gu
from graphviz_utils.rules import Call, Expression, Rule, evaluated, parse
from graphviz_utils.rules.catalogue import RULES
from graphviz_utils.rules.vocabulary import WORDS
from graphviz_utils.running.child.derivation.alphabet import Alphabet, element_name
from graphviz_utils.running.child.derivation.branches import Branches
from graphviz_utils.running.child.derivation.budget import Budget
from graphviz_utils.running.child.derivation.exactness import exact
from graphviz_utils.running.child.derivation.functions import Sigmoid
from graphviz_utils.running.child.derivation.printing import latex
from graphviz_utils.running.child.derivation.reckoning import Reckoning
from graphviz_utils.running.child.derivation.simplification import simplified
from graphviz_utils.running.child.derivation.wholes import symbolic_words

NUMBERS = {
    "x": np.array([[0.3, -1.2, 2.5], [0.8, 0.1, -0.6]]),
    "p": np.array([0.2, 0.9, 1.7]),
    "a": np.array([[2.0, 0.5], [-1.0, 3.0]]),
    "i": np.array([1, 0]),
    "m": np.array([[True, False, True], [False, True, True]]),
}
"""Tensors to speak of: a matrix, a vector of positive numbers, a square matrix, indices, a mask."""

LEFT_OUT = {"complex", "imag", "angle", "nan_to_num", "i0e", "i1e"}
"""What is about complex numbers, and exponentially scaled Bessel functions, for which SymPy has no name."""


def empty() -> Any:
    with gu.record() as run:
        pass
    return run.trace


def spoken(text: str) -> tuple[Any, Any]:
    """What an expression of the rules comes to, in numbers, and by way of symbols."""
    letters: dict[str, Any] = {}
    numbers: dict[sympy.Symbol, float] = {}
    for name, array in NUMBERS.items():
        if array.dtype != float:
            letters[name] = array
            continue
        letters[name] = np.empty(array.shape, dtype=object)
        for index in np.ndindex(*array.shape):
            letter = letters[name][index] = sympy.Symbol(f"{name}{index}", real=True)
            numbers[letter] = float(array[index])
    reckoning = Reckoning(numbers)
    words = symbolic_words(Branches(reckoning, Alphabet(empty())))
    found = np.asarray(evaluated(parse(text), letters, words), dtype=object)
    by_symbols = np.array([reckoning.value(sympy.sympify(each)) for each in found.flat]).reshape(found.shape)
    return np.asarray(evaluated(parse(text), NUMBERS)), by_symbols


ARGUMENTS = {"atan2": "x, p", "polygamma": "2, p", "round": "x, 1", "where": "m, x, 1 - x", "xlog": "p, p + 1"}
TWO = {"add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "fmax", "fmin", "hypot", "copysign"}
TWO |= {"logaddexp", "logaddexp2", "floor_divide", "remainder"}
WITHIN_ONE = {"asin", "acos", "atanh", "erfinv"}
COMPARISONS = {word for word in WORDS if word.startswith(("less", "greater", "equal", "not_equal", "logical", "is_"))}
ALONE = {"pi", "inf", "nan"}


def words_in(expression: Expression) -> set[str]:
    if not isinstance(expression, Call):
        return set()
    return {expression.function}.union(*map(words_in, expression.arguments))


FORWARD = {rule.forward for rule in RULES.values() if isinstance(rule, Rule) and rule.forward is not None}
OF_ELEMENTS = {word for text in FORWARD for word in words_in(parse(text)) if WORDS[word].pointwise}
SPOKEN = sorted(OF_ELEMENTS - LEFT_OUT - COMPARISONS - ALONE)


@pytest.mark.parametrize("word", SPOKEN)
def test_a_word_about_elements_means_the_same_in_symbols(word: str) -> None:
    if word in TWO:
        arguments = "p, x + 3" if word == "power" else "x, p"
    else:
        arguments = ARGUMENTS.get(word, "p / 2" if word in WITHIN_ONE else "p + 1" if word == "acosh" else "p")
    numbers, symbols = spoken(f"{word}({arguments})")

    assert symbols == pytest.approx(numbers, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "softmax(x, 1)",
        "safe_softmax(x, -1)",
        "log_softmax(x, 0)",
        "logsumexp(x, (0, 1), False)",
        "logsumexp(x, 1, True)",
        "variance(x, (1,), 1, False)",
        "deviation(x, None, 0, True)",
        "width(x, (1,), 0.001)",
        "standardised(x, (1,), 0.001)",
        "norm(x, 2, None, False)",
        "norm(x, 1, 1, True)",
        "norm(x, 3, 0, False)",
        "norm(x, inf, 1, False)",
        "largest(x, 1, True)",
        "smallest(x, (0, 1), False)",
        "sum(x, 0, False)",
        "mean(x, (0, 1), True)",
        "prod(x, 1, False)",
        "cumsum(x, 1)",
        "cumprod(x, 0)",
        "transpose(x) @ a",
        "inverse(a)",
        "determinant(a)",
        "log_determinant(a)",
        "outer(p, p)",
        "dot(p, p + 1)",
        "attention(x, x, None, False, None)",
        "attention(x, 2 * x, None, True, 0.5)",
        "where(x > 0, x, where(x < -1, -x, 0.5))",
        "where((x > 0) & (x < 1), x, 1 - x)",
        "where((x < 0) | ~(x < 1), x, 1 - x)",
        "maximum(minimum(x, 1), -1)",
        "reshape(x, (3, 2))",
        "ordered(x, 1, True)",
        "foremost(x, 2, 1, False)",
        "kth(x, 2, 1, False)",
        "median(x)",
        "median(p, 0, True)",
        "largest_so_far(x, 1)",
        "smallest_so_far(x, 0)",
        "largest_in(reshape(x, (1, 2, 3)), (2, 2), (1, 0, 1, False), 2)",
        "largest_in(reshape(x, (1, 2, 3)), (3, 3), (2, 1, 1, True), 2)",
        "picked(i, p, -100, (2, 3))",
    ],
)
def test_a_sentence_about_tensors_means_the_same_in_symbols(text: str) -> None:
    numbers, symbols = spoken(text)

    assert symbols.shape == numbers.shape
    assert symbols == pytest.approx(numbers, rel=1e-9, abs=1e-12)


def test_every_word_about_elements_has_symbols_but_those_that_are_told() -> None:
    words = symbolic_words(Branches(Reckoning({}), Alphabet(empty())))

    assert {word for word in OF_ELEMENTS if word not in words} <= LEFT_OUT


@pytest.mark.parametrize(
    ("number", "dtype", "written"),
    [
        (0.1, "float64", "1/10"),
        (float(np.float32(0.1)), "float32", "1/10"),
        (float(np.float16(0.1)), "float16", "1/10"),
        (0.10000000149011612, "float64", "0.100000001490116"),
        (2.0**-16, "float32", "1/65536"),
        (-2.5, "float32", "-5/2"),
        (3, "int64", "3"),
        (1e-5, "float32", "1/100000"),
        (math.pi, "float64", "3.14159265358979"),
        (1e300, "float64", "1.00000000000000e+300"),
        (math.inf, "float32", "oo"),
    ],
)
def test_numbers_are_exact_where_a_person_would_write_them_so(number: float, dtype: str, written: str) -> None:
    assert str(exact(number, dtype)) == written


x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        x**3 / y - sympy.sqrt(x + 5),
        sympy.exp(-(x**2)) * sympy.sin(y) / sympy.log(x + 2),
        Sigmoid(x * y) * (1 - Sigmoid(x * y)),
        sympy.tanh(x) ** 2 + sympy.erf(y) + sympy.loggamma(x + 1),
        sympy.atan2(x, y) * sympy.pi,
        x**y,
    ],
)
def test_a_formula_comes_to_what_it_comes_to_with_fifty_digits(expression: sympy.Expr) -> None:
    reckoned = Reckoning({x: 1.3, y: 0.4}).at(expression)
    plain = expression.replace(Sigmoid, lambda each: 1 / (1 + sympy.exp(-each)))
    wanted = plain.evalf(50, subs={x: sympy.Float(1.3, 50), y: sympy.Float(0.4, 50)})

    assert reckoned.value == pytest.approx(float(wanted), rel=1e-14)


def test_the_rounding_of_a_sum_that_cancels_is_seen() -> None:
    """(x + 1) - x for a large x: rounded in single precision it is off by up to ε x, and ε alone is far less."""
    large = 1e6
    reckoned = Reckoning({x: large, y: 1.0}).at(sympy.Add(sympy.Add(x, y, evaluate=False), -x, evaluate=False))

    assert reckoned.value == 1.0
    assert large <= reckoned.error <= 10 * large


def test_a_formula_that_overflows_is_reckoned_with_more_room() -> None:
    formula = sympy.exp(x) / (sympy.exp(x) + sympy.exp(y))

    assert math.isnan(Reckoning({x: 1000.0, y: 998.0}).at(formula).value)
    assert Reckoning({x: 1000.0, y: 998.0}).settled(formula).value == pytest.approx(1 / (1 + math.exp(-2)), rel=1e-14)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (2 * x * (x + 1) + x**2 - 2 * x, 3 * x**2),
        (sympy.exp(x) / (sympy.exp(x) + 1) - sympy.exp(2 * x) / (sympy.exp(x) + 1) ** 2, None),
        (-y * (Sigmoid(x * y) - 1) * Sigmoid(x * y), y * Sigmoid(x * y) * (1 - Sigmoid(x * y))),
        (-2 * x * (y - x * y**2), None),
    ],
)
def test_the_shortest_form_is_the_same_and_no_longer(long: sympy.Expr, short: sympy.Expr | None) -> None:
    found = simplified(long, Budget(60))

    assert sympy.simplify((found - long).replace(Sigmoid, lambda each: 1 / (1 + sympy.exp(-each)))) == 0
    assert found.count_ops() <= long.count_ops()
    assert short is None or found == short


def test_without_time_a_form_stays_as_it_is() -> None:
    long = 2 * x * (x + 1) + x**2 - 2 * x

    assert simplified(long, Budget(0)).expand() == long.expand()
    assert simplified(long, Budget(0)).count_ops() == long.count_ops()


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (x / 10 + sympy.Rational(1, 4), r"0.1 x + \frac{1}{4}"),
        (sympy.Rational(3, 20) * (x + y), r"0.15 x + 0.15 y"),
        (-x + y, r"y - x"),
        (sympy.Derivative(-x, x), r"\frac{\partial}{\partial x} \left(- x\right)"),
        (Sigmoid(x) ** 2, r"\sigma^{2}\left(x\right)"),
        (sympy.log(x) ** 2 / 2, r"\frac{\ln{\left(x \right)}^{2}}{2}"),
    ],
)
def test_formulas_are_set_as_on_the_rest_of_the_page(expression: sympy.Expr, written: str) -> None:
    assert latex(expression, {x: "x", y: "y"}) == written


@pytest.mark.parametrize(
    ("name", "index", "shape", "written"),
    [
        ("x", (), (), "x"),
        ("x", (0,), (3,), "x_{0}"),
        ("A", (0, 1), (2, 2), "A_{01}"),
        ("A", (0, 11), (2, 12), "A_{0,11}"),
        ("w_{1}", (1,), (2,), "w_{1,1}"),
        (r"\mathrm{net.weight}", ("i", "j"), (2, 2), r"\mathrm{net.weight}_{ij}"),
    ],
)
def test_elements_are_counted_from_zero_as_the_program_counts_them(
    name: str, index: tuple[int | str, ...], shape: tuple[int, ...], written: str
) -> None:
    assert element_name(name, index, shape) == written
