"""What is done at the passes of a run: look into the last one, and leave those before it as they were."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import torch

from graphviz_utils.running.child.differences.replaying import Replaying
from graphviz_utils.running.child.differences.surveying import Survey, contributions, surveyed
from graphviz_utils.running.child.differences.tape import Tape
from graphviz_utils.running.child.differences.taping import Taping
from graphviz_utils.tracing.calls import Call
from graphviz_utils.tracing.snapshots import unseen

__all__ = ["Mover", "Surveyor", "Taker"]

_Run = Callable[[], Any]


class Surveyor:
    """Surveys the wanted pass; with `taping`, all that the program reads and leaves behind before is written down."""

    def __init__(self, taping: Taping | None = None) -> None:
        self.survey: Survey | None = None
        self._taping = taping

    def read(self, tensors: Sequence[torch.Tensor], read: Callable[[], Any]) -> Any:
        """The numbers as they are."""
        if self._taping is None:
            return read()
        self._taping.believe(tensors)
        if not _needs_grad(tensors):
            return read()
        with unseen():
            numbers = read()
        kept = self._taping.tape.kept(numbers)
        self._taping.tape.readings.append(kept if isinstance(kept, torch.Tensor) else deepcopy(kept))
        return numbers

    def engine(self, run: _Run, *, creates_graph: bool) -> Any:
        """The pass as it is."""
        if self._taping is None:
            return run()
        with self._taping.within_engine(creates_graph=creates_graph):
            result = run()
        if not creates_graph:
            with unseen():
                tape = self._taping.tape
                leaves = [use.leaf for use in tape.first_uses()]
                tape.grads.append(tuple(tape.kept(grad) for grad in (*_grads_of(leaves), *_tensors(result))))
        return result

    def reach(self, call: Call, run: _Run) -> None:
        """Survey the pass."""
        if self._taping is not None:
            self._taping.end()
        self.survey = surveyed(call, run)


class Taker:
    """Takes what the roots of the wanted pass hold, and lets all else be."""

    def __init__(self, base: Survey) -> None:
        self.parts = torch.zeros(0)
        self._base = base

    def read(self, _tensors: Sequence[torch.Tensor], read: Callable[[], Any]) -> Any:
        """The numbers as they are."""
        return read()

    def engine(self, run: _Run, *, creates_graph: bool) -> Any:  # noqa: ARG002 - as all that visit passes
        """The pass as it is."""
        return run()

    def reach(self, call: Call, _run: _Run) -> None:
        """Take what the roots hold."""
        with unseen():
            self.parts = contributions([root.detach() for root, _ in call.roots], self._base.seeds)


class Mover:
    """Gives the program what it read when nothing was moved, and takes what its roots hold now that a leaf is moved."""

    def __init__(self, replaying: Replaying, tape: Tape, base: Survey, leaf: int, step: torch.Tensor) -> None:
        self.parts = torch.zeros(0)
        self._replaying = replaying
        self._base = base
        self._leaf = leaf
        self._step = step
        self._readings = iter(tape.readings)
        self._grads = iter(tape.grads)

    def read(self, tensors: Sequence[torch.Tensor], read: Callable[[], Any]) -> Any:
        """The numbers as they were."""
        if not _needs_grad(tensors):
            return read()
        kept = self._replaying.next_of(self._readings)
        with unseen():
            return read().copy_(kept) if isinstance(kept, torch.Tensor) else deepcopy(kept)

    def engine(self, run: _Run, *, creates_graph: bool) -> Any:
        """Run the pass; what it leaves on the leaves or returns is what it was, unless it can be differentiated."""
        result = run()
        if creates_graph:
            return result
        kept = self._replaying.next_of(self._grads)
        if self._replaying.has_begun:
            with unseen():
                now = (*_grads_of(self._replaying.leaves), *_tensors(result))
                for grad, was in zip(now, kept, strict=True):
                    if grad is not None and was is not None:
                        grad.copy_(was)
        return result

    def reach(self, call: Call, _run: _Run) -> None:
        """Take what the roots hold."""
        self._replaying.is_over = True
        with unseen():
            roots = [root.detach() for root, _ in call.roots]
            for place, leaf in enumerate(self._base.rooted):
                if leaf == self._leaf:
                    roots[place] = roots[place] + self._step
            self.parts = contributions(roots, self._base.seeds)


def _needs_grad(tensors: Sequence[torch.Tensor]) -> bool:
    return any(tensor.requires_grad for tensor in tensors)


def _grads_of(leaves: Sequence[torch.Tensor]) -> Iterator[torch.Tensor | None]:
    return (leaf.grad for leaf in leaves)


def _tensors(result: Any) -> tuple[torch.Tensor | None, ...]:
    return result if isinstance(result, tuple) else ()
