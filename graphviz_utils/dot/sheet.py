"""What an annotated graph says, asked in the words of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphviz_utils.dot.palette import PALETTES, Palette
from graphviz_utils.graph import Fold, Graph
from graphviz_utils.model import Look, Node, Reading, Snapshot

__all__ = ["Sheet", "Use"]

_UNREAD = Reading(None, None)


@dataclass(frozen=True, slots=True)
class Use:
    """One edge: who takes the tensor, at which slot or argument name."""

    source: str
    target: str
    key: int | str
    data: Mapping[str, Any]

    @property
    def differentiable(self) -> bool:
        """Whether a gradient can come back along it."""
        return bool(self.data.get("differentiable", True))

    @property
    def reading(self) -> Reading:
        """What flowed along it."""
        readings = self.data.get("readings") or (_UNREAD,)
        return readings[0]

    @property
    def merged(self) -> int:
        """How many edges it stands for."""
        return int(self.data.get("merged") or 1)

    @property
    def output(self) -> int:
        """Which output of the source it takes."""
        return int(self.data.get("source_output", 0))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A graph, the look it is drawn in, and whether any gradient is to be seen on it.

    `rooms` is the least width and height kept for what is written in a shape or on a wire, by its name.
    """

    graph: Graph
    look: Look
    palette: Palette
    backward: bool
    rooms: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, look: Look) -> "Sheet":
        """The sheet of an annotated graph."""
        seen = any(
            reading.grad is not None for _, readings in graph.nodes(data="readings") for reading in readings or ()
        )
        return cls(graph, look, PALETTES[look.theme], seen and look.grads)

    def room(self, name: str) -> tuple[int, int]:
        """What is kept for the shape or wire called `name`."""
        return self.rooms.get(name, (0, 0))

    def node(self, id_: str) -> Node | None:
        """The recorded node; of a fold the only member whose output leaves it, `None` if several do."""
        node: Node | None = self.graph.nodes[id_].get("node")
        return node

    def fold(self, id_: str) -> Fold | None:
        """What a fold holds, `None` for a node."""
        fold: Fold | None = self.graph.nodes[id_].get("fold")
        return fold

    def reading(self, id_: str, output: int = 0) -> Reading:
        """What an output showed."""
        readings = self.graph.nodes[id_].get("readings") or ()
        return readings[output] if output < len(readings) else _UNREAD

    def total(self, id_: str, output: int = 0) -> Snapshot | None:
        """What the gradients that arrived at an output add up to, before any hook; `None` if that was not seen."""
        sums = self.graph.nodes[id_].get("sums") or ()
        return sums[output] if output < len(sums) else None

    def uses(self, id_: str, output: int | None = None) -> tuple[Use, ...]:
        """The edges that leave a node, or one of its outputs, in the order of the graph."""
        rows = (Use(*row) for row in self.graph.out_edges(id_, keys=True, data=True))
        return tuple(use for use in rows if output is None or use.output == output)

    def takes(self, id_: str) -> tuple[Use, ...]:
        """The edges that enter a node, in the order of its arguments."""
        node = self.node(id_)
        places: dict[int | str, int] = {}
        for place, argument in enumerate(node.arguments if node else ()):
            places.setdefault(argument.name, place)  # what needs no gradient enters by name, though autograd has a slot
            if argument.slot is not None:
                places.setdefault(argument.slot, place)
        rows = [Use(*row) for row in self.graph.in_edges(id_, keys=True, data=True)]
        return tuple(sorted(rows, key=lambda use: (places.get(use.key, len(places)), str(use.key).zfill(6))))

    def outputs(self, id_: str) -> list[int]:
        """The outputs that are used or seen; a node that shows nothing still has its first."""
        used = {use.output for use in self.uses(id_)}
        readings = self.graph.nodes[id_].get("readings") or ()
        return sorted(used.union(o for o, reading in enumerate(readings) if reading.value is not None)) or [0]

    def is_root(self, id_: str) -> bool:
        """Whether the picture leads to this node."""
        return id_ in self.graph.graph.get("roots", ())

    def is_shared(self, id_: str, output: int = 0) -> bool:
        """Whether gradients from several places add up at this output."""
        if self.graph.nodes[id_].get("use_of") is not None:
            return True
        uses = [use for use in self.uses(id_, output) if use.differentiable]
        return len(uses) + (self.is_root(id_) and bool(uses)) > 1

    def contributions(self, id_: str, output: int = 0) -> tuple[Snapshot | None, ...]:
        """The gradients that add up at an output, in the order in which its edges are drawn; seeds last."""
        node = self.node(id_)
        if node is not None and len(node.outputs) > 1:
            return tuple(use.reading.grad for use in self.uses(id_, output) if use.reading.grad is not None)
        waiting = list(self.graph.nodes[id_].get("contributions") or ())
        drawn: list[Snapshot | None] = []
        for use in self.uses(id_):
            grad = use.reading.grad
            if grad is not None and grad in waiting:
                waiting.remove(grad)
                drawn.append(grad)
        return (*drawn, *waiting)
