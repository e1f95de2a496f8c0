"""A graph seen from afar: which boxes feed which, and which leaves belong to one box alone."""

from collections.abc import Callable, Sequence
from functools import cached_property

from graphviz_utils.graph.building import Graph
from graphviz_utils.graph.contracting import Fold
from graphviz_utils.graph.items import Item, gathered

__all__ = ["Quotient"]

_LEAF_WORDS = {frozenset(["leaf"]): "leaves", frozenset(["constant"]): "constants"}


class Quotient:
    """Items in an order in which values flow, and the sources that feed them, some of those in boxes of their own.

    Sources that feed one box only lie in that box.
    """

    def __init__(
        self,
        graph: Graph,
        items: Sequence[Item],
        sources: frozenset[str],
        source_boxes: Sequence[Sequence[str]] = (),
    ) -> None:
        self.items = tuple(items)
        self._graph, self._sources, self._source_boxes = graph, sources, tuple(source_boxes)

    @property
    def size(self) -> int:
        """How many nodes are drawn at least."""
        return self.size_with(0)

    def size_with(self, few: int) -> int:
        """How many nodes are drawn if up to `few` leaves of its own stay outside of a box."""
        drawn = len(self.items) + len(self._sources)
        drawn -= sum(len(owned) for owned in self._owned.values() if len(owned) > few)
        return drawn - sum(len(box) - 1 for box in self._shared_boxes)

    def boxes(self, few: int) -> list[Fold]:
        """What is to be drawn as one, members in order of creation."""
        position = {id_: i for i, id_ in enumerate(self._graph)}
        folds = []
        for i, item in enumerate(self.items):
            if item.label:
                owned = self._owned.get(i, ())
                inside = (*item.members, *(owned if len(owned) > few else ()))
                folds.append(Fold(item.counted, item.label, tuple(sorted(inside, key=position.__getitem__))))
        for box in self._shared_boxes:
            kinds = frozenset(getattr(self._graph.nodes[id_]["node"], "kind", "op") for id_ in box)
            members = tuple(sorted(box, key=position.__getitem__))
            folds.append(Fold(len(box), f"× {len(box)}  {_LEAF_WORDS.get(kinds, 'tensors')}", members))
        return folds

    def with_boxes(self, boxes: Sequence[Sequence[int]], label: Callable[[Sequence[Item]], str]) -> "Quotient":
        """The items of each box, given by their places in `items`, as one; it stands where its last item stood."""
        instead = {box[-1]: [self.items[i] for i in box] for box in boxes}
        gone = {i for box in boxes for i in box[:-1]}
        items = [
            gathered(instead[i], label(instead[i])) if i in instead else item
            for i, item in enumerate(self.items)
            if i not in gone
        ]
        return Quotient(self._graph, items, self._sources, self._source_boxes)

    def with_source_boxes(self, boxes: Sequence[Sequence[str]]) -> "Quotient":
        """Each of `boxes` (ids of sources) as one, and what boxes of sources there were besides if still apart."""
        taken = {id_ for box in boxes for id_ in box}
        kept = [box for box in self._source_boxes if not taken.intersection(box)]
        return Quotient(self._graph, self.items, self._sources, [*kept, *boxes])

    def families(self) -> list[list[str]]:
        """The sources outside of boxes of items, together if they feed the very same items."""
        families: dict[tuple[int, ...], list[str]] = {}
        owned = {id_ for ids in self._owned.values() for id_ in ids}
        for id_, fed in self._fed_by_source.items():
            if id_ not in owned:
                families.setdefault(tuple(sorted(fed)), []).append(id_)
        return list(families.values())

    def chains(self) -> list[list[int]]:
        """The longest rows of items of which each feeds the next alone and is all that feeds it, sources aside."""
        feeds = self._feeds
        fed_by = [0] * len(feeds)
        for targets in feeds:
            for target in targets:
                fed_by[target] += 1
        following = {}
        for i, targets in enumerate(feeds):
            if len(targets) == 1 and self._may_chain(i):
                (target,) = targets
                if fed_by[target] == 1 and self._may_chain(target):
                    following[i] = target
        chains = []
        for first in sorted(following.keys() - following.values()):
            chain = [first]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append(chain)
        return chains

    def depths(self) -> list[int]:
        """How many items at most lie before each."""
        feeds = self._feeds
        missing = [0] * len(feeds)
        for targets in feeds:
            for target in targets:
                missing[target] += 1
        depth = [0] * len(feeds)
        ready = [i for i, count in enumerate(missing) if not count]
        while ready:
            i = ready.pop()
            for target in feeds[i]:
                depth[target] = max(depth[target], depth[i] + 1)
                missing[target] -= 1
                if not missing[target]:
                    ready.append(target)
        return depth

    def _may_chain(self, i: int) -> bool:
        """A repeat keeps its own box as long as anything else can be folded."""
        item = self.items[i]
        return not item.is_root and item.counted == len(item.members)

    @cached_property
    def _owner(self) -> dict[str, int]:
        return {id_: i for i, item in enumerate(self.items) for id_ in item.members}

    @cached_property
    def _feeds(self) -> list[set[int]]:
        feeds: list[set[int]] = [set() for _ in self.items]
        for source, targets in self._graph.adjacency():
            if source not in self._sources:
                feeds[self._owner[source]].update(self._owner[target] for target in targets)
        for i, targets in enumerate(feeds):
            targets.discard(i)
        return feeds

    @cached_property
    def _fed_by_source(self) -> dict[str, set[int]]:
        return {
            source: {self._owner[target] for target in targets}
            for source, targets in self._graph.adjacency()
            if source in self._sources
        }

    @cached_property
    def _owned(self) -> dict[int, list[str]]:
        owned: dict[int, list[str]] = {}
        for source, fed in self._fed_by_source.items():
            if len(fed) == 1 and self.items[next(iter(fed))].label:
                owned.setdefault(next(iter(fed)), []).append(source)
        return owned

    @cached_property
    def _shared_boxes(self) -> list[list[str]]:
        owned = {id_ for ids in self._owned.values() for id_ in ids}
        boxes = ([id_ for id_ in box if id_ not in owned] for box in self._source_boxes)
        return [box for box in boxes if len(box) > 1]
