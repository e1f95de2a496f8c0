"""Rules as they are set in LaTeX, compared whole; and that whatever is set can be set."""

import re
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from latex2mathml.converter import convert
from torch.nn import functional

from graphviz_utils.explanation import Explainer, at_element
from graphviz_utils.model import Explanation, Formula, Trace
from graphviz_utils.tracing import record
from tests.hostile_words import WORDS, run_that_says, with_ids
from tests.rules.agreement import recorded
from tests.rules.programs import PROGRAMS

Program = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
DOUBLED = re.compile(r"[_^]\{(?:[^{}]|\{[^{}]*\})*\}([_^])")


def cases(*rows: str) -> str:
    lines = r" \\ ".join(rows)
    return rf"\begin{{cases}} {lines} \end{{cases}}"


WRITTEN: dict[str, tuple[Program, str, list[str]]] = {
    "power": (
        lambda a, b: a**4,
        "a^{4}",
        [r"4 a^{3} \cdot \bar{y}"],
    ),
    "root as a power": (
        lambda a, b: a**0.5,
        r"\sqrt{a}",
        [r"\frac{1}{2 \sqrt{a}} \cdot \bar{y}"],
    ),
    "negative power": (
        lambda a, b: a**-2,
        "a^{-2}",
        [r"-2 a^{-3} \cdot \bar{y}"],
    ),
    "power of two tensors": (
        lambda a, b: a**b,
        "a^{b}",
        [r"b \cdot a^{b - 1} \cdot \bar{y}", r"a^{b} \cdot \ln a \cdot \bar{y}"],
    ),
    "exponential to a base": (
        lambda a, b: 2**a,
        "2^{a}",
        [r"2^{a} \cdot \ln 2 \cdot \bar{y}"],
    ),
    "scaled sum": (
        lambda a, b: torch.add(a, b, alpha=3),
        "a + 3 b",
        [r"\bar{y}", r"3 \cdot \bar{y}"],
    ),
    "from a number": (
        lambda a, b: 1 - a,
        "1 - a",
        [r"-\bar{y}"],
    ),
    "times a negative number": (
        lambda a, b: a * -2.5,
        "-2.5 a",
        [r"-2.5 \cdot \bar{y}"],
    ),
    "quotient": (
        lambda a, b: a / b,
        r"\frac{a}{b}",
        [r"\frac{1}{b} \cdot \bar{y}", r"-\frac{a}{b^{2}} \cdot \bar{y}"],
    ),
    "over a number": (
        lambda a, b: a / 4,
        r"\frac{a}{4}",
        [r"\frac{1}{4} \cdot \bar{y}"],
    ),
    "reciprocal": (
        lambda a, b: a.reciprocal(),
        r"\frac{1}{a}",
        [r"-\frac{1}{a^{2}} \cdot \bar{y}"],
    ),
    "exponential": (
        lambda a, b: a.exp(),
        "e^{a}",
        [r"y \cdot \bar{y}"],
    ),
    "logarithm": (
        lambda a, b: a.log(),
        r"\ln a",
        [r"\frac{1}{a} \cdot \bar{y}"],
    ),
    "logarithm of one more": (
        lambda a, b: a.log1p(),
        r"\ln\left(1 + a\right)",
        [r"\frac{1}{1 + a} \cdot \bar{y}"],
    ),
    "logarithm to base 2": (
        lambda a, b: a.log2(),
        r"\frac{\ln a}{\ln 2}",
        [r"\frac{1}{a \cdot \ln 2} \cdot \bar{y}"],
    ),
    "root": (
        lambda a, b: a.sqrt(),
        r"\sqrt{a}",
        [r"\frac{1}{2 y} \cdot \bar{y}"],
    ),
    "one over a root": (
        lambda a, b: a.rsqrt(),
        r"\frac{1}{\sqrt{a}}",
        [r"-\frac{1}{2} y^{3} \cdot \bar{y}"],
    ),
    "sine": (
        lambda a, b: a.sin(),
        r"\sin a",
        [r"\cos a \cdot \bar{y}"],
    ),
    "cosine": (
        lambda a, b: a.cos(),
        r"\cos a",
        [r"-\sin a \cdot \bar{y}"],
    ),
    "tangent": (
        lambda a, b: a.tan(),
        r"\tan a",
        [r"\left(1 + y^{2}\right) \cdot \bar{y}"],
    ),
    "arc sine": (
        lambda a, b: a.div(9).asin(),
        r"\arcsin \frac{a}{9}",
        [r"\frac{1}{\sqrt{1 - \left(\frac{a}{9}\right)^{2}}} \cdot \bar{y}"],
    ),
    "hyperbolic tangent": (
        lambda a, b: a.tanh(),
        r"\tanh a",
        [r"\left(1 - y^{2}\right) \cdot \bar{y}"],
    ),
    "sigmoid": (
        lambda a, b: a.sigmoid(),
        r"\sigma\left(a\right)",
        [r"y \cdot \left(1 - y\right) \cdot \bar{y}"],
    ),
    "log sigmoid": (
        lambda a, b: functional.logsigmoid(a),
        r"\ln \sigma\left(a\right)",
        [r"\sigma\left(-a\right) \cdot \bar{y}"],
    ),
    "softplus": (
        lambda a, b: functional.softplus(a),
        r"\ln\left(1 + e^{a}\right)",
        [r"\sigma\left(a\right) \cdot \bar{y}"],
    ),
    "silu": (
        lambda a, b: functional.silu(a),
        r"a \cdot \sigma\left(a\right)",
        [r"\sigma\left(a\right) \cdot \left(1 + a \cdot \left(1 - \sigma\left(a\right)\right)\right) \cdot \bar{y}"],
    ),
    "gelu": (
        lambda a, b: functional.gelu(a),
        r"a \cdot \Phi\left(a\right)",
        [r"\left(\Phi\left(a\right) + a \cdot \varphi\left(a\right)\right) \cdot \bar{y}"],
    ),
    "selu": (
        lambda a, b: functional.selu(a),
        cases(r"1.0507 a & \text{if } a > 0", r"1.7581 \left(e^{a} - 1\right) & \text{otherwise}"),
        [cases(r"1.0507 \cdot \bar{y} & \text{if } a > 0", r"1.7581 e^{a} \cdot \bar{y} & \text{otherwise}")],
    ),
    "relu": (
        lambda a, b: a.relu(),
        r"\max\left(a, 0\right)",
        [cases(r"\bar{y} & \text{if } a > 0", r"0 & \text{otherwise}")],
    ),
    "leaky relu": (
        lambda a, b: functional.leaky_relu(a, 0.1),
        cases(r"a & \text{if } a > 0", r"0.1 a & \text{otherwise}"),
        [cases(r"\bar{y} & \text{if } a > 0", r"0.1 \cdot \bar{y} & \text{otherwise}")],
    ),
    "relu6": (
        lambda a, b: functional.relu6(a),
        r"\min\left(\max\left(a, 0\right), 6\right)",
        [cases(r"\bar{y} & \text{if } 0 < a < 6", r"0 & \text{otherwise}")],
    ),
    "hardswish": (
        lambda a, b: functional.hardswish(a),
        r"\frac{a \cdot \min\left(\max\left(a + 3, 0\right), 6\right)}{6}",
        [
            cases(
                r"0 & \text{if } a \le -3",
                r"\left(\frac{a}{3} + \frac{1}{2}\right) \cdot \bar{y} & \text{if } a < 3",
                r"\bar{y} & \text{otherwise}",
            )
        ],
    ),
    "softshrink": (
        lambda a, b: functional.softshrink(a),
        cases(r"a - 0.5 & \text{if } a > 0.5", r"a + 0.5 & \text{if } a < -0.5", r"0 & \text{otherwise}"),
        [cases(r"0 & \text{if } -0.5 \le a \le 0.5", r"\bar{y} & \text{otherwise}")],
    ),
    "absolute value": (
        lambda a, b: a.abs(),
        r"\left|a\right|",
        [r"\operatorname{sign}\left(a\right) \cdot \bar{y}"],
    ),
    "floor": (
        lambda a, b: a.floor(),
        r"\left\lfloor a \right\rfloor",
        ["0"],
    ),
    "clamp": (
        lambda a, b: a.clamp(-1, 2),
        r"\min\left(\max\left(a, -1\right), 2\right)",
        [cases(r"\bar{y} & \text{if } -1 \le a \le 2", r"0 & \text{otherwise}")],
    ),
    "clamp from below": (
        lambda a, b: a.clamp(min=0),
        r"\max\left(a, 0\right)",
        [cases(r"\bar{y} & \text{if } a \ge 0", r"0 & \text{otherwise}")],
    ),
    "larger of two": (
        torch.maximum,
        r"\max\left(a, b\right)",
        [
            cases(r"\bar{y} & \text{if } a > b", r"\frac{\bar{y}}{2} & \text{if } a = b", r"0 & \text{otherwise}"),
            cases(r"\bar{y} & \text{if } b > a", r"\frac{\bar{y}}{2} & \text{if } a = b", r"0 & \text{otherwise}"),
        ],
    ),
    "choice": (
        lambda a, b: torch.where(a > b, a, b),
        cases(r"a & \text{if } a > b", r"b & \text{otherwise}"),
        [
            cases(r"\bar{y} & \text{if } a > b", r"0 & \text{otherwise}"),
            cases(r"0 & \text{if } a > b", r"\bar{y} & \text{otherwise}"),
        ],
    ),
    "weighted mean": (
        lambda a, b: torch.lerp(a, b, 0.25),
        r"a + 0.25 \left(b - a\right)",
        [r"0.75 \cdot \bar{y}", r"0.25 \cdot \bar{y}"],
    ),
    "sum with a product": (
        lambda a, b: torch.addcmul(a, a, b, value=2),
        r"a + 2 a \cdot b",
        [r"\bar{y}", r"2 b \cdot \bar{y}", r"2 a \cdot \bar{y}"],
    ),
    "angle of two": (
        torch.atan2,
        r"\operatorname{atan2}\left(a, b\right)",
        [r"\frac{b}{a^{2} + b^{2}} \cdot \bar{y}", r"-\frac{a}{a^{2} + b^{2}} \cdot \bar{y}"],
    ),
    "length of two": (
        torch.hypot,
        r"\sqrt{a^{2} + b^{2}}",
        [r"\frac{a}{y} \cdot \bar{y}", r"\frac{b}{y} \cdot \bar{y}"],
    ),
    "error function": (
        lambda a, b: a.erf(),
        r"\operatorname{erf}\left(a\right)",
        [r"\frac{2}{\sqrt{\pi}} \cdot e^{-a^{2}} \cdot \bar{y}"],
    ),
    "remainder": (
        lambda a, b: a % b,
        r"a \bmod b",
        [r"\bar{y}", r"-\left\lfloor\frac{a}{b}\right\rfloor \cdot \bar{y}"],
    ),
    "logarithm times a number": (
        torch.xlogy,
        r"a \cdot \ln b",
        [
            cases(r"0 & \text{if } a = 0 \wedge b \le 0", r"\bar{y} \cdot \ln b & \text{otherwise}"),
            r"\frac{a}{b} \cdot \bar{y}",
        ],
    ),
    "sum of exponentials": (
        torch.logaddexp,
        r"\ln\left(e^{a} + e^{b}\right)",
        [r"\sigma\left(a - b\right) \cdot \bar{y}", r"\sigma\left(b - a\right) \cdot \bar{y}"],
    ),
    "polygamma": (
        lambda a, b: torch.polygamma(2, a),
        r"\psi^{(2)}\left(a\right)",
        [r"\psi^{(3)}\left(a\right) \cdot \bar{y}"],
    ),
    "nested": (
        lambda a, b: (a + b) * (a - b) ** 2,
        r"\left(a + b\right) \cdot \left(a - b\right)^{2}",
        [r"\left(a - b\right)^{2} \cdot \bar{y}", r"\left(a + b\right) \cdot \bar{y}"],
    ),
}
"""By what it is: y of a and b, y as a formula, and what goes back to each."""


