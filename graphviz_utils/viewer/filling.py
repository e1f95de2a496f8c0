"""From a drawn run to the document that the viewer is fed with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from math import prod
from threading import Event

from graphviz_utils.dot import Sheet, Use, edge_id, node_id, type_text
from graphviz_utils.drawing import Series, draw_series
from graphviz_utils.graph import Graph
from graphviz_utils.model import LAST, BackwardPass, Limits, Look, Moment, Node, Root, Snapshot, Trace
from graphviz_utils.scenario import Literal, is_too_long, literals
from graphviz_utils.stepping import Step, Steps
from graphviz_utils.viewer.cards import (
    ChapterCard,
    Contribution,
    EdgeCard,
    NodeCard,
    OutputCard,
    PassCard,
    SavedCard,
    Scene,
    StepCard,
    TensorIndex,
)
from graphviz_utils.viewer.deriving import Derived
from graphviz_utils.viewer.proving import claims
from graphviz_utils.viewer.sentences import Teller

__all__ = ["scene", "scene_of"]

_MOST_INPUTS = 8
_MOST_FIELDS = 16


def scene(
    trace: Trace,
    look: Look = Look(),
    moment: Moment = LAST,
    hidden_lines: int = 0,
    stop: Event | None = None,
) -> Scene:
    """The document of a run: its picture at a moment, and every step that leads there.

    A page that does not show the first `hidden_lines` of the program counts lines from there. It raises what `draw`
    raises.
    """
    return scene_of(trace, draw_series(trace, look, moment, stop), look, hidden_lines)


def scene_of(trace: Trace, series: Series, look: Look, hidden_lines: int = 0) -> Scene:
    """The document of what was drawn of a run."""
    steps = series.steps
    fill = _Filling(trace, steps, series.graphs, look)
    nodes, edges, paths = tuple(fill.nodes()), tuple(fill.edges()), tuple(fill.derived.paths())
    proofs = tuple(fill.derived.proofs(lambda index: _pass_title(index + 1, trace.passes[index], hidden_lines)))
    return Scene(
        title=series.last.title,
        theme=look.theme,
        digits=look.digits,
        pictures=tuple(picture.svg for picture in series.pictures),
        passes=tuple(
            _pass_title(number, trace.passes[index], hidden_lines) for number, index in enumerate(steps.passes, 1)
        ),
        lines=tuple(line.rstrip("\n") for line in StringIO(trace.source, newline=None)),  # those that Python counts
        hidden_lines=hidden_lines,
        nodes=nodes,
        edges=edges,
        steps=tuple(fill.step(row) for row in steps.rows),
        chapters=tuple(fill.chapters()),
        tensors=tuple(fill.tensors),
        notes=(*series.last.notes, *trace.notes),
        inputs=tuple(_inputs(trace.source, series.graphs[0])),
        formulas=fill.derived.formulary.texts,
        paths=paths,
        proofs=proofs,
        claims=tuple(claims(trace)),
        remarks=fill.derived.remarks,
    )


def _literals(source: str) -> tuple[Literal, ...]:
    """Those of a program that can be run."""
    return () if is_too_long(source, Limits()) else literals(source)


def _inputs(source: str, graph: Graph) -> Iterator[Literal]:
    """The literals that drawn leaves begin with, as far as a few fields can hold them."""
    leaves = {node.variable: node for _, node in graph.nodes(data="node") if node is not None and node.kind == "leaf"}
    few = [literal for literal in _literals(source) if literal.name in leaves]
    return (each for each in few[:_MOST_INPUTS] if prod(leaves[each.name].outputs[0].shape) <= _MOST_FIELDS)


def _pass_title(number: int, pass_: BackwardPass, hidden_lines: int) -> str:
    line = 0 if pass_.line is None else pass_.line - hidden_lines
    return f"{number} · {pass_.call}" + (f", line {line}" if line > 0 else "")


@dataclass(frozen=True)
class _Filling:
    """The document while it is being written; equal tensors stand in it once."""

    trace: Trace
    steps: Steps
    graphs: tuple[Graph, ...]
    look: Look
    tensors: dict[Snapshot, int] = field(default_factory=dict)

    @cached_property
    def derived(self) -> Derived:
        """Who tells of rules, paths and proofs."""
        return Derived(self.trace, self.graphs[0], self.steps.passes, self.look.digits, self._index)

    @cached_property
    def jacobians(self) -> Mapping[int, Mapping[tuple[str, int], Snapshot | None]]:
        """By pass, and there by target and slot."""
        rows = {index: self.trace.passes[index].jacobians for index in self.steps.passes}
        return {index: {(row.target, row.slot): row.tensor for row in found} for index, found in rows.items()}

    @cached_property
    def tellers(self) -> tuple[Teller, ...]:
        """Who tells of each of the graphs."""
        several = {node.id for node in self.trace.nodes if len(node.outputs) > 1}
        names = {(row.node, row.output): row.name for row in self.trace.bindings if row.node in several}
        return tuple(Teller(Sheet.of(graph, self.look), names) for graph in self.graphs)

    @cached_property
    def beginnings(self) -> Mapping[str, int]:
        """By name: the line of the numbers that it begins with."""
        return {literal.name: literal.line for literal in _literals(self.trace.source)}

    def nodes(self) -> Iterator[NodeCard]:
        for id_, data in self.graphs[0].nodes(data=True):
            node, fold, called = data.get("node"), data.get("fold"), self.tellers[0].called(id_)
            shown: Node | None = node if fold is None else None
            saved = (SavedCard(row.name, self._index(row.tensor), row.version) for row in shown.saved) if shown else ()
            yield NodeCard(
                id=node_id(id_),
                name=shown.variable if shown and len(shown.outputs) < 2 else None,
                called=called,
                label=(shown.label or shown.name) if shown else called,
                kind=shown.kind if shown else "fold",
                autograd=shown.name if shown else "",
                operator=shown.operator if shown else None,
                module=shown.module if shown else None,
                line=self._line(shown),
                value_step=self.steps.value_steps[id_],
                grad_steps=self._grad_steps(id_),
                outputs=tuple(self._outputs(id_, node)) if node is not None else (),
                passes=tuple(self._pass(id_, number) for number in range(len(self.steps.passes))),
                saved=tuple(saved),
                members=len(fold.members) if fold is not None else 1,
                rule=self.derived.rule(id_, shown) if shown else None,
            )

    def edges(self) -> Iterator[EdgeCard]:
        for edge in self.graphs[0].edges(keys=True):
            source, target, key = edge
            uses = [Use(source, target, key, graph.edges[edge]) for graph in self.graphs]
            use = uses[0]
            yield EdgeCard(
                id=_edge_id(use),
                source=node_id(use.source),
                target=node_id(use.target),
                called=self.tellers[0].carried(use),
                output=use.output,
                slot=use.key if isinstance(use.key, int) and use.differentiable else None,
                argument=self._argument(use.target, use.key),
                differentiable=use.differentiable,
                merged=use.merged,
                value=self._index(use.reading.value),
                value_step=self.steps.value_steps[use.source],
                grads=tuple(self._index(each.reading.grad) for each in uses[: len(self.steps.passes)]),
                grad_steps=self._grad_steps(use.target),
                locals=tuple(self._local(index, use) for index in self.steps.passes),
            )

    def step(self, row: Step) -> StepCard:
        backward = None if row.backward is None else self.steps.passes.index(row.backward)
        teller, first = self.tellers[backward or 0], row.nodes[0]
        seeds = [] if backward is None else [root.seed for root in self._roots(first, backward)]
        taken = (use for id_ in row.nodes for use in teller.sheet.takes(id_))
        return StepCard(
            nodes=tuple(node_id(id_) for id_ in row.nodes),
            edges=tuple(_edge_id(use) for use in taken),
            backward=backward,
            line=self._line(teller.sheet.node(first)),
            words=teller.forward(first) if backward is None else teller.backward(first, seeds),
        )

    def chapters(self) -> Iterator[ChapterCard]:
        for chapter in self.steps.chapters:
            backward = None if chapter.backward is None else self.steps.passes.index(chapter.backward)
            yield ChapterCard(chapter.title, chapter.step, backward)

    def _line(self, node: Node | None) -> int | None:
        if node is None or node.kind != "leaf" or node.line is not None:
            return node.line if node is not None else None
        return self.beginnings.get(node.variable or "")

    def _index(self, tensor: Snapshot | None) -> TensorIndex:
        return None if tensor is None else self.tensors.setdefault(tensor, len(self.tensors))

    def _local(self, index: int, use: Use) -> TensorIndex:
        edge = use.data.get("edge")
        return None if edge is None else self._index(self.jacobians[index].get((edge.target, edge.slot)))

    def _grad_steps(self, id_: str) -> tuple[int | None, ...]:
        return tuple(self.steps.grad_steps[index].get(id_) for index in self.steps.passes)

    def _outputs(self, id_: str, node: Node) -> Iterator[OutputCard]:
        backward = [teller.sheet for teller in self.tellers[: len(self.steps.passes)]]
        for output, meta in enumerate(node.outputs):
            yield OutputCard(
                type=type_text(meta),
                value=self._index(self.tellers[0].sheet.reading(id_, output).value),
                grads=tuple(self._index(sheet.reading(id_, output).grad) for sheet in backward),
                sums=tuple(self._index(sheet.total(id_, output)) for sheet in backward),
            )

    def _pass(self, id_: str, number: int) -> PassCard:
        sheet, fired = self.tellers[number].sheet, self.steps.grad_steps[self.steps.passes[number]]
        seeds = [Contribution(None, root.output, self._index(root.seed)) for root in self._roots(id_, number)]
        uses = [use for use in sheet.uses(id_) if use.differentiable and use.reading.grad is not None]
        uses.sort(key=lambda use: (fired.get(use.target, 0), _edge_id(use)))
        sent = [Contribution(_edge_id(use), use.output, self._index(use.reading.grad)) for use in uses]
        before, after = (sheet.graph.nodes[id_].get(name) for name in ("grad_before", "grad_after"))
        return PassCard((*seeds, *sent), self._index(before), self._index(after))

    def _roots(self, id_: str, number: int) -> list[Root]:
        """Where a pass began, as far as it began at a drawn node."""
        node: Node | None = self.graphs[0].nodes[id_].get("node")
        roots = self.trace.passes[self.steps.passes[number]].roots
        return [root for root in roots if node is not None and root.node == node.id]

    def _argument(self, target: str, key: int | str) -> str:
        node: Node | None = self.graphs[0].nodes[target].get("node")
        names = {argument.slot: argument.name for argument in node.arguments} if node is not None else {}
        return key if isinstance(key, str) else names.get(key, "")


def _edge_id(use: Use) -> str:
    return edge_id(use.source, use.target, use.key)
