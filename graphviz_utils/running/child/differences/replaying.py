"""The same run with one leaf moved: what autograd does not follow stays as it was."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from graphviz_utils.running.child.differences.draws import Drawing
from graphviz_utils.running.child.differences.ending import Astray, Deadline
from graphviz_utils.running.child.differences.operators import Operators
from graphviz_utils.running.child.differences.parts import given_parts, parts, rebuilt, with_given
from graphviz_utils.running.child.differences.tape import Held, Tape, is_real

__all__ = ["Move", "Replaying"]

_T = TypeVar("_T")
_Args = tuple[Any, ...]
_Kwargs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """A leaf moved by `step`, wherever an operator takes it on the way to the root.

    `places` says by the operator's number which of its arguments the leaf is. With `is_free`, truth values and whole
    numbers follow the leaf: comparisons, indices, and the branches that they decide.
    """

    places: Mapping[int, tuple[int, ...]]
    step: torch.Tensor
    is_free: bool = False


class Replaying(Operators):
    """Runs as `tape` says, but for one move. `has_crossed`: a truth value or a whole number is not what it was."""

    def __init__(self, tape: Tape, move: Move, draws: Drawing, deadline: Deadline, *, is_wide: bool) -> None:
        super().__init__(draws, deadline, is_wide=is_wide)
        self.has_crossed = False
        self.is_astray = False
        self.is_over = False
        self.leaves: list[torch.Tensor] = []
        self._tape = tape
        self._move = move
        self._first = min(move.places, default=0)
        self._first_uses = deque(tape.first_uses() if tape.grads else ())
        self._number = -1
        self._leaf: torch.Tensor | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the leaf has been moved for the first time."""
        return self._leaf is not None

    def next_of(self, kept: Iterator[_T]) -> _T:
        """The next of what was `kept` for the program; Astray where it asks for more, or went another way."""
        for each in () if self.is_astray else kept:
            return each
        self.ended = Astray()
        raise self.ended

    def _operate(self, func: Any, args: _Args, kwargs: _Kwargs) -> Any:
        if self.is_over:
            return self._ran(func, args, kwargs)
        self._number += 1
        operators = self._tape.operators
        if not self.is_astray and (self._number >= len(operators) or operators[self._number] is not func):
            self._stray()
        while self._first_uses and self._first_uses[0].operator == self._number:
            self.leaves.append(given_parts(args, kwargs)[self._first_uses.popleft().places[0]])
        places = self._places(args, kwargs) if self.is_astray else self._move.places.get(self._number)
        if places:
            args, kwargs = self._moved(places, _step(func, args, self._move.step), args, kwargs)
        result = self._ran(func, args, kwargs)
        held = None if self.is_astray or self._number < self._first else self._tape.held.get(self._number)
        return result if held is None else self._as_held(held, result, args, kwargs)

    def _stray(self) -> None:
        """Go on without the tape, if nothing on the rest of it must be held."""
        rest = (held for number, held in self._tape.held.items() if number >= self._number)
        if not self._move.is_free or any(held.has_real for held in rest):
            raise Astray
        self.is_astray = self.has_crossed = True

    def _places(self, args: _Args, kwargs: _Kwargs) -> Sequence[int]:
        """Where the leaf stands among arguments that are not on the tape."""
        if self._leaf is None or not torch.is_grad_enabled():
            return ()
        return [place for place, part in enumerate(given_parts(args, kwargs)) if part is self._leaf]

    def _moved(self, places: Sequence[int], step: torch.Tensor, args: _Args, kwargs: _Kwargs) -> tuple[_Args, _Kwargs]:
        given = given_parts(args, kwargs)
        for place in places:
            self._leaf = given[place]
            given[place] = given[place] + step
        return with_given(args, kwargs, iter(given))

    def _as_held(self, held: Held, result: Any, args: _Args, kwargs: _Kwargs) -> Any:
        if held.written:
            given = given_parts(args, kwargs)
            for place, was in held.written:
                if not _is_same(given[place], was):
                    given[place].copy_(was)
        now = parts(result)
        for place, was in held.results:
            now[place] = self._as_it_was(now[place], was)
        return rebuilt(result, iter(now))

    def _as_it_was(self, now: Any, was: Any) -> Any:
        if _is_same(now, was):
            return now  # which may be another name of memory that the program goes on to change
        if not is_real(was):
            self.has_crossed = True
            if self._move.is_free:
                return now
        return was.clone() if isinstance(was, torch.Tensor) else was


def _step(func: Any, args: _Args, step: torch.Tensor) -> torch.Tensor:
    """`step`, but for that row of an embedding for which autograd sends nothing by agreement."""
    if func is not torch.ops.aten.embedding.default or len(args) < 3 or args[2] < 0:
        return step
    return step.index_fill(0, torch.tensor([args[2]]), 0)


def _is_same(now: Any, was: Any) -> bool:
    if isinstance(was, torch.Tensor):
        return now.dtype == was.dtype and torch.equal(now, was)
    return bool(now == was)
