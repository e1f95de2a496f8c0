"""A formula on a terminal is read only one way."""

import pytest
from hypothesis import given, settings

from graphviz_utils.cli.formulas import as_text
from tests.hostile_words import WORDS


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"4 x^{3} \cdot \bar{y}", "4x³ · ȳ"),
        (r"\frac{\partial y}{\partial a} = 4 x^{3}", "∂y/∂a = 4x³"),
        (r"\frac{a + b}{2 c}", "(a + b)/(2c)"),
        (r"\frac{2}{3} \left(x - 1\right)^{2}", "(2/3) (x − 1)²"),
        (r"-\frac{a}{b^{2}} \cdot \bar y", "−a/b² · ȳ"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"e^{-x}", "e^(−x)"),
        (r"e^{\frac{x}{2}}", "e^(x/2)"),
        (r"\left(-2\right)^{3}", "(−2)³"),
        (r"2^{3 k}", "2^(3k)"),
        (r"\sqrt{x^{2} + 1}", "√(x² + 1)"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"\sigma\left(x\right) \left(1 - \sigma\left(x\right)\right)", "σ(x) (1 − σ(x))"),
        (r"\mathrm{loss} = -\log p_{t}", "loss = −log pₜ"),
        (r"w_{\mathrm{hidden}}", "w_hidden"),
        (r"\mathrm{net.0.weight}^{\top}", "net.0.weightᵀ"),
        (r"\sum_{k: i_{k} = j} \bar y_{k}", "∑_(k: iₖ = j) ȳₖ"),
        (r"x_{1, 2}", "x_(1, 2)"),
        (r"A^{\top} \bar{C}", "Aᵀ C̄"),
        (r"5 \cdot \overline{5 x}", "5 · grad(5x)"),
        (r"\overline{\mathrm{loss}}", "grad(loss)"),
        (r"\sum_{i} x_{i}^{2}", "∑ᵢ xᵢ²"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[1, 2; 3, 4]"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^{\top} \, v", "(1, 2; 3, 4)ᵀ v"),
        (r"2 \begin{pmatrix} 1 \\ 3 \end{pmatrix}^{2}", "2(1; 3)²"),
        (r"\hat{\begin{pmatrix} 1 & 5 \end{pmatrix}}", "hat((1, 5))"),
        (r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}", "{x if x > 0; 0 otherwise}"),
        (r"\left\lfloor\frac{a}{b}\right\rfloor", "⌊a/b⌋"),
        (r"\left\lVert x \right\rVert_{2}", "‖x‖₂"),
        (r"1.5 \times 10^{-7}", "1.5 × 10⁻⁷"),
        (r"64 + 12 + 12 + 5 = 93", "64 + 12 + 12 + 5 = 93"),
        (r"x \quad \text{where } 0 \le x \le 1", "x where 0 ≤ x ≤ 1"),
        (r"a - \left(-3\right)", "a − (−3)"),
    ],
)
def test_a_formula_is_set_in_signs_with_the_brackets_that_it_takes(latex: str, text: str) -> None:
    assert as_text(latex) == text


@pytest.mark.parametrize("latex", [r"\frac{a", r"x^", r"{" * 5_000, r"\left( x"])
def test_latex_that_cannot_be_read_is_shown_as_it_is(latex: str) -> None:
    assert as_text(latex) == latex


@settings(deadline=None, max_examples=200)
@given(word=WORDS)
def test_whatever_a_file_gives_for_a_formula_is_text(word: str) -> None:
    assert isinstance(as_text(word), str)
    assert isinstance(as_text(rf"\mathrm{{{word}}}^{{{word}}}"), str)
