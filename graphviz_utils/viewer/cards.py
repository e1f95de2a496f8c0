"""What the viewer is told: one document per picture, as frozen plain data, written as strict JSON."""

import json
from dataclasses import dataclass

from graphviz_utils.model import Snapshot, Theme
from graphviz_utils.model.json_form import plain
from graphviz_utils.scenario import Literal

__all__ = [
    "ChapterCard",
    "Contribution",
    "EdgeCard",
    "NodeCard",
    "OutputCard",
    "PassCard",
    "SavedCard",
    "Scene",
    "StepCard",
]

TensorIndex = int | None
"""Which of the scene's `tensors`; `None` is not seen, never zero."""


@dataclass(frozen=True, slots=True)
class OutputCard:
    """One output of a node: its type, its value, and by pass its gradient and what had arrived before hooks."""

    type: str
    value: TensorIndex
    grads: tuple[TensorIndex, ...]
    sums: tuple[TensorIndex, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A gradient that arrived at a node along `edge`; as the seed of a root where there is no edge."""

    edge: str | None
    output: int
    tensor: TensorIndex


@dataclass(frozen=True, slots=True)
class PassCard:
    """What one backward pass did to a node: what arrived, in the order it did, and a leaf's `.grad` around the pass."""

    contributions: tuple[Contribution, ...]
    before: TensorIndex
    after: TensorIndex


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A tensor that a node kept for its backward, and the version of its storage."""

    name: str
    tensor: TensorIndex
    version: int | None


@dataclass(frozen=True, slots=True)
class NodeCard:
    """A drawn node. `id` is its element in the pictures; steps are numbers of the scene's steps, counted from 1.

    `name` is the program's for its only output, `label` what the picture says it does, `called` what sentences call it.
    `grad_steps` and `passes` have one entry for each pass of the scene, a step `None` where the engine did not fire
    the node. `line` counts in the program. `members` is how many nodes a folded box stands for, 1 for others.
    """

    id: str
    name: str | None
    called: str
    label: str
    kind: str
    autograd: str
    operator: str | None
    module: str | None
    line: int | None
    value_step: int
    grad_steps: tuple[int | None, ...]
    outputs: tuple[OutputCard, ...]
    passes: tuple[PassCard, ...]
    saved: tuple[SavedCard, ...]
    members: int


@dataclass(frozen=True, slots=True)
class EdgeCard:
    """A drawn edge. `called` is what sentences call the tensor that it carries.

    `slot` is its place among the target's next_functions, `None` for one without gradient.
    `merged` is how many edges it stands for; `grads` has the gradient that came back along it, by pass; `locals` the
    Jacobian that the target's gradient was multiplied by, shaped (*output, *input), where it was recorded.
    """

    id: str
    source: str
    target: str
    called: str
    output: int
    slot: int | None
    argument: str
    differentiable: bool
    merged: int
    value: TensorIndex
    value_step: int
    grads: tuple[TensorIndex, ...]
    grad_steps: tuple[int | None, ...]
    locals: tuple[TensorIndex, ...]


@dataclass(frozen=True, slots=True)
class StepCard:
    """One step: what it is about, what a reader is told, and the pass (an index into `Scene.passes`) it is part of."""

    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    backward: int | None
    line: int | None
    words: str


@dataclass(frozen=True, slots=True)
class ChapterCard:
    """A part of the run: `step` is the last one before it."""

    title: str
    step: int
    backward: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture that can be stepped through.

    `pictures` are SVG texts, one for each of `passes` (their titles), one alone where there is no pass; nothing stands
    elsewhere from one to the next. `lines` is the program, of which a page hides the first `hidden_lines`. `inputs` are
    the numbers in it that leaves begin with.
    """

    title: str
    theme: Theme
    digits: int
    pictures: tuple[str, ...]
    passes: tuple[str, ...]
    lines: tuple[str, ...]
    hidden_lines: int
    nodes: tuple[NodeCard, ...]
    edges: tuple[EdgeCard, ...]
    steps: tuple[StepCard, ...]
    chapters: tuple[ChapterCard, ...]
    tensors: tuple[Snapshot, ...]
    notes: tuple[str, ...] = ()
    inputs: tuple[Literal, ...] = ()

    def to_json(self) -> str:
        """Strict JSON, with the members named as here: equal scenes give equal text."""
        return json.dumps(plain(self), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
