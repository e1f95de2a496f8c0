"""Local derivatives with names: what stands in the place of each number on a path."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphviz_utils.explanation.naming import Names
from graphviz_utils.explanation.unrolling import Place, Step
from graphviz_utils.model import Edge
from graphviz_utils.model.explanations import closed_up
from graphviz_utils.rules import (
    ODD,
    Application,
    Expression,
    Scribe,
    Strength,
    Text,
    latex_name,
    local,
    names_in,
    rule_of,
)

__all__ = ["Symbols"]


@dataclass(frozen=True, slots=True)
class _Local:
    """The local derivative along an edge, as a formula of what its target took and gave."""

    application: Application
    expression: Expression


@dataclass(frozen=True)
class Symbols:
    """The symbols of a run; each edge's formula is looked up once."""

    names: Names
    _locals: dict[Edge, _Local | None] = field(default_factory=dict, repr=False, compare=False)

    def derivative(self, step: Step) -> str:
        """The derivative along a step: the rule's formula of the elements it is made of, else `∂y/∂x`.

        It is `1` where it is by the rule, whatever the numbers are.
        """
        if step.edge not in self._locals:
            self._locals[step.edge] = self._local(step.edge)
        found = self._locals[step.edge]
        written = None if found is None else self._written(found, step)
        return written or rf"\frac{{\partial {self._element(step.above)}}}{{\partial {self._element(step.below)}}}"

    def _written(self, formula: _Local, step: Step) -> str | None:
        """A formula of the elements at the same place as the step, in the larger of the tensors it leads between."""
        index = self._index(max(step.above, step.below, key=lambda place: math.prod(self._shape(*place[:2]))))
        scribe = Scribe(lambda name, place: self._operand(formula.application, name, index).at(place))
        try:
            return closed_up(scribe.text(formula.expression).latex)
        except ODD:
            return None

    def _local(self, edge: Edge) -> _Local | None:
        node = self.names.trace.node(edge.target)
        argument = next((each.name for each in node.arguments if each.slot == edge.slot), None)
        if argument is None:
            return None
        application = Application(self.names.trace, node, rule_of(node))
        sent = application.backward(argument)
        found = None if sent is None else local(sent)
        if found is None or any(name.startswith("grads") for name in names_in(found)):
            return None
        return _Local(application, found)

    def _operand(self, application: Application, name: str, index: Sequence[int]) -> Text:
        what, _, output = name.partition("[")
        if what == "results":
            port = application.node.id, int(output.removesuffix("]"))
            return self._at(self.names.of(*port), self._shape(*port), index)
        source = application.source(name)
        if source is None:
            return Text(latex_name(name))
        return self._at(self.names.beside(*source, other=application.node.id), self._shape(*source), index)

    def _element(self, place: Place) -> str:
        port = place.node, place.output
        return self._at(self.names.of(*port), self._shape(*port), self._index(place)).at(Strength.POWER)

    def _at(self, name: Text, shape: Sequence[int], index: Sequence[int]) -> Text:
        """The name of the element at `index` of a tensor of `shape`, or of that which is spread there."""
        if all(size == 1 for size in shape) or len(index) < len(shape):
            return name
        own = zip(index[len(index) - len(shape) :], shape, strict=True)
        places = ", ".join(str(min(place, size - 1)) for place, size in own)
        base = name.at(Strength.ATOM)
        return Text(f"{base}[{places}]" if "_" in base else f"{base}_{{{places}}}")

    def _index(self, place: Place) -> list[int]:
        """Where an element is, in row-major order."""
        element = place.element
        index: list[int] = []
        for size in reversed(self._shape(place.node, place.output)):
            element, at = divmod(element, max(size, 1))
            index.insert(0, at)
        return index

    def _shape(self, id_: str, output: int) -> tuple[int, ...]:
        return self.names.trace.node(id_).outputs[output].shape
