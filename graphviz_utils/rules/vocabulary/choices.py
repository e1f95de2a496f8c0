"""The words for choosing between elements, and for kinks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Call, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, applied, called

__all__ = ["WORDS"]

_MOST_CASES = 6


def _cases(pen: Pen, arguments: Sequence[Expression]) -> Text:
    r"""`\begin{cases}`, with a line for each condition of a `where` in the last place of a `where`."""
    rows: list[str] = []
    rest: Expression = Call("where", tuple(arguments))
    while isinstance(rest, Call) and rest.function == "where" and len(rows) < _MOST_CASES:
        condition, value, rest = rest.arguments
        rows.append(rf"{pen.at(value, Strength.FREE)} & \text{{if }} {pen.at(condition, Strength.FREE)}")
    rows.append(rf"{pen.at(rest, Strength.FREE)} & \text{{otherwise}}")
    lines = r" \\ ".join(rows)
    return Text(rf"\begin{{cases}} {lines} \end{{cases}}", Strength.POWER)


def _where(condition: Any, first: Any, second: Any) -> Any:
    return np.where(np.asarray(condition, bool), first, second)


def _without_nan(value: Any, nan: Any, above: Any, below: Any) -> Any:
    """What is not finite replaced: by 0 and the largest numbers, where nothing else is given."""
    return np.nan_to_num(value, nan=nan or 0.0, posinf=above, neginf=below)


WORDS: Vocabulary = {
    "where": Function(_where, _cases, pointwise=True),
    "maximum": called(r"\max", np.maximum, 2),
    "minimum": called(r"\min", np.minimum, 2),
    "fmax": called(r"\max", np.fmax, 2),
    "fmin": called(r"\min", np.fmin, 2),
    "nan_to_num": Function(_without_nan, applied(r"\operatorname{finite}"), pointwise=True),
    "is_nan": Function(np.isnan, r"<0> = \mathrm{nan}", Strength.FREE, pointwise=True),
    "is_finite": Function(np.isfinite, r"\left|<0>\right| < \infty", Strength.FREE, pointwise=True),
}
