"""The rules' language: what is read, what is known before any number is, and what comes out."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_utils.rules import (
    Call,
    Constant,
    Facts,
    Name,
    Text,
    UnseenError,
    evaluated,
    folded,
    latex_name,
    local,
    names_in,
    number_text,
    parse,
    written,
)
from graphviz_utils.rules.evaluation import fitted

REAL = Facts(
    literals={"exponent": 4, "dim": (1, 0), "eps": None, "alpha": 1},
    shapes={"self": (2, 3), "grads[0]": (2, 3), "tensors[0]": (2,), "tensors[1]": (5,)},
    lists={"tensors": 2},
)


def latex(text: str, facts: Facts = REAL) -> str:
    names = {"grads[0]": r"\bar{y}", "results[0]": "y", "self": "x"}
    return written(folded(parse(text), facts), lambda name: Text(names.get(name, latex_name(name)))).latex


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("grad", Name("grads[0]")),
        ("result", Name("results[0]")),
        ("-2", Constant(-2)),
        ("-self", Call("negative", (Name("self"),))),
        ("self + 1", Call("add", (Name("self"), Constant(1)))),
        ("pi", Call("pi", ())),
        ("dim[0]", Call("item", (Name("dim"), Constant(0)))),
        ("eps is None", Call("is_none", (Name("eps"),))),
        ("(1, dim)", Call("tuple", (Constant(1), Name("dim")))),
        ("self ** 2 if exponent else 0", parse("choose(exponent, self ** 2, 0)")),
        ("0 < self < 1", parse("(0 < self) and (self < 1)")),
    ],
)
def test_an_expression_is_read_as_python_means_it(text: str, read: object) -> None:
    assert parse(text) == read


@pytest.mark.parametrize(
    "text", ["self.shape", "f(x=1)", "[x for x in self]", "lambda: 1", "self @= 1", "a << b", "x()()"]
)
def test_what_is_no_expression_of_the_language_is_refused(text: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        parse(text)


@pytest.mark.parametrize(
    ("text", "simpler"),
    [
        ("exponent * self ** (exponent - 1) * grad", r"4 x^{3} \cdot \bar{y}"),
        ("self ** (exponent - 3)", "x"),
        ("self ** (exponent - 4)", "1"),
        ("0 + alpha * self", "x"),
        ("self * 2 * 3", "6 x"),
        ("-(self - result)", "y - x"),
        ("self + -result", "x - y"),
        ("-self * -grad", r"x \cdot \bar{y}"),
        ("0 * self + grad", r"\bar{y}"),
        ("grad / numel(self)", r"\frac{\bar{y}}{6}"),
        ("2 / 6 * self", r"\frac{1}{3} x"),
        ("size(self, dim[0])", "3"),
        ("shape(self)[1:]", r"\left(3\right)"),
        ("conj(self) * grad", r"x \cdot \bar{y}"),
        ("1 / self if eps is None else undefined(self)", r"\frac{1}{x}"),
        ("where(exponent == 4, self, result)", "x"),
        ("tensors", r"\left(\mathrm{tensors[0]}, \mathrm{tensors[1]}\right)"),
        ("shape(tensors[1])", r"\left(5\right)"),
    ],
)
def test_what_is_known_is_put_in_and_simplified(text: str, simpler: str) -> None:
    assert latex(text) == simpler


def test_a_conjugate_stays_where_numbers_are_complex() -> None:
    facts = Facts(shapes={"self": (3,)}, complexes=frozenset({"self"}))

    assert latex("conj(self) * conj(result)", facts) == r"x^{*} \cdot y^{*}"
    assert latex("conj(complex(real, imag))", Facts(shapes={"real": (), "imag": ()})).endswith("^{*}")


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("(self + result) * grad", r"\left(x + y\right) \cdot \bar{y}"),
        ("self - (result - grad)", r"x - \left(y - \bar{y}\right)"),
        ("self + result - grad", r"x + y - \bar{y}"),
        ("(self * result) ** 2", r"\left(x \cdot y\right)^{2}"),
        ("sin(self * result)", r"\sin \left(x \cdot y\right)"),
        ("sin(self) ** 2", r"\left(\sin x\right)^{2}"),
        ("exp(self + 1)", "e^{x + 1}"),
        ("1 / (self + 1)", r"\frac{1}{x + 1}"),
        ("-(self * grad)", r"-x \cdot \bar{y}"),
        ("2 ** -self", "2^{-x}"),
        ("self ** -2", "x^{-2}"),
        ("1e-7 * self", r"1 \times 10^{-7} \cdot x"),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(text: str, brackets: str) -> None:
    assert latex(text, Facts()) == brackets


def test_tensors_are_multiplied_element_by_element() -> None:
    facts = Facts(shapes={"a": (3,), "b": (3,), "c": ()})
    names = {name: Text(name) for name in "abc"}

    assert written(folded(parse("a * b * c"), facts), names.__getitem__, facts.is_tensor).latex == r"a \odot b \cdot c"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("exponent * self ** (exponent - 1) * grad", "4 x^{3}"),
        ("grad", "1"),
        ("-grad", "-1"),
        ("expand(grad, shape(self)) / numel(self)", r"\frac{1}{6}"),
    ],
)
def test_the_derivative_alone_is_what_a_gradient_of_one_would_send(text: str, alone: str) -> None:
    found = local(folded(parse(text), REAL))

    assert found is not None
    assert written(found, {"self": Text("x")}.__getitem__).latex == alone


@pytest.mark.parametrize("text", ["real(grad)", "conj(grad) * self", "matmul(grad, self)"])
def test_where_elements_or_parts_mix_there_is_no_single_derivative(text: str) -> None:
    assert local(parse(text)) is None


NUMBERS = st.sampled_from(["0", "1", "2", "-1", "-3", "0.5", "x", "y", "1.5"])
EXPRESSIONS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({}) ** {}".format, inner, st.sampled_from(["0", "1", "2", "3", "-1"])),
        st.builds("-({})".format, inner),
        st.builds("where({} > {}, {}, {})".format, inner, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_an_expression_made_simpler_is_worth_the_same(text: str) -> None:
    values = {"x": np.array([1.7, -0.3]), "y": np.array([2.9, 0.4])}
    whole = np.broadcast_to(evaluated(parse(text), values), (2,)).astype(float)
    simpler = np.broadcast_to(np.asarray(evaluated(folded(parse(text)), values), float), (2,))
    is_plain = np.isfinite(whole)

    np.testing.assert_allclose(simpler[is_plain], whole[is_plain], rtol=1e-9, atol=1e-9)


def test_another_table_of_functions_reckons_with_other_things() -> None:
    """With exact fractions: 1/3 + 1/6 is 1/2."""
    table = {"add": lambda a, b: a + b, "divide": lambda a, b: Fraction(a) / b}

    assert evaluated(parse("1 / 3 + a"), {"a": Fraction(1, 6)}, table) == Fraction(1, 2)


@pytest.mark.parametrize("text", ["self + other", "nonsense(self)"])
def test_what_was_not_seen_and_what_is_no_word_is_told(text: str) -> None:
    with pytest.raises(UnseenError):
        evaluated(parse(text), {"self": 1.0})


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], (2,), [4.0, 6.0]),
        ([[1.0, 2.0], [3.0, 4.0]], (2, 1), [[3.0], [7.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], (), 10.0),
        (0.0, (2,), [0.0, 0.0]),
        ([[1.0], [2.0]], (2, 3), [[1.0] * 3, [2.0] * 3]),
    ],
)
def test_what_is_sent_is_fitted_to_its_receiver(value: object, shape: tuple[int, ...], expected: object) -> None:
    assert fitted(value, shape).tolist() == expected


def test_a_real_receiver_takes_the_real_part() -> None:
    assert fitted(np.array([1 + 2j]), (1,)).tolist() == [1.0]
    assert fitted(np.array([1 + 2j]), (1,), is_complex=True).tolist() == [1 + 2j]


def test_names_are_found_wherever_they_stand() -> None:
    assert names_in(parse("where(a > b, grad, c[0] * 2)")) == {"a", "b", "c", "grads[0]"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12345, "12345"),
        (-0.001234567, "-0.001235"),
        (1e-300, r"1 \times 10^{-300}"),
        (-1.5e9, r"-1.5 \times 10^{9}"),
        (math.nan, r"\mathrm{nan}"),
        (-math.inf, r"-\infty"),
        (True, r"\mathrm{true}"),
        (2 - 1j, "2 - i"),
        (-3j, "-3 i"),
        (10**400, None),
    ],
)
def test_a_number_is_set_with_four_digits(number: complex, text: str | None) -> None:
    if text is None:
        with pytest.raises(OverflowError):
            number_text(number)
    else:
        assert number_text(number).latex == text


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("x12", "x_{12}"),
        ("w_out", r"w_{\mathrm{out}}"),
        ("theta_0", r"\theta_{0}"),
        ("learning_rate", r"\mathrm{learning}_{\mathrm{rate}}"),
        ("a_b_c", r"\mathrm{a\_b\_c}"),
        ("net.0.weight", r"\mathrm{net.0.weight}"),
        ("params['w']", r"\mathrm{params[w]}"),
        ("_hidden", r"\mathrm{\_hidden}"),
        ("жук", r"\mathrm{жук}"),
        ("}\\input{/etc/passwd}", r"\mathrm{\}input\{/etc/passwd\}}"),
        ("\ue000\ue001", r"\mathrm{?}"),
        ("", r"\mathrm{?}"),
    ],
)
def test_a_name_is_set_as_a_name_and_does_nothing(name: str, latex: str) -> None:
    assert latex_name(name) == latex
