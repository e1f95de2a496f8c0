"""The paths along which a derivative reaches one element of a leaf: products of local derivatives that add up."""

import math
from dataclasses import dataclass, field
from functools import cached_property

from graphviz_utils.explanation.listing import Listed, Start, listed, starts, sum_of_others
from graphviz_utils.explanation.naming import Names
from graphviz_utils.explanation.reaching import Reach
from graphviz_utils.explanation.reasons import called, judged
from graphviz_utils.explanation.symbols import Symbols
from graphviz_utils.explanation.unrolling import Place, Step, Unrolled
from graphviz_utils.model import LAST, Factor, Moment, Node, Path, Paths, Trace, TraceError

__all__ = ["Chains", "paths"]

_MOST = 12


def paths(trace: Trace, leaf: str, element: int = 0, moment: Moment = LAST, most: int = _MOST) -> Paths:
    """The `most` largest paths along which a pass reached an element of a leaf, and what all of them sum to.

    Args:
        trace: the run, recorded with derivatives.
        leaf: the name of a leaf, or the id of any node, of which the first output is meant.
        element: a flat index, in row-major order.
        moment: chooses the pass.
        most: how many paths are listed.

    Raises:
        TraceError: there is no such pass, leaf or element, or several leaves are called so.
    """
    _, backward = trace.moment(moment)
    if backward is None:
        raise TraceError("no backward pass had begun by then, so there are no paths; call .backward() first")
    return Chains(trace, backward).paths(leaf, element, most)


@dataclass(frozen=True)
class Chains:
    """All paths of one pass; what is found out on the way to one element serves the others."""

    trace: Trace
    backward: int
    _factors: dict[Step, Factor] = field(default_factory=dict, repr=False, compare=False)

    def paths(self, leaf: str, element: int = 0, most: int = _MOST) -> Paths:
        """What the function `paths` gives, of this pass."""
        node, most = self._node(leaf), max(most, 0)
        elements = math.prod(node.outputs[0].shape) if node.outputs else 0
        if not 0 <= element < elements:
            raise TraceError(f"element {element} of {leaf!r} was asked for, but it has {elements:,} (counted from 0)")
        reach = Reach.of(self._unrolled, Place(node.id, 0, element), most)
        found = starts(self._unrolled, reach) if reach.is_whole else None
        begin = found or ()
        known = listed(begin, most)
        count = sum(start.ways.count for start in begin)
        total, reason = judged(self._unrolled, reach, found)
        return Paths(
            leaf=node.id,
            name=called(node),
            element=element,
            backward=self.backward,
            paths=tuple(self._path(begin[each.start], each) for each in known),
            count=count,
            rest=sum_of_others(begin, reach.ways, known) if count > len(known) else 0.0,
            total=total,
            grad=self._unrolled.grad(reach.end),
            reason=reason,
        )

    @cached_property
    def _unrolled(self) -> Unrolled:
        return Unrolled(self.trace, self.backward)

    @cached_property
    def _symbols(self) -> Symbols:
        return Symbols(Names(self.trace))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(node.id for node in self.trace.nodes)

    def _node(self, leaf: str) -> Node:
        """The node with this id; or the leaf that the program called so and this pass reached, the last if none was."""
        if leaf in self._ids:
            return self.trace.node(leaf)
        alike = [node for node in self.trace.nodes if node.kind == "leaf" and node.variable == leaf]
        reached = [node for node in alike if (node.id, 0) in self._unrolled.arrived]
        return reached[0] if len(reached) == 1 else self.trace.leaf(leaf).node

    def _path(self, start: Start, known: Listed) -> Path:
        return Path(*start.place, start.seed, tuple(self._factor(step) for step in known.steps), known.value)

    def _factor(self, step: Step) -> Factor:
        if step not in self._factors:
            self._factors[step] = Factor(step.edge, step.below.element, step.value, self._symbols.derivative(step))
        return self._factors[step]
