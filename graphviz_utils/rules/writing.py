"""Sets an expression in LaTeX, with a sign in the place of each name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphviz_utils.model.explanations import closed_up
from graphviz_utils.rules.expressions import Call, Constant, Expression, Name
from graphviz_utils.rules.names import upright
from graphviz_utils.rules.numerals import number_text
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary import WORDS, same

__all__ = ["Scribe", "written"]

_PLACES = {
    None: Strength.FREE,
    "term": Strength.PRODUCT,
    "factor": Strength.PRODUCT,
    "word": Strength.POWER,
    "base": Strength.ATOM,
}
_FIELD = re.compile(r"<(\d)(?::(\w+))?>(_?)")
_DIGITS = 6
"""Of a number that the program or a rule wrote down; those that were computed are told to fewer."""


def _is_one(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes expressions.

    `sign` gives what stands for a name at a place that asks for some strength; `has_many` says whether a name has more
    than one element.
    """

    sign: Callable[[str, Strength], str]
    has_many: Callable[[str], bool] = _is_one

    def text(self, expression: Expression) -> Text:
        """An expression as LaTeX, standing free."""
        if isinstance(expression, Name):
            return Text(self.sign(expression.name, Strength.FREE))
        if isinstance(expression, Constant):
            return _constant(expression.value)
        word = WORDS.get(expression.function)
        if word is None:
            parts = ", ".join(self.at(each, Strength.FREE) for each in expression.arguments)
            return Text(rf"\operatorname{{{upright(expression.function)}}}\left({parts}\right)", Strength.POWER)
        if callable(word.latex):
            return word.latex(self, expression.arguments)
        arguments = expression.arguments
        return Text(_FIELD.sub(lambda field: self._filled(field, arguments), word.latex), word.strength)

    def _filled(self, field: re.Match[str], arguments: Sequence[Expression]) -> str:
        """An argument in its field of a pattern; in braces before an index, since it may have one itself."""
        latex = self.at(arguments[int(field[1])], _PLACES[field[2]])
        return f"{{{latex}}}_" if field[3] else latex

    def at(self, expression: Expression, place: Strength) -> str:
        """An expression as LaTeX, in brackets if `place` asks for something that holds together more tightly."""
        shown = _shown(expression)
        if isinstance(shown, Name):
            return self.sign(shown.name, place)
        return self.text(shown).at(place)

    def is_tensor(self, expression: Expression) -> bool:
        """Whether an expression is known to have more than one element."""
        if isinstance(expression, Name):
            return self.has_many(expression.name)
        if isinstance(expression, Constant):
            return False
        word = WORDS.get(expression.function)
        is_kept = word is not None and (word.pointwise or word.moves or word.keeps)
        return is_kept and any(map(self.is_tensor, expression.arguments))


def _shown(expression: Expression) -> Expression:
    """What is seen of an expression: without words that are not written down."""
    while isinstance(expression, Call) and (word := WORDS.get(expression.function)) and word.latex in (same, "<0>"):
        expression = expression.arguments[0]
    return expression


def written(expression: Expression, names: Callable[[str], Text], has_many: Callable[[str], bool] = _is_one) -> Text:
    """An expression as LaTeX, with `names` put in at once."""
    text = Scribe(lambda name, place: names(name).at(place), has_many).text(expression)
    return Text(closed_up(text.latex), text.strength)


def _constant(value: object) -> Text:
    if isinstance(value, tuple):
        return Text(rf"\left({', '.join(_constant(each).latex for each in value)}\right)")
    if value is None or isinstance(value, str):
        return Text(rf"\mathrm{{{upright(str(value).lower())}}}")
    return number_text(value, _DIGITS)  # type: ignore[arg-type]  # what is neither is a number
