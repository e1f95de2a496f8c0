"""The rows of a trace: nodes, edges, values, names, and what every backward pass sent where."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from graphviz_utils.model.measures import Count, Id, Index, Line, Name, Sizes, Text
from graphviz_utils.model.snapshot import NON_FINITE, Snapshot

__all__ = [
    "LAST",
    "Argument",
    "BackwardPass",
    "Binding",
    "CellRun",
    "Claim",
    "Edge",
    "EdgeGrad",
    "Failure",
    "Jacobian",
    "Leaf",
    "LeafGrad",
    "Moment",
    "Node",
    "NodeGrad",
    "NodeKind",
    "OutputMeta",
    "Reading",
    "Returned",
    "Root",
    "SavedTensor",
    "Value",
]


NodeKind = Literal["op", "leaf", "constant", "detached"]

_MOST_ARGUMENTS = 100_000
_MOST_OUTPUTS = 20_000
_MOST_ROOTS = 5_000


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operator, under the name its schema gives it.

    Either a `literal` (a number, text, `None` or a list of them) or output `output` of `node`; the other stays UNSET.
    `slot` is the argument's place among the node's `next_functions`; `None` where autograd keeps no place for it (the
    exponent of a power, the targets of a loss, the indices of an embedding).
    """

    name: Name
    slot: Index | None
    literal: Any = UNSET
    node: Id | UnsetType = UNSET
    output: Index | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.literal, str) and self.literal in NON_FINITE:
            object.__setattr__(self, "literal", NON_FINITE[self.literal])
        elif isinstance(self.literal, list):  # JSON knows no tuples
            object.__setattr__(self, "literal", _frozen(self.literal))

    @property
    def is_literal(self) -> bool:
        """Whether the argument was written down in the program rather than computed by a node."""
        return self.node is UNSET


def _frozen(literal: Any) -> Any:
    return tuple(map(_frozen, literal)) if isinstance(literal, list) else literal


@dataclass(frozen=True, slots=True)
class OutputMeta:
    """Shape and dtype of one output of a node."""

    shape: Sizes
    dtype: Name


@dataclass(frozen=True, slots=True)
class SavedTensor:
    """A tensor that a node kept for its backward. `None` where it could not be read."""

    name: Name
    tensor: Snapshot | None
    version: Count | None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the autograd graph, or a tensor that feeds or leaves it without one.

    `op` has a `grad_fn`; `leaf` is a tensor that accumulates `.grad`; `constant` needs no gradient; `detached` is an
    operator's output without `grad_fn` although an input required grad. `name` is autograd's (`MulBackward0`),
    `operator` ATen's (`aten.mul.Tensor`), `label` a person's (`2 ×`), `variable` the program's. `at` is the moment of
    creation, `line` counts in the trace's source.
    """

    id: Id
    kind: NodeKind
    name: Name
    operator: Name | None
    label: Name
    variable: Name | None
    line: Line | None
    module: Name | None
    at: Count
    arguments: Annotated[tuple[Argument, ...], Meta(max_length=_MOST_ARGUMENTS)]
    outputs: Annotated[tuple[OutputMeta, ...], Meta(max_length=_MOST_OUTPUTS)]
    saved: tuple[SavedTensor, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """Output `source_output` of `source` feeds slot `slot` of `target`: an entry of its `next_functions`."""

    source: Id
    source_output: Index
    target: Id
    slot: Index


@dataclass(frozen=True, slots=True)
class Value:
    """What output `output` of `node` held from moment `at` on, at `version` of its storage."""

    node: Id
    output: Index
    version: Count
    at: Count
    tensor: Snapshot | None


@dataclass(frozen=True, slots=True)
class Binding:
    """From moment `at` on, the variable `name` meant output `output` of `node`."""

    name: Name
    node: Id
    output: Index
    at: Count


@dataclass(frozen=True, slots=True)
class Root:
    """Where a backward pass began, and the seed gradient it began with."""

    node: Id
    output: Index
    seed: Snapshot | None


@dataclass(frozen=True, slots=True)
class EdgeGrad:
    """What `target` sent back through its slot `slot`, before anything was added. `None`: an undefined gradient."""

    target: Id
    slot: Index
    tensor: Snapshot | None


@dataclass(frozen=True, slots=True)
class Jacobian:
    """The local derivative of `target` by what enters its slot `slot`, shaped (*shape of output 0, *shape of input)."""

    target: Id
    slot: Index
    tensor: Snapshot | None


@dataclass(frozen=True, slots=True)
class NodeGrad:
    """The gradients that arrived at one output of a node, added up, and the one the node used after its hooks."""

    node: Id
    output: Index
    sum: Snapshot | None
    tensor: Snapshot | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What `autograd.grad` gave back for one of its inputs. `None`: unused, or an undefined gradient."""

    node: Id
    output: Index
    tensor: Snapshot | None


@dataclass(frozen=True, slots=True)
class LeafGrad:
    """A leaf's `.grad` before and after a pass."""

    node: Id
    before: Snapshot | None
    after: Snapshot | None


@dataclass(frozen=True, slots=True)
class BackwardPass:
    """One call of the autograd engine.

    `parent` is the index of the pass in whose midst this one ran. `order` lists the nodes as the engine fired them and
    `fired_at` the moment of each. A row of `edge_grads` or `node_grads` that is missing was not seen. `ended` is the
    moment at which the call returned (or failed). `jacobians` are those of small nodes, where they were asked for.
    """

    call: Name
    line: Line | None
    at: Count
    parent: Index | None
    roots: Annotated[tuple[Root, ...], Meta(max_length=_MOST_ROOTS)]
    order: tuple[Id, ...]
    edge_grads: tuple[EdgeGrad, ...]
    node_grads: tuple[NodeGrad, ...]
    returned: tuple[Returned, ...]
    leaves: tuple[LeafGrad, ...]
    fired_at: tuple[Count, ...] = ()
    ended: Count | None = None
    jacobians: tuple[Jacobian, ...] = ()


@dataclass(frozen=True, slots=True)
class CellRun:
    """A cell after it ran: what it printed, what its last expression displayed, and whether its proof held.

    `verdict` is `None` for a cell that proves nothing, and also where both sides differ by no more than their dtype's
    rounding; `note` then says so.
    """

    title: Name
    line: Line
    source: Text
    stdout: Text
    display: Text | None
    verdict: bool | None
    at: Count
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A closed form or expectation of the scenario, held against what PyTorch computed."""

    kind: Literal["closed_form", "expectation"]
    name: Name
    text: Text
    backward: Index | None
    expected: Snapshot | None
    actual: Snapshot | None
    verdict: bool | None
    note: Text


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended the program, and the line of the source it came from."""

    type: Name
    message: Text
    line: Line | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the run to look at.

    `backward` is an index into `Trace.passes`; `None` takes the last outermost pass begun by then. `at` is a time of
    the run's clock; `None` takes the end of that pass, or of the run if there is none.
    """

    at: int | None = None
    backward: int | None = None


LAST = Moment()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one output of a node showed at a moment: its value going forward, its gradient coming back."""

    value: Snapshot | None
    grad: Snapshot | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as the end of a run left it. `grad` is its `.grad` after the last pass that touched it."""

    node: Node
    value: Snapshot | None
    grad: Snapshot | None
