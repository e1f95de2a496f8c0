"""What the viewer is told: one document per picture, as frozen plain data, written as strict JSON."""

import json
from dataclasses import dataclass
from typing import Literal

from graphviz_utils.model import Kink, Role, RuleSource, Snapshot, Theme, Verdict
from graphviz_utils.model.json_form import plain
from graphviz_utils.scenario import Literal as LiteralLine

__all__ = [
    "ChapterCard",
    "CheckCard",
    "ClaimCard",
    "Contribution",
    "DeductionCard",
    "EdgeCard",
    "FormulaCard",
    "FormulaIndex",
    "NodeCard",
    "OperandCard",
    "OutputCard",
    "PassCard",
    "PathCard",
    "PathsCard",
    "ProofCard",
    "RuleCard",
    "SavedCard",
    "Scene",
    "SlotCard",
    "StepCard",
]

TensorIndex = int | None
"""Which of the scene's `tensors`; `None` is not seen, never zero."""

FormulaIndex = int
"""Which of the scene's `formulas`, each of them MathML."""


@dataclass(frozen=True, slots=True)
class OperandCard:
    """What stands at `sign` in a formula: a value, or the gradient that output `output` of node `node` received.

    The gradient is that of the shown pass: see `OutputCard.grads`. `place` tells where brackets are due: from 2 on
    around a negative number, from 3 on around one with a power of ten, at 4 around a fraction.
    """

    sign: str
    name: FormulaIndex
    kind: Literal["value", "grad"]
    node: str | None
    output: int
    tensor: TensorIndex
    place: int


@dataclass(frozen=True, slots=True)
class FormulaCard:
    """A formula in which operands stand as `sign`s, each the text of one `<mi>`.

    U+F8FF there is a product sign, left out between names and written between numbers. Of a `pointwise` formula each
    element is the formula of the same elements of its operands, broadcast.
    """

    template: FormulaIndex
    operands: tuple[OperandCard, ...]
    pointwise: bool


@dataclass(frozen=True, slots=True)
class SlotCard:
    """What a node sends along `edge`: see `model.SlotRule`. `kink` is that of each pass of the scene."""

    edge: str
    sent: FormulaCard | None
    local: FormulaCard | None
    sums: bool
    kinks: tuple[Kink | None, ...]
    text: str | None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """The rule of a node: see `model.Explanation`. `symbol` is what formulas call its value."""

    role: Role
    sentence: str
    source: RuleSource
    symbol: FormulaIndex
    forward: FormulaCard | None
    slots: tuple[SlotCard, ...]


@dataclass(frozen=True, slots=True)
class PathCard:
    """One path: the drawn edges it runs along, root first; its product with names, and with numbers up to its value."""

    edges: tuple[str, ...]
    value: float
    symbols: FormulaIndex
    numbers: FormulaIndex


@dataclass(frozen=True, slots=True)
class PathsCard:
    """The paths that pass `backward` of the scene took to one element of a leaf, the largest contributions first.

    `count` is how many there are, in words: it may have thousands of digits. `total` is the line in which they add up.
    """

    leaf: str
    element: int
    backward: int
    paths: tuple[PathCard, ...]
    count: str
    rest: float
    total: FormulaIndex | None
    grad: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class DeductionCard:
    """One line of a derivation; `formula` is `None` where only its LaTeX can be shown."""

    rule: str
    node: str | None
    formula: FormulaIndex | None
    latex: str


@dataclass(frozen=True, slots=True)
class CheckCard:
    """One way to a leaf's derivative, held against autograd; `given` is a closed form of the scenario's author."""

    way: Literal["given", "derived", "differences"]
    verdict: Verdict
    note: str
    expected: TensorIndex
    error: float | None
    below: TensorIndex
    above: TensorIndex
    formula: FormulaIndex | None
    text: str
    """The formula as text: the author's own, or the LaTeX of one that was derived."""
    deductions: tuple[DeductionCard, ...]


@dataclass(frozen=True, slots=True)
class ProofCard:
    """What a pass of the run sent to a leaf, and other ways to it. `node` is drawn, or `None`.

    `backward` is the pass of the scene; `None` for one that is not among them. `title` names it.
    """

    node: str | None
    name: str
    backward: int | None
    title: str
    autograd: TensorIndex
    checks: tuple[CheckCard, ...]


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """Something else that the program proves: a proof cell, or a number that is expected of a name."""

    title: str
    text: str
    verdict: bool | None
    note: str
    line: int | None


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
    rule: RuleCard | None = None


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
    the numbers in it that leaves begin with. `formulas` are MathML texts. `proofs` are there once somebody asked for
    them. `remarks` say which rules and paths there was no room for.
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
    inputs: tuple[LiteralLine, ...] = ()
    formulas: tuple[str, ...] = ()
    paths: tuple[PathsCard, ...] = ()
    proofs: tuple[ProofCard, ...] = ()
    claims: tuple[ClaimCard, ...] = ()
    remarks: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Strict JSON, with the members named as here: equal scenes give equal text."""
        return json.dumps(plain(self), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
