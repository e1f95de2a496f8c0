"""What a word of the rules' language is: a number to reckon with, and LaTeX to be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graphviz_utils.rules.expressions import Expression
from graphviz_utils.rules.text import Strength, Text

__all__ = ["Function", "Pen", "Vocabulary", "Writer", "applied", "called", "prefixed"]


class Pen(Protocol):
    """What writes the arguments of a word."""

    def text(self, expression: Expression) -> Text:
        """An expression as LaTeX."""

    def at(self, expression: Expression, place: Strength) -> str:
        """An expression as LaTeX, in brackets if `place` asks for something that holds together more tightly."""

    def is_tensor(self, expression: Expression) -> bool:
        """Whether an expression is known to have more than one element."""


Writer = Callable[[Pen, Sequence[Expression]], Text]


@dataclass(frozen=True, slots=True)
class Function:
    r"""A word of the language.

    `numeric` reckons with NumPy's arrays. `latex` is a pattern in which `<0>` stands for the first argument, and
    `<0:factor>` for the same as it stands in a product (also `term`, `word`, `base`: in a sum, after `\sin`, under an
    exponent); or a callable that writes where a pattern cannot say it. `strength` is that of what the pattern gives.

    `pointwise` says that elements do not mix. `moves` says that elements of the first argument are only moved, repeated
    or left out, so that of a number that number remains. `keeps` says that it gives many elements where it takes many,
    though they mix. `folds` says that it is reckoned at once where all arguments
    are known.
    """

    numeric: Callable[..., Any]
    latex: str | Writer
    strength: Strength = Strength.POWER
    pointwise: bool = False
    moves: bool = False
    keeps: bool = False
    folds: bool = False


Vocabulary = dict[str, Function]


def prefixed(sign: str, numeric: Callable[..., Any]) -> Function:
    r"""A word of one argument, element by element, as in `\sin x`."""
    return Function(numeric, f"{sign} <0:word>", Strength.PRODUCT, pointwise=True)


def called(sign: str, numeric: Callable[..., Any], arguments: int = 1) -> Function:
    r"""A word whose arguments stand in brackets, element by element, as in `\operatorname{erf}(x)`."""
    return Function(numeric, applied(sign, arguments), pointwise=True)


def applied(sign: str, arguments: int = 1) -> str:
    """The pattern of a sign before arguments in brackets."""
    return rf"{sign}\left({', '.join(f'<{i}>' for i in range(arguments))}\right)"
