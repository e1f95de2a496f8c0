"""`explain()`: the rule that a node follows, with the program's names and with its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from graphviz_utils.explanation.formulas import formula, summed_dims, with_sum
from graphviz_utils.explanation.kinks import kink
from graphviz_utils.explanation.naming import Names
from graphviz_utils.explanation.numbering import collected, numbered
from graphviz_utils.explanation.seeing import Seen
from graphviz_utils.explanation.words import Words
from graphviz_utils.model import LAST, Argument, Edge, Explanation, Moment, Node, SlotRule, Trace
from graphviz_utils.rules import Application, Rule, local, rule_of

__all__ = ["Explainer", "explain"]


def explain(trace: Trace, node: str, moment: Moment = LAST) -> Explanation:
    """Why a node computes what it computes, and sends what it sends; who asks for many nodes makes one `Explainer`.

    Raises:
        TraceError: the run has no such node, or no such pass.
    """
    return Explainer.of(trace, moment).explain(node)


@dataclass(frozen=True)
class Explainer:
    """Explains the nodes of a run as one moment shows them."""

    seen: Seen

    @classmethod
    def of(cls, trace: Trace, moment: Moment = LAST) -> Self:
        """Who explains `trace` as of `moment`."""
        return cls(Seen.of(trace, moment))

    @property
    def trace(self) -> Trace:
        """The run."""
        return self.seen.trace

    @cached_property
    def names(self) -> Names:
        """What formulas call the outputs of nodes."""
        return Names(self.trace)

    @cached_property
    def words(self) -> Words:
        """What sentences call them."""
        return Words(self.names)

    def explain(self, id_: str, numbers: bool = True) -> Explanation:
        """What is to be said of the node `id_`; TraceError if there is none.

        Without `numbers` no formula is written with them: who has operands and tensors can do that later.
        """
        node, edges = self.trace.node(id_), self.seen.into(id_)
        rule = rule_of(node)
        received = self.seen.received(id_, len(node.outputs))
        applied = Application(self.trace, _with_arguments(node, rule, edges), rule, received)
        seeds, sent = self.seen.contributions(id_)
        forward = formula(applied, applied.forward, self.names)
        return Explanation(
            node=id_,
            called=self.words.called(node),
            latex=self.names.own(id_).latex,
            role=rule.role,
            sentence=rule.sentence,
            source=rule.source,
            forward=forward,
            numbers=numbered(forward, applied.forward, applied.value("results[0]")) if numbers else None,
            uses=len(sent),
            slots=tuple(self._slot(applied, edge, numbers) for edge in edges),
            backward=self.seen.backward,
            collected=collected([*seeds, *sent], self.seen.total(id_)) if numbers and len(node.outputs) == 1 else None,
        )

    def _slot(self, applied: Application, edge: Edge, numbers: bool) -> SlotRule:
        argument = next((each.name for each in applied.node.arguments if each.slot == edge.slot), "")
        tensor, jacobian = self.seen.sent(edge), self.seen.jacobian(edge)
        expression = applied.backward(argument)
        meta = applied.meta(argument)
        shape = () if meta is None else meta.shape
        dims = () if expression is None or meta is None else summed_dims(expression, applied.facts, shape)
        whole = None if expression is None else with_sum(expression, dims, shape)
        sent = formula(applied, whole, self.names)
        return SlotRule(
            slot=edge.slot,
            argument=argument,
            source=edge.source,
            source_output=edge.source_output,
            called=self.words.carried(edge),
            sent=sent,
            local=None if expression is None else formula(applied, local(expression), self.names),
            numbers=numbered(sent, expression, tensor) if numbers else None,
            sums=bool(dims),
            kink=kink(applied, argument, tensor, jacobian),
            text=applied.rule.text.get(argument) or applied.rule.text.get(argument.partition("[")[0]),
            tensor=tensor,
            jacobian=jacobian,
        )


def _with_arguments(node: Node, rule: Rule, edges: Sequence[Edge]) -> Node:
    """A node that nobody saw being made tells its inputs alone; they come in the order of the rule's arguments."""
    names = list(rule.backward)
    if node.arguments or not names or not edges:
        return node
    of_list = [name.partition("[")[0] for name in names if name.endswith("[i]")]
    found = (
        Argument(
            f"{of_list[0]}[{edge.slot}]" if of_list else names[edge.slot],
            edge.slot,
            node=edge.source,
            output=edge.source_output,
        )
        for edge in edges
        if of_list or edge.slot < len(names)
    )
    return replace(node, arguments=tuple(found))
