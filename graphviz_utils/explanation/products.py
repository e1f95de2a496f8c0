"""Paths in LaTeX: each a product, in symbols and in numbers, and all of them a sum."""

import math
from collections.abc import Sequence

from graphviz_utils.model import Path, Paths
from graphviz_utils.rules import Strength, Text, number_text

__all__ = ["path_numbers", "path_symbols", "paths_sum"]

_MOST_FACTORS = 12
_LAST_FACTORS = 3
_TOO_MANY = 10**300


def path_symbols(path: Path, digits: int = 4) -> str:
    r"""A path as its seed and the local derivatives with names: `1 \cdot 2 \cdot 4 x^{3}`.

    A factor that is 1 by its rule, whatever the numbers are (of a sum, of a change of shape), is left out, here and in
    numbers. The seed never is.
    """
    names = [Text(latex, Strength.SUM if _is_sum(latex) else Strength.PRODUCT) for latex in _written(path)]
    return _product([number_text(path.seed, digits), *names])


def path_numbers(path: Path, digits: int = 4) -> str:
    r"""A path in numbers and what they come to: `1 \cdot 2 \cdot 32 = 64`."""
    return " = ".join(dict.fromkeys((_in_numbers(path, digits), number_text(path.value, digits).latex)))


def paths_sum(paths: Paths, digits: int = 4) -> str:
    r"""All paths as a sum: `1 \cdot 2 \cdot 32 + 1 \cdot 12 = 64 + 12 = 76`; of those not listed how many there are.

    Empty where there is no path.
    """
    if not paths.count:
        return ""
    products = [_in_numbers(path, digits) for path in paths.paths]
    values = [path.value for path in paths.paths]
    if paths.count > len(paths.paths):
        products.append(rf"\cdots \left({_many(paths.count - len(paths.paths))} \text{{ more}}\right)")
        values.append(paths.rest)
    sums = [products, [number_text(value, digits).latex for value in values]]
    if paths.total is not None:
        sums.append([number_text(paths.total, digits).latex])
    return " = ".join(dict.fromkeys(" + ".join(terms).replace("+ -", "- ") for terms in sums))


def _written(path: Path) -> list[str]:
    return [factor.latex for factor in path.factors if factor.latex != "1"]


def _in_numbers(path: Path, digits: int) -> str:
    values = (factor.value for factor in path.factors if factor.latex != "1")
    return _product([number_text(value, digits) for value in (path.seed, *values)])


def _product(factors: Sequence[Text]) -> str:
    if len(factors) == 1:
        return factors[0].latex
    written = [factor.at(Strength.PRODUCT) for factor in factors]
    if len(written) > _MOST_FACTORS:
        written = [*written[: _MOST_FACTORS - _LAST_FACTORS], r"\cdots", *written[-_LAST_FACTORS:]]
    return r" \cdot ".join(written)


def _many(count: int) -> str:
    if count < _TOO_MANY:
        return number_text(float(count)).latex
    return f"10^{{{math.floor(math.log10(count))}}}"


def _is_sum(latex: str) -> bool:
    """Whether a sign stands outside of all brackets, so that a product needs brackets around it all."""
    depth = 0
    for sign in latex:
        depth += (sign in "{([") - (sign in "})]")
        if depth == 0 and sign in "+-":
            return True
    return False
