"""Formulas of a node, with a sign in the place of each operand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graphviz_utils.explanation.naming import Names, barred
from graphviz_utils.model import Formula, Operand
from graphviz_utils.rules import (
    ODD,
    Application,
    Call,
    Constant,
    Expression,
    Facts,
    Scribe,
    Strength,
    Text,
    is_pointwise,
    latex_name,
    names_in,
)

__all__ = ["formula", "summed_dims", "with_sum"]

_FIRST_SIGN = 0xE000
_MOST_OPERANDS = 64
_MOST_CHARACTERS = 4_000


def formula(application: Application, expression: Expression | None, names: Names) -> Formula | None:
    """An expression as a formula; `None` where there is none, or one that nobody reads."""
    if expression is None or len(names_in(expression)) > _MOST_OPERANDS:
        return None
    signs = _Signs(application, names)
    try:
        template = Scribe(signs.sign, application.facts.is_tensor).text(expression).latex
    except ODD:
        return None
    if len(template) > _MOST_CHARACTERS:
        return None
    return Formula(template, tuple(signs.operands.values()), is_pointwise(expression))


def summed_dims(expression: Expression, facts: Facts, shape: Sequence[int]) -> tuple[int, ...]:
    """The dimensions along which an expression, element by element, is added up to fit a tensor of `shape`.

    They are counted from the front; none where nothing is added up.
    """
    shapes = [facts.shapes[name] for name in names_in(expression) if name in facts.shapes]
    if not shapes or not is_pointwise(expression):
        return ()
    try:
        given = np.broadcast_shapes(*shapes)
    except (RuntimeError, ValueError):  # they do not go together, or have more dimensions than NumPy knows
        return ()
    ahead = len(given) - len(shape)
    stretched = [ahead + i for i, size in enumerate(shape) if size == 1 and given[ahead + i] != 1] if ahead >= 0 else []
    return (*range(ahead), *stretched)


def with_sum(expression: Expression, dims: tuple[int, ...], shape: Sequence[int]) -> Expression:
    """An expression added up along some dimensions to `shape`; to a single number, along all."""
    if not dims:
        return expression
    return Call("sum", (expression, Constant(dims if shape else None), Constant(True)))


@dataclass(frozen=True)
class _Signs:
    """Gives each operand a sign, the same at every place of the same kind."""

    application: Application
    names: Names
    operands: dict[tuple[str, Strength], Operand] = field(default_factory=dict)

    def sign(self, name: str, place: Strength) -> str:
        key = name, place
        if key not in self.operands:
            self.operands[key] = self._operand(chr(_FIRST_SIGN + len(self.operands)), name, place)
        return self.operands[key].sign

    def _operand(self, sign: str, name: str, place: Strength) -> Operand:
        application, node = self.application, self.application.node
        what, _, number = name.partition("[")
        if what in ("grads", "results"):
            output = int(number.removesuffix("]"))
            own = self.names.own(node.id, output)
            operand = Operand(sign, own.at(place), "value", node.id, output, application.value(name), int(place))
            return replace(operand, name=barred(own), kind="grad") if what == "grads" else operand
        source = application.source(name)
        text = Text(latex_name(name)) if source is None else self.names.beside(*source, other=node.id)
        id_, output = source or (node.id, 0)
        return Operand(sign, text.at(place), "value", id_, output, application.value(name), int(place))
