"""Paths as they are written: in symbols, in numbers, and as a sum."""

from collections.abc import Callable

import pytest
import torch

from graphviz_utils.explanation import paths
from graphviz_utils.explanation.products import path_numbers, path_symbols, paths_sum
from graphviz_utils.model import Edge, Factor, Path, Paths
from graphviz_utils.tracing import record


def found(program: Callable[[], object], leaf: str = "x", element: int = 0, most: int = 12) -> Paths:
    with record(derivatives=4000) as run:
        program()
    return paths(run.trace, leaf, element, most=most)


def written(seed: float, *factors: tuple[float, str]) -> Path:
    edge = Edge("n0", 0, "n1", 0)
    value = seed
    for number, _ in factors:
        value *= number
    return Path("n1", 0, 0, seed, tuple(Factor(edge, 0, number, latex) for number, latex in factors), value)


def summed(*listed: Path, count: int, rest: float, total: float | None) -> Paths:
    return Paths("n0", "x", 0, 0, listed, count, rest, total, total)


def polynomial() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
    y.backward()


def test_the_polynomial_s_paths_stand_in_symbols_and_in_numbers() -> None:
    listed = found(polynomial).paths

    assert [(path_symbols(path), path_numbers(path)) for path in listed] == [
        (r"1 \cdot 2 \cdot 4 x^{3}", r"1 \cdot 2 \cdot 32 = 64"),
        (r"1 \cdot 3 x^{2}", r"1 \cdot 12 = 12"),
        (r"1 \cdot 3 \cdot 2 x", r"1 \cdot 3 \cdot 4 = 12"),
        (r"1 \cdot 5", r"1 \cdot 5 = 5"),
    ]


def test_the_polynomial_s_paths_stand_as_a_sum() -> None:
    assert paths_sum(found(polynomial)) == (
        r"1 \cdot 2 \cdot 32 + 1 \cdot 12 + 1 \cdot 3 \cdot 4 + 1 \cdot 5 = 64 + 12 + 12 + 5 = 93"
    )


def test_a_sum_says_how_many_paths_it_leaves_out_and_what_they_come_to() -> None:
    assert paths_sum(found(polynomial, most=1)) == (
        r"1 \cdot 2 \cdot 32 + \cdots \left(3 \text{ more}\right) = 64 + 29 = 93"
    )


def test_a_one_that_depends_on_no_number_is_left_out_and_any_other_is_not() -> None:
    """Of x · 1.0 the factor is 1 because of the number beside it; of the sum it always is."""

    def program() -> None:
        x, one = torch.tensor(2.0, requires_grad=True), torch.tensor(1.0)
        (x * one + 3.0).backward()

    (path,) = found(program).paths

    assert [factor.latex for factor in path.factors] == ["1", r"\mathrm{one}"]
    assert (path_symbols(path), path_numbers(path)) == (r"1 \cdot \mathrm{one}", r"1 \cdot 1 = 1")


def test_an_element_s_factor_is_made_of_the_elements_at_its_place() -> None:
    def program() -> None:
        w = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        x = torch.tensor([7.0, 8.0, 9.0], requires_grad=True)
        ((x * w) ** 2)[1, 2].backward()

    (path,) = found(program, element=2).paths

    assert path.factors[-1].latex == "w_{1, 2}"
    assert path.factors[-1].value == 6.0


def test_an_operand_that_was_spread_keeps_its_own_place() -> None:
    def program() -> None:
        k = torch.tensor([[2.0], [3.0]])
        x = torch.ones(2, 2, requires_grad=True)
        (x * k).sum().backward()

    assert [found(program, element=element).paths[0].factors[-1].latex for element in range(4)] == [
        "k_{0, 0}",
        "k_{0, 0}",
        "k_{1, 0}",
        "k_{1, 0}",
    ]


def test_an_element_of_a_matrix_product_is_a_partial_derivative() -> None:
    def program() -> None:
        x = torch.tensor([[1.0, 2.0]], requires_grad=True)
        y = x @ torch.tensor([[3.0], [4.0]])
        y.backward()

    assert found(program, element=1).paths[0].factors[-1].latex == r"\frac{\partial y}{\partial x_{0, 1}}"


def test_a_name_with_an_index_of_its_own_takes_the_element_in_brackets() -> None:
    def program() -> None:
        x_1 = torch.tensor([2.0, 3.0], requires_grad=True)
        (x_1**2).sum().backward()

    assert found(program, leaf="x_1", element=1).paths[0].factors[-1].latex == "2 x_{1}[1]"


def test_sums_and_negative_numbers_stand_in_brackets_in_a_product() -> None:
    path = written(-1.0, (0.25, r"1 - y^{2}"), (-3.0, "w"), (2.0, r"\frac{a + b}{2}"))

    assert path_symbols(path) == r"\left(-1\right) \cdot \left(1 - y^{2}\right) \cdot w \cdot \frac{a + b}{2}"
    assert path_numbers(path) == r"\left(-1\right) \cdot 0.25 \cdot \left(-3\right) \cdot 2 = 1.5"


def test_negative_terms_are_subtracted() -> None:
    paths_ = summed(written(1.0, (2.0, "a")), written(1.0, (-3.0, "b")), count=2, rest=0.0, total=-1.0)

    assert paths_sum(paths_) == r"1 \cdot 2 + 1 \cdot \left(-3\right) = 2 - 3 = -1"


def test_a_path_without_factors_is_its_seed() -> None:
    assert (path_symbols(written(-3.0)), path_numbers(written(-3.0))) == ("-3", "-3")
    assert paths_sum(summed(written(-3.0), count=1, rest=0.0, total=-3.0)) == "-3"


def test_no_path_is_no_sum() -> None:
    assert paths_sum(summed(count=0, rest=0.0, total=0.0)) == ""


def test_a_long_path_is_shortened_in_the_middle() -> None:
    path = written(1.0, *((float(number), "x") for number in range(2, 30)))

    assert path_numbers(path, digits=2).startswith(
        r"1 \cdot 2 \cdot 3 \cdot 4 \cdot 5 \cdot 6 \cdot 7 \cdot 8 \cdot 9 \cdot \cdots \cdot 27 \cdot 28 \cdot 29 = "
    )


@pytest.mark.parametrize(
    ("count", "told"),
    [(4085, "4084"), (2**40 + 1, r"1.1 \times 10^{12}"), (10**300 + 1, "10^{300}"), (2**20_000, "10^{6020}")],
    ids=["thousands", "billions", "too many for a float", "too many to be written out"],
)
def test_however_many_paths_there_are_the_sum_tells_it(count: int, told: str) -> None:
    paths_ = summed(written(1.0, (2.0, "a")), count=count, rest=3.0, total=5.0)

    assert paths_sum(paths_) == rf"1 \cdot 2 + \cdots \left({told} \text{{ more}}\right) = 2 + 3 = 5"
