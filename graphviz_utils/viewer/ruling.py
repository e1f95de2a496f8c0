"""The rules of the drawn nodes, as the viewer is told of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphviz_utils.dot import edge_id, node_id
from graphviz_utils.explanation import Explainer
from graphviz_utils.graph import Graph
from graphviz_utils.model import Edge, Explanation, Formula, Kink, Node, Operand, Snapshot
from graphviz_utils.viewer.cards import FormulaCard, OperandCard, RuleCard, SlotCard, TensorIndex
from graphviz_utils.viewer.mathematics import Formulary

__all__ = ["Ruler", "drawn_edges"]


def drawn_edges(graph: Graph, target: str | None = None) -> Iterator[tuple[Edge, str]]:
    """The recorded edges that are drawn (those into `target` alone) with the ids of their drawings."""
    for source, end, key, edge in graph.in_edges(target, keys=True, data="edge"):
        if edge is not None:
            yield edge, edge_id(source, end, key)


@dataclass(frozen=True)
class Ruler:
    """Tells the rules of what is drawn in `graph`. `explainers` are those of the scene's passes, in their order.

    Without a pass there is one explainer all the same.
    """

    graph: Graph
    explainers: Sequence[Explainer]
    formulary: Formulary
    index: Callable[[Snapshot | None], TensorIndex]

    def rule(self, id_: str, node: Node) -> RuleCard | None:
        """The rule of a drawn node that stands for one recorded node."""
        told = self.explainers[-1].explain(node.id, numbers=False)
        edges = {edge.slot: drawn for edge, drawn in drawn_edges(self.graph, id_)}
        kinks = self._kinks(told)
        return RuleCard(
            role=told.role,
            sentence=told.sentence,
            source=told.source,
            symbol=self.formulary.sure(told.latex),
            forward=self._formula(told.forward, id_),
            slots=tuple(
                SlotCard(
                    edge=edges[row.slot],
                    sent=self._formula(row.sent, id_),
                    local=self._formula(row.local, id_),
                    sums=row.sums,
                    kinks=kinks.get(row.slot, ()),
                    text=row.text,
                )
                for row in told.slots
                if row.slot in edges
            ),
        )

    def _kinks(self, told: Explanation) -> Mapping[int, tuple[Kink | None, ...]]:
        """By slot, the kink in each pass; nothing for slots without any."""
        if all(row.kink is None for row in told.slots):
            return {}
        every = [explainer.explain(told.node, numbers=False) for explainer in self.explainers[:-1]]
        rows = [{row.slot: row.kink for row in each.slots} for each in (*every, told)]
        return {row.slot: tuple(kinks.get(row.slot) for kinks in rows) for row in told.slots}

    def _formula(self, formula: Formula | None, id_: str) -> FormulaCard | None:
        if formula is None:
            return None
        operands = tuple(self._operand(operand, id_) for operand in formula.operands)
        return FormulaCard(self.formulary.sure(formula.template), operands, formula.pointwise)

    def _operand(self, operand: Operand, id_: str) -> OperandCard:
        is_grad = operand.kind == "grad"
        return OperandCard(
            sign=operand.sign,
            name=self.formulary.sure(operand.name),
            kind=operand.kind,
            node=node_id(id_) if is_grad else None,
            output=operand.output,
            tensor=None if is_grad else self.index(operand.tensor),
            place=operand.place,
        )
