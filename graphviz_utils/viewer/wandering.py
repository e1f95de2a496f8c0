"""The paths to every element of every drawn leaf, as the viewer is told of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10, prod

from graphviz_utils.explanation import Chains, path_numbers, path_symbols, paths_sum
from graphviz_utils.model import Edge, Node, Path, Paths
from graphviz_utils.viewer.cards import PathCard, PathsCard
from graphviz_utils.viewer.mathematics import Formulary

__all__ = ["MOST_ELEMENTS", "Wanderer"]

MOST_ELEMENTS = 16
"""Of one leaf, whose paths are listed."""
_MOST_PATHS = 240
_LISTED = 12
_COUNTABLE = 10**12
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Wanderer:
    """Lists the paths of the scene's passes. `drawn` has the drawings of recorded edges."""

    chains: Sequence[Chains]
    drawn: Mapping[Edge, str]
    formulary: Formulary
    digits: int

    def cards(self, leaves: Mapping[str, Node]) -> Iterator[PathsCard]:
        """Those to the drawn `leaves`, pass by pass, as many as a document has room for."""
        room = _MOST_PATHS
        for number, chains in enumerate(self.chains):
            for id_, node in leaves.items():
                for element in range(min(prod(node.outputs[0].shape), MOST_ELEMENTS)):
                    found = chains.paths(node.id, element, _LISTED)
                    room -= len(found.paths)
                    if room < 0:
                        return
                    if found.count or found.reason:
                        yield self._card(found, id_, number)

    def _card(self, found: Paths, leaf: str, number: int) -> PathsCard:
        total = paths_sum(found, self.digits)
        return PathsCard(
            leaf=leaf,
            element=found.element,
            backward=number,
            paths=tuple(self._path(path) for path in found.paths),
            count=_many(found.count),
            rest=found.rest,
            total=self.formulary.sure(total) if total else None,
            grad=found.grad,
            reason=found.reason,
        )

    def _path(self, path: Path) -> PathCard:
        return PathCard(
            edges=tuple(self.drawn[factor.edge] for factor in path.factors if factor.edge in self.drawn),
            value=path.value,
            symbols=self.formulary.sure(path_symbols(path, self.digits)),
            numbers=self.formulary.sure(path_numbers(path, self.digits)),
        )


def _many(count: int) -> str:
    """A whole number that may have thousands of digits."""
    return f"{count:,}" if count < _COUNTABLE else f"about 10{str(round(log10(count))).translate(_RAISED)}"
