"""The tensors that a pass began with, as letters: its leaves, and what no gradient goes to."""

from typing import Any

import numpy as np

from graphviz_utils.model import Node, Snapshot, Trace
from graphviz_utils.running.child.derivation.alphabet import Alphabet, Tensor
from graphviz_utils.running.child.derivation.exactness import exact
from graphviz_utils.running.child.derivation.obstacles import usable

__all__ = ["Inputs", "plain"]

_FLOATING = ("float", "bfloat")


class Inputs:
    """Letters for tensors at the moment when they were used. One that was changed has other letters afterwards."""

    def __init__(self, trace: Trace, alphabet: Alphabet) -> None:
        self.leaves: dict[str, list[Tensor]] = {}
        """By node, the letters of a leaf; several where it was changed between its uses."""
        self._trace = trace
        self._alphabet = alphabet
        self._arrays: dict[tuple[str, int, Snapshot], Any] = {}

    def leaf(self, node: Node, at: int) -> Any:
        """The letters of a leaf as it was at moment `at`."""
        snapshot = self._held(node, 0, at)
        if (node.id, 0, snapshot) not in self._arrays:
            versions = self.leaves.setdefault(node.id, [])
            versions.append(self._alphabet.tensor(node, 0, snapshot))
            self._arrays[node.id, 0, snapshot] = versions[-1].letters
        return self._arrays[node.id, 0, snapshot]

    def constant(self, node: Node, output: int, at: int) -> Any:
        """What no gradient goes to: letters if the program has a name for it, else its numbers where they are short.

        Whole numbers and truth values stay NumPy's own: they are what elements are picked by.
        """
        snapshot = self._held(node, output, at)
        if (node.id, output, snapshot) not in self._arrays:
            self._arrays[node.id, output, snapshot] = self._constant(node, output, snapshot)
        return self._arrays[node.id, output, snapshot]

    def value(self, node: Node, output: int, at: int) -> Any:
        """Letters for what a node computed, where there is no formula for it."""
        return self._alphabet.tensor(node, output, self._held(node, output, at)).letters

    def _constant(self, node: Node, output: int, snapshot: Snapshot) -> Any:
        numbers = plain(snapshot)
        if numbers.dtype != object or (not node.variable and all(number.is_Rational for number in numbers.flat)):
            return numbers
        return self._alphabet.tensor(node, output, snapshot).letters

    def _held(self, node: Node, output: int, at: int) -> Snapshot:
        held = self._trace.value(node.id, output, at)
        return usable(node, self._trace.value(node.id, output) if held is None else held)


def plain(snapshot: Snapshot) -> Any:
    """The elements of a tensor as a person would write them; whole numbers and truth values as NumPy's own."""
    if not snapshot.dtype.startswith(_FLOATING):
        return np.array(snapshot.data, bool if snapshot.dtype == "bool" else np.int64).reshape(snapshot.shape)
    numbers = [exact(number, snapshot.dtype) for number in snapshot.elements()]  # type: ignore[arg-type]
    return np.array(numbers, dtype=object).reshape(snapshot.shape)
