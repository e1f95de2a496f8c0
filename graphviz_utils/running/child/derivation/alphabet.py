"""The letters of a derivation: what each stands for, what it is called, and of which tensor it is an element."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import sympy

from graphviz_utils.explanation.naming import Names
from graphviz_utils.model import Node, Snapshot, Trace
from graphviz_utils.rules.names import latex_name

__all__ = ["Alphabet", "Tensor", "element_name"]

_ANY_WEIGHT = 0.5
_FREE_LETTERS = "uwrsghq"


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor whose elements are letters: its name in LaTeX, and its letters in an array of its shape."""

    node: str
    name: str
    letters: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        return tuple(self.letters.shape)


class Alphabet:
    """Makes letters, and remembers what they are. They are sorted as their nodes are, whatever they are called."""

    def __init__(self, trace: Trace) -> None:
        self.numbers: dict[sympy.Symbol, float] = {}
        """What letters for tensors of the program stand for, and what stands in for those that may be any number."""
        self.abbreviated: dict[sympy.Symbol, sympy.Expr] = {}
        """What letters for parts of formulas stand for."""
        self.latex: dict[sympy.Symbol, str] = {}
        """What letters are called."""
        self.place: dict[sympy.Symbol, tuple[Tensor, tuple[int, ...]]] = {}
        """Of which tensor a letter is an element, and which."""
        self.gradients: dict[sympy.Symbol, sympy.Symbol] = {}
        """Which letters abbreviate the derivative of the whole by which part."""
        self.weights: dict[sympy.Symbol, None] = {}
        """Letters for a number that may be any."""
        self._names = Names(trace)
        self._named: Counter[str] = Counter()
        self._count = count()

    def tensor(self, node: Node, output: int, snapshot: Snapshot) -> Tensor:
        """Letters for the elements of a tensor with the numbers it has."""
        tensor = self._tensor(node, output, snapshot.shape)
        numbers = map(float, snapshot.elements())  # type: ignore[arg-type]
        self.numbers |= dict(zip(tensor.letters.flat, numbers, strict=True))
        return tensor

    def parts(self, node: Node, output: int, expressions: Any) -> Tensor:
        """Letters that abbreviate `expressions`, what an output of a node was computed as."""
        tensor = self._tensor(node, output, expressions.shape)
        self.abbreviated |= dict(zip(tensor.letters.flat, expressions.flat, strict=True))
        return tensor

    def name(self, node: Node, output: int) -> str:
        """What an output of a node is called: by its variable, or else by the node's number."""
        given = self._names.given(node, output)
        return self._names.numbered(node, output).latex if given is None else latex_name(given)

    def free_letter(self) -> str:
        """A letter that no tensor's name begins with."""
        begun = {name[0] for name in self._named}
        return next((letter for letter in _FREE_LETTERS if letter not in begun), _FREE_LETTERS[0])

    def is_taken(self, name: str) -> bool:
        """Whether a tensor has this name."""
        return name in self._named

    def letter(self, name: str) -> sympy.Symbol:
        """A letter called `name`, of which it is still to be said what it abbreviates."""
        return self._letter("z", name)

    def weight(self) -> sympy.Symbol:
        """A letter for a number from 0 to 1 that may be any."""
        letter = self._letter("w", rf"\lambda_{{{len(self.weights) + 1}}}")
        self.weights[letter] = None
        self.numbers[letter] = _ANY_WEIGHT
        return letter

    def letters_in(self, expression: sympy.Expr) -> frozenset[sympy.Symbol]:
        """All letters in `expression`, and in what they abbreviate."""
        found: set[sympy.Symbol] = set()
        stack = [expression]
        while stack:
            fresh = stack.pop().free_symbols - found
            found |= fresh
            stack += [self.abbreviated[letter] for letter in fresh if letter in self.abbreviated]
        return frozenset(found)

    def explanations(self, formulas: Iterable[sympy.Expr]) -> list[tuple[sympy.Symbol, sympy.Expr]]:
        """The abbreviations in `formulas`, and what they stand for: what a letter builds on comes before it."""
        used = frozenset[sympy.Symbol]().union(*map(self.letters_in, formulas))
        return [(letter, meant) for letter, meant in self.abbreviated.items() if letter in used]

    def _tensor(self, node: Node, output: int, shape: tuple[int, ...]) -> Tensor:
        """The second tensor of a name has a 2 in brackets in its index, and so on."""
        name = self.name(node, output)
        self._named[name] += 1
        count = self._named[name]
        tensor = Tensor(node.id, name if count == 1 else _indexed(name, f"({count})"), np.empty(shape, dtype=object))
        for index in np.ndindex(*shape):
            letter = self._letter(f"n{node.id.removeprefix('n'):0>6}", element_name(tensor.name, index, shape))
            tensor.letters[index] = letter
            self.place[letter] = tensor, index
        return tensor

    def _letter(self, stem: str, name: str) -> sympy.Symbol:
        letter = sympy.Symbol(f"{stem}_{next(self._count):06d}", real=True)
        self.latex[letter] = name
        return letter


def element_name(name: str, index: tuple[int | str, ...], shape: tuple[int, ...]) -> str:
    """An element of the tensor called `name`, counted from 0 as in the program: `A_{01}`, of a large one `A_{0,11}`."""
    if not index:
        return name
    told = [str(place) for place in index]
    together = ("," if max(shape) > 10 else "").join(told)
    return _indexed(name, together)


def _indexed(name: str, index: str) -> str:
    """`name` with one more index, behind the one that it may have: LaTeX knows no second one."""
    head, has_index, rest = name.partition("_{")
    return f"{head}_{{{rest[:-1]},{index}}}" if has_index and rest.endswith("}") else f"{name}_{{{index}}}"
