"""A rule applied to one node of a run: its expressions with what is known put in, and their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from graphviz_utils.model import Argument, Node, OutputMeta, Snapshot, Trace
from graphviz_utils.rules.evaluation import UnseenError, array, evaluated, fitted
from graphviz_utils.rules.expressions import Expression, names_in, parse
from graphviz_utils.rules.folding import Facts, folded
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["ODD", "Application"]

ODD = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What a rule raises on arguments that no operator of PyTorch's was given: a run may be written by hand."""

_NOTHING: Mapping[int, Snapshot | None] = MappingProxyType({})


@dataclass(frozen=True)
class Application:
    """What `rule` says of `node`.

    `received` are the gradients of the node's outputs by their number; `None` for one that was not seen. Where some
    are there, one that is missing was undefined, which counts as zero.
    """

    trace: Trace
    node: Node
    rule: Rule
    received: Mapping[int, Snapshot | None] = field(default_factory=lambda: _NOTHING)

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """The node's arguments by name."""
        return {argument.name: argument for argument in self.node.arguments}

    @cached_property
    def facts(self) -> Facts:
        """What is known of the names before any number of a tensor is looked at."""
        given = {name: argument.literal for name, argument in self.arguments.items() if argument.is_literal}
        defaults = self.rule.defaults if self.node.operator is not None else {}
        outputs = range(len(self.node.outputs)) if self.received else ()
        undefined = {f"grads[{output}]": 0 for output in outputs if output not in self.received}
        metas = {name: meta for name in self._names if (meta := self.meta(name)) is not None and _is_plain(meta)}
        return Facts(
            literals={
                **{name: value for name, value in defaults.items() if name not in self.arguments},
                **given,
                **undefined,
            },
            shapes={name: meta.shape for name, meta in metas.items()},
            complexes=frozenset(name for name, meta in metas.items() if meta.dtype.startswith("complex")),
            lists=_lists(self.arguments),
        )

    @cached_property
    def forward(self) -> Expression | None:
        """What the node computes."""
        return None if self.rule.forward is None else self.expression(self.rule.forward)

    def backward(self, argument: str) -> Expression | None:
        """What the node sends back to `argument`, before it is fitted to its shape."""
        text = self.rule.backward.get(argument) or self.rule.backward.get(_of_any(argument))
        return None if text is None else self.expression(text, argument)

    def expression(self, text: str, argument: str = "") -> Expression | None:
        """An expression of the rule with what is known put in; `None` if it needs an argument of which nothing is.

        For one of a list of tensors, `i` in it is the place of `argument`.
        """
        facts = self.facts
        if argument.endswith("]"):
            place = int(argument.rpartition("[")[2].removesuffix("]"))
            facts = Facts({**facts.literals, "i": place}, facts.shapes, facts.complexes, facts.lists)
        try:
            found = folded(parse(text), facts)
        except ODD:
            return None
        return found if names_in(found) <= set(self._names) else None

    def bend(self, argument: str) -> Bend | None:
        """Where the slope by `argument` is no single one."""
        return self.rule.bends.get(argument) or self.rule.bends.get(_of_any(argument))

    def meta(self, name: str) -> OutputMeta | None:
        """Shape and type of the tensor that `name` stands for."""
        if (place := _place(name)) is not None:
            outputs, number = self.node.outputs, place
        elif (source := self.source(name)) is not None:
            outputs, number = self.trace.node(source[0]).outputs, source[1]
        else:
            kept = self._kept.get(name)
            return None if kept is None else OutputMeta(kept.shape, kept.dtype)
        return outputs[number] if number < len(outputs) else None

    def source(self, name: str) -> tuple[str, int] | None:
        """The node and the output of it that the argument `name` is; `None` if it is no tensor of the graph."""
        argument = self.arguments.get(name)
        if argument is None or not isinstance(argument.node, str) or not isinstance(argument.output, int):
            return None
        return argument.node, argument.output

    def value(self, name: str) -> Snapshot | None:
        """What `name` held when the node took it or gave it; `None` if it was not seen."""
        if name.startswith("grads["):
            return self.received.get(_place(name) or 0)
        if (place := _place(name)) is not None:
            return self._held(self.node.id, place)
        source = self.source(name)
        return self._kept.get(name) if source is None else self._held(*source)

    def number(self, expression: Expression) -> Any:
        """What an expression comes to, as NumPy has it.

        Raises:
            UnseenError: a number it needs was not seen, or they do not go together.
        """
        try:
            return evaluated(expression, {name: self._array(name) for name in names_in(expression)})
        except ODD as error:
            raise UnseenError(str(error)) from error

    def sent(self, argument: str) -> Any:
        """What the rule sends to `argument`, in its shape.

        Raises:
            UnseenError: a number it needs was not seen, or there is no formula.
        """
        expression, meta = self.backward(argument), self.meta(argument)
        if expression is None or meta is None:
            raise UnseenError(argument)
        return fitted(self.number(expression), meta.shape, meta.dtype.startswith("complex"))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        outputs = range(len(self.node.outputs))
        return (*self.arguments, *self._kept, *(f"{what}[{i}]" for i in outputs for what in ("grads", "results")))

    @cached_property
    def _kept(self) -> Mapping[str, Snapshot | None]:
        """What the node saved besides its arguments: the indices that a maximum was found at, the mask of a dropout."""
        return {saved.name: saved.tensor for saved in self.node.saved if saved.name not in self.arguments}

    def _array(self, name: str) -> Any:
        tensor = self.value(name)
        return None if tensor is None else array(tensor)

    def _held(self, node: str, output: int) -> Snapshot | None:
        """A tensor changed in place afterwards still is what was used."""
        held = self.trace.value(node, output, self.node.at)
        return self.trace.value(node, output) if held is None else held


def _place(name: str) -> int | None:
    """Which output a received gradient or a result is about; `None` for an argument."""
    what, _, place = name.partition("[")
    return int(place.removesuffix("]")) if what in ("grads", "results") and place else None


def _of_any(argument: str) -> str:
    """`tensors[i]`, for `tensors[3]`."""
    return f"{argument.partition('[')[0]}[i]"


def _is_plain(meta: OutputMeta) -> bool:
    return min(meta.shape, default=0) >= 0


def _lists(arguments: Mapping[str, Argument]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for name in arguments:
        whole, bracket, _ = name.partition("[")
        if bracket:
            counts[whole] = counts.get(whole, 0) + 1
    return counts
