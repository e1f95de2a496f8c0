"""Fold a graph that is too large to read: repeats, modules and chains become boxes that say what they hold."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from graphviz_utils.graph.building import Graph
from graphviz_utils.graph.contracting import Fold, contracted
from graphviz_utils.graph.items import Item, bare_items, gathered, operators, sources_of
from graphviz_utils.graph.quotient import Quotient
from graphviz_utils.graph.repeats import without_repeats

__all__ = ["Fold", "folded"]

_FEW = 8
"""So many leaves of its own a box may have before they disappear in it."""
_BANDS = 8
"""Into how many boxes a graph without any structure is cut."""

_T = TypeVar("_T")
_Fits = Callable[[Sequence[Item]], bool]


def folded(graph: Graph, budget: int) -> Graph:
    """`graph` itself, or a graph of at most `budget` nodes (about 20 are the least) in which boxes stand for many.

    What repeats is folded first, its first and last turn stay open; then modules, from the inside out; then leaves that
    feed the same operators; chains, the longest first; and bands of equal depth at last. Roots stay while there is
    room. No box lies on a circle: it is an interval of an order in which values flow, a chain without side entries and
    exits, or a set of nodes into which nothing flows. How boxes and their edges look is told at `contracted`.
    """
    if len(graph) <= budget:
        return graph
    sources = sources_of(graph)

    def fits(items: Sequence[Item]) -> bool:
        return len(items) <= budget and Quotient(graph, items, sources).size <= budget

    items = _fold_modules(_fold_repeats(bare_items(graph, sources), fits), fits)
    quotient = Quotient(graph, items, sources)
    for last_resort in (_fold_twins, _fold_chains, _fold_bands, _fold_sources):
        if quotient.size > budget:
            quotient = last_resort(quotient, budget)
    return contracted(graph, quotient.boxes(_FEW if quotient.size_with(_FEW) <= budget else 0))


def _fold_repeats(items: list[Item], fits: _Fits) -> list[Item]:
    """Alike on the same line first; then alike wherever it was written."""
    for lines_matter in (True, False):
        while not fits(items):
            fewer = without_repeats(items, lines_matter)
            if fewer is None:
                break
            items = fewer
    return items


def _fold_modules(items: list[Item], fits: _Fits) -> list[Item]:
    """Each unbroken run of one module's operators, from the innermost modules outwards."""
    for depth in range(max((len(item.module) for item in items), default=0), 0, -1):
        if fits(items):
            break
        items = _without_modules(items, depth)
    return items


def _without_modules(items: Iterable[Item], depth: int) -> list[Item]:
    runs: list[list[Item]] = []
    last: tuple[str, ...] = ()
    for item in items:
        module = () if item.is_root or len(item.module) < depth else item.module[:depth]
        if module and module == last:
            runs[-1].append(item)
        else:
            runs.append([item])
        last = module
    return [run[0] if len(run) == 1 else gathered(run, ".".join(run[0].module[:depth]), depth) for run in runs]


def _fold_twins(quotient: Quotient, budget: int) -> Quotient:
    """Leaves and constants that feed the very same operators, the largest families first."""
    return quotient.with_source_boxes(_largest(quotient.families(), quotient.size - budget))


def _fold_chains(quotient: Quotient, budget: int) -> Quotient:
    """The inside of chains without side entries and exits, the longest chains first."""
    insides = [chain[1:-1] for chain in quotient.chains()]
    return quotient.with_boxes(_largest(insides, quotient.size - budget), operators)


def _fold_bands(quotient: Quotient, budget: int) -> Quotient:
    """Both ends stay and the middle becomes bands of equal depth; less and less stays until the rest fits."""
    kept, bands = budget // 3, min(_BANDS, max(1, budget // 4))
    while True:
        banded = _banded(quotient, kept, bands)
        if banded.size <= budget or kept == 0:
            return banded
        kept //= 2


def _banded(quotient: Quotient, kept: int, bands: int) -> Quotient:
    """With `kept` items left at either end; without any, not even roots are."""
    depths = quotient.depths()
    order = sorted(range(len(depths)), key=lambda i: (depths[i], i))
    middle = order[kept : len(order) - kept]
    width = max(2, -(-len(middle) // bands))
    boxes: list[list[int]] = [[]]
    for i in middle:
        if kept and quotient.items[i].is_root:
            boxes.append([])
        elif len(boxes[-1]) < width:
            boxes[-1].append(i)
        else:
            boxes.append([i])
    depth_of = {quotient.items[i].members[0]: depths[i] for i in middle}

    def label(run: Sequence[Item]) -> str:
        first, last = depth_of[run[0].members[0]], depth_of[run[-1].members[0]]
        return f"depth {first}{'' if first == last else f'–{last}'} · {operators(run)}"

    return quotient.with_boxes([box for box in boxes if len(box) > 1], label)


def _fold_sources(quotient: Quotient, budget: int) -> Quotient:
    """As many as need be of the leaves and constants that are still drawn, in one box."""
    still = [id_ for family in quotient.families() for id_ in family]
    return quotient.with_source_boxes(_largest([still], quotient.size - budget))


def _largest(groups: Sequence[list[_T]], excess: int) -> list[list[_T]]:
    """The largest groups, as many as bring the picture below its budget."""
    chosen = []
    for group in sorted(groups, key=len, reverse=True):
        if excess <= 0 or len(group) < 3:
            break
        chosen.append(group)
        excess -= len(group) - 1
    return chosen
