"""What is told beyond what the picture shows: the rules of its nodes, the paths to its leaves, the proofs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from graphviz_utils.dot import node_id
from graphviz_utils.explanation import Chains, Explainer
from graphviz_utils.graph import Graph
from graphviz_utils.model import LAST, Moment, Node, Snapshot, Trace
from graphviz_utils.viewer.cards import PathsCard, ProofCard, RuleCard, TensorIndex
from graphviz_utils.viewer.mathematics import Formulary
from graphviz_utils.viewer.proving import Prover
from graphviz_utils.viewer.ruling import Ruler, drawn_edges
from graphviz_utils.viewer.wandering import Wanderer

__all__ = ["Derived"]

_MOST_NODES = 300
"""Drawn nodes whose rules are told, and through which paths are followed."""

_NO_ROOM = (
    f"Rules and paths are told of up to {_MOST_NODES} nodes: choose fewer under Look, or ask for one at a time with "
    "`python -m graphviz_utils explain`."
)


@dataclass(frozen=True)
class Derived:
    """Rules, paths and proofs of what is drawn in `graph`. `passes` are those of the scene."""

    trace: Trace
    graph: Graph
    passes: tuple[int, ...]
    digits: int
    index: Callable[[Snapshot | None], TensorIndex]
    formulary: Formulary = field(default_factory=Formulary)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What there was no room for."""
        return () if self._is_small else (_NO_ROOM,)

    def rule(self, id_: str, node: Node) -> RuleCard | None:
        """The rule of a drawn node that stands for `node` alone."""
        return self._ruler.rule(id_, node) if self._is_small else None

    def paths(self) -> Iterator[PathsCard]:
        """The paths to the drawn leaves; a leaf that is drawn beside its uses is told of once."""
        if not self._is_small:
            return iter(())
        leaves = {node.id: (node_id(id_), node) for id_, node in self._drawn() if node.kind == "leaf"}
        chains = [Chains(self.trace, index) for index in self.passes]
        wanderer = Wanderer(chains, dict(drawn_edges(self.graph)), self.formulary, self.digits)
        return wanderer.cards(dict(leaves.values()))

    def proofs(self, title: Callable[[int], str]) -> Iterator[ProofCard]:
        """The proofs of the run; `title` names a pass."""
        nodes = {node.id: node_id(id_) for id_, node in self._drawn()}
        numbers = {index: number for number, index in enumerate(self.passes)}
        return Prover(self.trace, nodes, title, numbers, self.formulary, self.index).cards()

    @property
    def _is_small(self) -> bool:
        return len(self.graph) <= _MOST_NODES

    @cached_property
    def _ruler(self) -> Ruler:
        moments = [Moment(backward=index) for index in self.passes] or [LAST]
        explainers = [Explainer.of(self.trace, moment) for moment in moments]
        return Ruler(self.graph, explainers, self.formulary, self.index)

    def _drawn(self) -> Iterator[tuple[str, Node]]:
        """The drawn nodes that stand for one recorded node."""
        for id_, data in self.graph.nodes(data=True):
            if data.get("node") is not None and data.get("fold") is None:
                yield id_, data["node"]
