"""The parts of a record while it is being written: the only values of ours that may change."""

from dataclasses import dataclass
from typing import Any

import torch

from graphviz_utils.model import NodeKind, OutputMeta, Snapshot

__all__ = ["ArgumentEntry", "BindingEntry", "GradFn", "NodeEntry", "OpEntry", "Place", "ValueEntry"]

GradFn = Any
"""A node of the autograd graph; PyTorch has no public type that covers C++ and Python nodes."""


@dataclass(slots=True, eq=False)
class NodeEntry:
    """A node under construction. `fn` is None for a constant and a detached output; `next` mirrors next_functions.

    `is_readable`: what it saved can be read without running code of the program.
    """

    kind: NodeKind
    name: str
    at: int
    outputs: tuple[OutputMeta, ...]
    fn: GradFn = None
    next: tuple["Place | None", ...] = ()
    depth: int = 0
    operator: str | None = None
    arguments: tuple["ArgumentEntry", ...] = ()
    line: int | None = None
    module: torch.nn.Module | None = None
    saved: tuple[tuple[str, Snapshot | None, int | None], ...] = ()
    variable: str | None = None
    grad_of: "NodeEntry | None" = None
    is_readable: bool = False


Place = tuple[NodeEntry, int]
"""An output of a node."""


@dataclass(slots=True)
class ArgumentEntry:
    """One argument of an operator: a place, or a literal where `place` is None.

    `takes_slot` tells the arguments that autograd may keep a slot for: floating-point tensors, and the numbers that
    stand where a tensor could.
    """

    name: str
    place: Place | None
    literal: Any = None
    takes_slot: bool = False
    slot: int | None = None


@dataclass(slots=True)
class OpEntry:
    """One operator as it ran, waiting to be told which autograd node it made.

    `at_hand` are the tensors it gave and took with their snapshots, for as long as they are sure to be alive: the
    given ones first, for one that was written into is both.
    """

    operator: str
    at: int
    sequence: int
    arguments: tuple[ArgumentEntry, ...]
    line: int | None
    module: torch.nn.Module | None
    at_hand: tuple[tuple[torch.Tensor, Snapshot | None], ...] = ()
    reads_saved: bool = True


@dataclass(slots=True)
class ValueEntry:
    """What a place held from a moment on."""

    place: Place
    version: int
    at: int
    snapshot: Snapshot | None


@dataclass(slots=True)
class BindingEntry:
    """What a name meant from a moment on; `outer` tells the program's own names from those inside a function."""

    name: str
    place: Place
    at: int
    outer: bool
