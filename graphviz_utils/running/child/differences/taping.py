"""Writes down what a run does: what of it autograd follows, and what must be held while a leaf is moved."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from graphviz_utils.running.child.differences.customs import is_in_custom_function, is_recomputing
from graphviz_utils.running.child.differences.draws import Drawing
from graphviz_utils.running.child.differences.ending import Deadline, Unrepeatable
from graphviz_utils.running.child.differences.operators import Operators
from graphviz_utils.running.child.differences.parts import given_parts, parts
from graphviz_utils.running.child.differences.tape import Held, Tape, Use
from graphviz_utils.tracing.schemas import argument_names, named_tensors, written

__all__ = ["Taping"]

_STATISTICS = ("running_mean", "running_var")
"""Arguments that batch norm writes into, although its schema does not say so."""

_DETACH = torch.ops.aten.detach.default


@dataclass(frozen=True, slots=True)
class _Pending:
    """An operator that has run; whether its results lead back into the graph shows when it has returned."""

    number: int
    sequence: int
    results: list[Any]
    written: tuple[tuple[int, torch.Tensor], ...]
    uses: tuple[Use, ...]
    keeps_graph: bool
    is_detaching: bool


@dataclass(frozen=True, slots=True)
class _Loose:
    """An operator whose results lead nowhere, and what is to be held of them, if they were meant to."""

    pending: _Pending
    held: Held


class Taping(Operators):
    """Writes the tape, up to its `end`."""

    def __init__(self, draws: Drawing, deadline: Deadline, *, is_wide: bool) -> None:
        super().__init__(draws, deadline, is_wide=is_wide)
        self.tape = Tape()
        self._is_over = False
        self._is_in_engine = self._is_differentiable = False
        self._pending: _Pending | None = None
        self._loose: list[_Loose] = []
        self._detached: dict[int, _Loose] = {}
        self._detached_again: tuple[Any, Any] = (None, None)
        self._behind: dict[int, int] = {}

    def _operate(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._is_over:
            return super()._operate(func, args, kwargs)
        self._settle()
        number = len(self.tape.operators)
        self.tape.operators.append(func)
        tensors = [
            (place, part) for place, part in enumerate(given_parts(args, kwargs)) if isinstance(part, torch.Tensor)
        ]
        if func is not _DETACH:
            self._believe(tensor for _, tensor in tensors)
            self._free(tensor for _, tensor in _changed(func, tensors, (args, kwargs)))
        if any(tensor.is_meta for _, tensor in tensors):
            raise Unrepeatable(
                "tensors without numbers (meta) are at work, as where torch.func's transforms are nested"
            )
        result = super()._operate(func, args, kwargs)
        if func is _DETACH:
            self._detached_again = args[0], result
        if any(tensor.requires_grad for _, tensor in tensors):
            self._pending = self._noted(number, func, result, tensors, (args, kwargs))
        return result

    def believe(self, tensors: Iterable[torch.Tensor]) -> None:
        """The program reads `tensors`: those that it detached were meant to be."""
        self._settle()
        self._believe(tensors)

    @contextmanager
    def within_engine(self, *, creates_graph: bool) -> Iterator[None]:
        """What a pass computes is its own affair, unless it can be differentiated again."""
        self._settle()
        self._hold()
        self._is_in_engine, self._is_differentiable = True, creates_graph
        try:
            yield
        finally:
            self._settle()
            self._is_in_engine = self._is_differentiable = False

    def end(self) -> None:
        """Write nothing any more."""
        self._settle()
        self._hold()
        self._is_over = True

    def _settle(self) -> None:
        """Decide about the last operator.

        One whose results lead nowhere is held, unless it ran within another one, preparing what that takes (a conjugate
        made real, say): then that follows at once, has the same sequence number, and its own results do lead somewhere.
        """
        (tensor, again), self._detached_again = self._detached_again, (None, None)
        if _is_loose(again):  # else autograd takes out what it has kept
            self._believe([tensor])
        pending, self._pending = self._pending, None
        if pending is None:
            return
        if self._loose and self._loose[0].pending.sequence != pending.sequence:
            self._hold()
        results = [(place, part) for place, part in enumerate(pending.results) if _is_loose(part)]
        changed = [(place, tensor) for place, tensor in pending.written if _is_loose(tensor)]
        held = Held(*(tuple((place, self.tape.kept(part)) for place, part in parts) for parts in (results, changed)))
        if len(results) == len(pending.results) > 0:
            if pending.is_detaching:
                self._detached[id(pending.results[0])] = _Loose(pending, held)
                self._behind[_memory(pending.results[0])] = pending.number
            else:
                self._loose.append(_Loose(pending, held))
            return
        if pending.keeps_graph:
            self.tape.uses += [use for each in self._loose for use in each.pending.uses]
            self.tape.uses += _with_nodes_of_bases(pending)
            self._loose.clear()
        if results or changed:
            self.tape.held[pending.number] = held

    def _hold(self) -> None:
        for loose in self._loose:
            self.tape.held[loose.pending.number] = loose.held
            if not loose.held.has_real:
                self.tape.uses += [replace(use, sequence=None) for use in loose.pending.uses]
        self._loose.clear()

    def _noted(
        self,
        number: int,
        func: Any,
        result: Any,
        tensors: Sequence[tuple[int, torch.Tensor]],
        given: tuple[tuple[Any, ...], dict[str, Any]],
    ) -> _Pending | None:
        keeps_graph = torch.is_grad_enabled()
        uses = tuple(_uses(number, tensors))
        if self._is_differentiable and is_recomputing():
            self.tape.uses += [replace(use, is_anew=True) for use in uses]
            return None
        if self._is_in_engine and not keeps_graph:
            return None
        if is_in_custom_function():
            self.tape.uses += uses
            return None
        is_detaching = keeps_graph and func is _DETACH
        changed = tuple(_changed(func, tensors, given))
        return _Pending(number, _sequence(), parts(result), changed, uses, keeps_graph, is_detaching)

    def _free(self, changed: Iterable[torch.Tensor]) -> None:
        """Hold nothing that the program writes into: it changes what autograd goes on with, behind its back."""
        if self._behind:
            for tensor in changed:
                self.tape.held.pop(self._behind.get(_memory(tensor), -1), None)

    def _believe(self, tensors: Iterable[torch.Tensor]) -> None:
        """Hold those of `tensors` that were detached; what autograd detaches for itself is not met again as it was."""
        if self._detached:
            for tensor in tensors:
                loose = self._detached.pop(id(tensor), None) if _is_loose(tensor) else None
                if loose is not None:
                    self.tape.held[loose.pending.number] = loose.held


def _with_nodes_of_bases(pending: _Pending) -> Iterator[Use]:
    """The uses of an operator; one that wrote into a view gave what that is a view of another node."""
    yield from pending.uses
    for _, tensor in pending.written:
        base = tensor._base if tensor._is_view() else None
        if base is not None and base.grad_fn is not None:
            yield from (replace(use, sequence=base.grad_fn._sequence_nr()) for use in pending.uses)


def _is_loose(part: Any) -> bool:
    """Whether a result leads nowhere in the graph: a number, a tensor without history, or one that begins anew."""
    if isinstance(part, torch.Tensor):
        return not part.requires_grad or _is_leaf(part)
    return isinstance(part, (bool, int, float, complex))


def _is_leaf(tensor: torch.Tensor) -> bool:
    """Whether `tensor` has no history; nor has a view taken under no_grad whose base was written into since."""
    try:
        return tensor.is_leaf
    except RuntimeError:
        return True


def _memory(tensor: torch.Tensor) -> int:
    """Where the elements are that this tensor shares with all that it is a view of; 0 for a sparse one."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else 0


def _uses(number: int, tensors: Sequence[tuple[int, torch.Tensor]]) -> Iterator[Use]:
    leaves = {id(tensor): tensor for _, tensor in tensors if tensor.requires_grad and _is_leaf(tensor)}
    for leaf in leaves.values():
        yield Use(number, leaf, tuple(place for place, tensor in tensors if tensor is leaf), _sequence())


def _sequence() -> int:
    """The sequence number of the node that autograd made last."""
    number: int = torch._C._autograd._get_sequence_nr()
    return number - 1


def _changed(
    func: Any, tensors: Sequence[tuple[int, torch.Tensor]], given: tuple[tuple[Any, ...], dict[str, Any]]
) -> Iterator[tuple[int, torch.Tensor]]:
    """The arguments that `func` writes into, by place."""
    names = written(func)
    for name, changed in named_tensors(argument_names(func), *given):
        if name in _STATISTICS or name.partition("[")[0] in names:
            yield from ((place, tensor) for place, tensor in tensors if tensor is changed)