def told_of(trace: Trace) -> list[Explanation]:
    explainer = Explainer.of(trace)
    return [explainer.explain(node.id) for node in trace.nodes]


@pytest.mark.parametrize(("program", "forward", "sent"), WRITTEN.values(), ids=WRITTEN)
def test_a_rule_is_set_as_a_book_would_set_it(program: Program, forward: str, sent: list[str]) -> None:
    with record() as run:
        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(3.0, requires_grad=True)
        y = program(a, b)
        y.backward()
    told = next(each for each in reversed(told_of(run.trace)) if each.called == "y")

    assert told.forward is not None
    assert told.forward.names == forward
    assert [rule.sent.names for rule in told.slots if rule.sent is not None] == sent


def formulas(told: Explanation) -> list[Formula]:
    every = [told.forward, *(each for rule in told.slots for each in (rule.sent, rule.local))]
    return [formula for formula in every if formula is not None]


def latex_of(told: Explanation) -> list[str]:
    """Everything that is set of a node."""
    every = [told.latex, told.numbers, told.collected, *(rule.numbers for rule in told.slots)]
    every += [text for formula in formulas(told) for text in (formula.names, formula.written(lambda _: "1"))]
    return [latex for latex in every if latex is not None]


def wrong_with_latex(latex: str) -> str:
    """Why LaTeX cannot be set, or would say something that no formula says; empty if it is in order."""
    depth = 0
    for sign in re.sub(r"\\[\\{}]", "", latex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return "a brace closes what none opened"
    if depth:
        return "a brace is left open"
    if latex.count(r"\left") - latex.count(r"\right") != latex.count(r"\leftarrow") - latex.count(r"\rightarrow"):
        return "brackets do not pair"
    if any(found[0][0] == found[1] for found in DOUBLED.finditer(latex)):
        return "two indices stand one on the other"
    if any("\ue000" <= sign <= "\uf8ff" for sign in latex):
        return "a sign was left in the place of an operand"
    convert(latex)
    return ""


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_whatever_is_set_of_a_program_can_be_set(program: Callable[[], object]) -> None:
    torch.manual_seed(0)
    every = {latex for told in told_of(recorded(program)) for latex in latex_of(told)}

    assert {latex: wrong for latex in sorted(every) if (wrong := wrong_with_latex(latex))} == {}


@given(WORDS, WORDS)
@settings(max_examples=150, deadline=None)
def test_nothing_that_a_program_says_acts_in_a_formula(word: str, id_: str) -> None:
    commands = {r"\mathrm", r"\overline", r"\bar", r"\cdot", r"\left", r"\right", r"\backslash", "\\ "}
    for told in told_of(with_ids(run_that_says(word), id_)):
        for latex in latex_of(told):
            assert wrong_with_latex(latex) == ""
            assert set(re.findall(r"\\(?:[a-zA-Z]+| )", latex)) <= commands | GREEK | {r"\sum", r"\text"}


GREEK = {
    rf"\{name}" for name in ("alpha", "beta", "gamma", "delta", "pi", "mu", "nu", "xi", "rho", "tau", "phi", "chi")
}


def test_one_element_is_written_with_its_own_numbers() -> None:
    """c = a · b with b spread over the rows: element (1, 2), of flat index 5, is 6 · 30."""
    with record() as run:
        a = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
        b = torch.tensor([10.0, 20.0, -30.0], requires_grad=True)
        c = a * b
        c.backward(torch.full((2, 3), 2.0))
    told = next(each for each in told_of(run.trace) if each.called == "c")
    to_a, to_b = told.slots

    assert told.forward is not None
    assert to_a.sent is not None
    assert to_b.local is not None
    assert at_element(told.forward, 5, (2, 3)) == r"6 \cdot \left(-30\right)"
    assert at_element(to_a.sent, 5, (2, 3), to_a.tensor) == r"\left(-30\right) \cdot 2 = -60"
    assert at_element(to_b.local, 4, (2, 3)) == "5"


def test_one_element_of_a_formula_that_mixes_them_is_not_written() -> None:
    formula = Formula(r"\sum \ue000", (), pointwise=False)

    assert at_element(formula, 0, (2,)) is None
