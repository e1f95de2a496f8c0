"""Local derivatives with names: what stands in the place of each number on a path."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphviz_utils.explanation.unrolling import Place, Step
from graphviz_utils.model import Edge, Formula, Trace
from graphviz_utils.rules import Application, Expression, Scribe, latex_name, local, names_in, rule_of

__all__ = ["Symbols"]


@dataclass(frozen=True, slots=True)
class _Local:
    """The local derivative along an edge, as a formula of what its target took and gave."""

    application: Application
    expression: Expression


@dataclass(frozen=True)
class Symbols:
    """The symbols of a run; each edge's formula is looked up once."""

    trace: Trace
    _locals: dict[Edge, _Local | None] = field(default_factory=dict, repr=False, compare=False)

    def derivative(self, step: Step) -> str:
        """The derivative along a step: the rule's formula of the elements it is made of, else `∂y/∂x`.

        It is `1` where it is by the rule, whatever the numbers are.
        """
        if step.edge not in self._locals:
            self._locals[step.edge] = self._local(step.edge)
        found = self._locals[step.edge]
        if found is None:
            return rf"\frac{{\partial {self._element(step.above)}}}{{\partial {self._element(step.below)}}}"
        index = self._index(max(step.above, step.below, key=lambda place: math.prod(self._shape(*place[:2]))))
        scribe = Scribe(lambda name, _: self._operand(found.application, name, index))
        return Formula(scribe.text(found.expression).latex, ()).names

    def _local(self, edge: Edge) -> _Local | None:
        node = self.trace.node(edge.target)
        argument = next((each.name for each in node.arguments if each.slot == edge.slot), None)
        if argument is None:
            return None
        application = Application(self.trace, node, rule_of(node))
        sent = application.backward(argument)
        found = None if sent is None else local(sent)
        if found is None or any(name.startswith("grads") for name in names_in(found)):
            return None
        return _Local(application, found)

    def _operand(self, application: Application, name: str, index: Sequence[int]) -> str:
        """The element of an operand that is at `index` of the output, or is spread there."""
        what, _, output = name.partition("[")
        if what == "results":
            return self._named(application.node.id, int(output.removesuffix("]")), index)
        argument = application.arguments.get(name)
        if argument is None or not isinstance(argument.node, str) or not isinstance(argument.output, int):
            return latex_name(name)
        return self._named(argument.node, argument.output, index)

    def _element(self, place: Place) -> str:
        return self._named(place.node, place.output, self._index(place))

    def _named(self, id_: str, output: int, index: Sequence[int]) -> str:
        """The name of the element at `index`, or of that which is spread there."""
        node, shape = self.trace.node(id_), self._shape(id_, output)
        name = latex_name(node.variable) if node.variable and output == 0 else f"n_{{{id_.removeprefix('n')}}}"
        if all(size == 1 for size in shape) or len(index) < len(shape):
            return name
        own = zip(index[len(index) - len(shape) :], shape, strict=True)
        places = ", ".join(str(min(place, size - 1)) for place, size in own)
        return f"{name}[{places}]" if "_" in name else f"{name}_{{{places}}}"

    def _index(self, place: Place) -> list[int]:
        """Where an element is, in row-major order."""
        element = place.element
        index: list[int] = []
        for size in reversed(self._shape(place.node, place.output)):
            element, at = divmod(element, max(size, 1))
            index.insert(0, at)
        return index

    def _shape(self, id_: str, output: int) -> tuple[int, ...]:
        return self.trace.node(id_).outputs[output].shape
