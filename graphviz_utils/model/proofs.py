"""Rows of a trace that prove a gradient: other ways to the same derivative, and how they agree with autograd."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from graphviz_utils.model.measures import Id, Index, Name, Text
from graphviz_utils.model.snapshot import Snapshot

__all__ = ["Check", "Deduction", "Proof", "Verdict", "Way"]

Way = Literal["derived", "differences"]
"""A closed form that SymPy derived from the recorded graph; central finite differences of the program run again."""

Verdict = Literal["equal", "close", "kink", "differs", "open"]
"""Equal; equal within a stated tolerance; a subgradient at a kink; different; nothing that could be held against it."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """One step of a derivation: by the rule called `rule`, on `node` if it is about one; `latex` is what it gives."""

    rule: Name
    node: Id | None
    latex: Text


@dataclass(frozen=True, slots=True)
class Check:
    """One way to the derivative, held against autograd.

    `expected` is what it gave, shaped like the leaf. `error` is how far off `expected` may be, at its worst element,
    where that was estimated. Where the verdict is `kink`, `below` and `above` are the one-sided slopes. `note` states
    the tolerance, the first element that differs, or why nothing came of it. `latex` is the closed form, `deductions`
    how it came about.
    """

    way: Way
    verdict: Verdict
    note: Text
    expected: Snapshot | None = None
    error: float | None = None
    below: Snapshot | None = None
    above: Snapshot | None = None
    latex: Text | None = None
    deductions: Annotated[tuple[Deduction, ...], Meta(max_length=1_000)] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What one pass sent to one leaf, held against other ways to the same derivative."""

    node: Id
    name: Name
    backward: Index
    autograd: Snapshot | None
    checks: Annotated[tuple[Check, ...], Meta(max_length=8)] = ()
