"""Who may have made a gradient other than the slope: hooks, and backwards that the program wrote itself."""

from collections.abc import Collection, Mapping
from functools import cached_property

from graphviz_utils.model import BackwardPass, Trace
from graphviz_utils.running.child.differences.mirroring import READING_ONE_TRIANGLE

__all__ = ["Suspects"]

_QUANTIZING = "FakeQuantize"
_MODULE_HOOK = "BackwardHookFunctionBackward"


class Suspects:
    """What is known of the nodes of `pass_`; `custom` are the names of those whose backward the program wrote."""

    def __init__(self, trace: Trace, pass_: BackwardPass, custom: Collection[str]) -> None:
        self._trace = trace
        self._pass = pass_
        self._custom = custom

    def of(self, leaf: str) -> str:
        """A sentence about all that changed what `leaf` received; empty if nothing is known of."""
        way = self._way(leaf)
        changed = {row.node for row in self._pass.node_grads if row.node in way and row.sum != row.tensor}
        hooked = [self._called(id_) for id_ in sorted(changed, key=lambda id_: int(id_[1:]))]
        names = {self._trace.node(id_).name for id_ in way}
        if _MODULE_HOOK in names:
            hooked.append("a module")
        words = [f"a hook changed the gradient of {name}" for name in hooked[:1]]
        own = sorted(names.intersection(self._custom))
        words += [f"the program wrote the backward of {name.removesuffix('Backward')} itself" for name in own[:1]]
        if any(name.startswith(_QUANTIZING) for name in names):
            words.append("PyTorch sends a gradient straight through a quantizer, as if it did not round")
        return ", and ".join(words)

    def are_mirrored(self, leaf: str) -> bool:
        """Whether PyTorch takes a matrix for symmetric on the way to `leaf`, itself a matrix as wide as high."""
        shape = self._trace.node(leaf).outputs[0].shape
        is_square = len(shape) > 1 and shape[-1] == shape[-2]
        return is_square and any(self._trace.node(id_).name in READING_ONE_TRIANGLE for id_ in self._way(leaf))

    def _way(self, leaf: str) -> set[str]:
        """The nodes that the gradient came through on its way to `leaf`, which is one of them."""
        found = {leaf}
        waiting = [leaf]
        while waiting:
            for target in self._targets.get(waiting.pop(), ()):
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return found & {*self._pass.order, leaf}

    @cached_property
    def _targets(self) -> Mapping[str, list[str]]:
        targets: dict[str, list[str]] = {}
        for edge in self._trace.edges:
            targets.setdefault(edge.source, []).append(edge.target)
        return targets

    def _called(self, id_: str) -> str:
        node = self._trace.node(id_)
        return node.variable or node.label
