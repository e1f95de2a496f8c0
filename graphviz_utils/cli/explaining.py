"""The command that says why numbers are what they are: the rule of each node, or the paths to a leaf."""

import argparse
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphviz_utils.cli.formulas import as_text
from graphviz_utils.cli.opening import opened, recorded
from graphviz_utils.cli.saying import Refused, say, say_data, say_wrong
from graphviz_utils.model import Explanation, Kink, Moment, Node, Path, Paths, RuleSource, SlotRule, Trace
from graphviz_utils.model.json_form import plain

if TYPE_CHECKING:
    from graphviz_utils.explanation import Explainer

__all__ = ["explain"]

Setting = Callable[[str], str]
"""How a formula is shown: set as text, or as it is."""

_SOURCES: dict[RuleSource, str] = {
    "curated": "",
    "PyTorch": ", PyTorch's own formula",
    "program": ", the program's own rule",
    "unknown": ", no rule is known",
}
_WHOLE = 24
_COUNTED = 10**15


def explain(options: argparse.Namespace) -> int:
    """Say the rule of every node that a backward pass went through, or along which paths it reached one leaf."""
    if options.element is not None and options.leaf is None:
        raise Refused("--element is one of a leaf's, and no leaf was named; say which with --leaf")
    run = recorded(opened(options.file), options.file, dict(options.set), options.seconds)
    for words in filter(None, (run.failure, run.advice)):
        say_wrong(words)
    setting: Setting = str if options.latex else as_text
    if options.leaf is None:
        _rules(run.trace, options, setting)
    else:
        _paths(run.trace, options, setting)
    return 1 if run.failure else 0


def _rules(trace: Trace, options: argparse.Namespace, setting: Setting) -> None:
    from graphviz_utils.explanation import Explainer

    explainer = Explainer.of(trace, Moment(backward=options.backward))
    found = [explainer.explain(id_) for id_ in _in_order(explainer)]
    if options.json:
        say_data(found)
        return
    for explanation in found:
        for line in _rule_lines(trace, explanation, setting):
            say(line)


def _in_order(explainer: "Explainer") -> Iterable[str]:
    """The nodes as the gradient came by; without a backward pass, as it would."""
    passes, backward = explainer.trace.passes, explainer.seen.backward
    if backward is not None:
        return passes[backward].order
    return (node.id for node in reversed(explainer.trace.nodes) if node.kind == "op")


def _rule_lines(trace: Trace, found: Explanation, setting: Setting) -> Iterator[str]:
    """What is said of one node."""
    node = trace.node(found.node)
    line = "" if node.line is None else f", line {node.line}"
    yield f"{node.id}  {found.called}  ({node.name}{line}): {found.role}{_SOURCES[found.source]}"
    yield f"    {found.sentence}"
    if found.forward is not None:
        yield f"    {_equation(setting, found.latex, found.forward.names, found.numbers)}"
    if found.collected is not None:
        yield f"    gradient: {setting(found.collected)}"
    for slot in found.slots:
        yield f"    to {slot.source} {slot.called}: {_sent(slot, setting)}"
        if slot.kink is not None:
            yield f"        {_kink(slot.kink)}"


def _sent(slot: SlotRule, setting: Setting) -> str:
    """What goes down an edge: as a formula or PyTorch's code, and in numbers, or as what was seen."""
    from graphviz_utils.dot import number_text

    number = None if slot.tensor is None else slot.tensor.text(number_text, _WHOLE)
    names = slot.text if slot.sent is None else setting(slot.sent.names)
    numbers = number if slot.numbers is None else setting(slot.numbers)
    return _equation(str, names, numbers) or "nothing was seen"


def _equation(setting: Setting, *sides: str | None) -> str:
    """Equal sides, each said once."""
    return " = ".join(dict.fromkeys(setting(side) for side in sides if side is not None))


def _kink(kink: Kink) -> str:
    from graphviz_utils.dot import number_text

    below, above = number_text(kink.below), number_text(kink.above)
    chosen = "" if kink.chosen is None else f"; PyTorch takes {number_text(kink.chosen)}"
    where = ", ".join(map(str, kink.elements[:6])) + (", …" if len(kink.elements) > 6 else "")
    return f"a kink at element {where}: the slope is {below} below and {above} above{chosen}"


def _paths(trace: Trace, options: argparse.Namespace, setting: Setting) -> None:
    from graphviz_utils.explanation import paths

    moment = Moment(backward=options.backward)
    whole = paths(trace, options.leaf, 0, moment, 0)
    shape = trace.node(whole.leaf).outputs[0].shape
    found = paths(trace, whole.leaf, _flat(options.element or (0,) * len(shape), shape), moment)
    if options.json:
        say_data(
            plain(replace(found, count=0)) | {"count": found.count if found.count < _COUNTED else _many(found.count)}
        )
        return
    for line in _path_lines(trace, found, options.element, setting):
        say(line)


def _flat(index: Sequence[int], shape: Sequence[int]) -> int:
    """Where the element at `index` is, in row-major order."""
    if len(index) != len(shape) or any(place >= size for place, size in zip(index, shape, strict=True)):
        told = f"has the shape {' × '.join(map(str, shape))}" if shape else "is a single number"
        raise Refused(f"--element {','.join(map(str, index))} was given, but the leaf {told}; indices count from 0")
    flat = 0
    for place, size in zip(index, shape, strict=True):
        flat = flat * size + place
    return flat


def _path_lines(trace: Trace, found: Paths, index: Sequence[int] | None, setting: Setting) -> Iterator[str]:
    """The paths, the largest contribution first, and the line in which they add up."""
    from graphviz_utils.explanation.products import path_numbers, path_symbols, paths_sum

    place = f"[{', '.join(map(str, index))}]" if index else ""
    count = "1 path" if found.count == 1 else f"{_many(found.count)} paths"
    yield f"{found.name}{place}, pass {found.backward}: {count}"
    for path in found.paths:
        yield f"    {_way(trace, path)}"
        symbols, numbers = setting(path_symbols(path)), setting(path_numbers(path))
        yield f"        {numbers if numbers.startswith(f'{symbols} = ') else f'{symbols} = {numbers}'}"
    if found.count:
        yield setting(paths_sum(found))
    if found.reason:
        yield found.reason


def _many(count: int) -> str:
    """How many there are; of very many, how many figures that number has."""
    return f"{count:,}" if count < _COUNTED else f"more than 10^{math.floor(math.log10(count))}"


def _way(trace: Trace, path: Path) -> str:
    """The nodes of a path, as the gradient comes by."""
    ids = (path.root, *(factor.edge.source for factor in path.factors))
    return " → ".join(_called(trace.node(id_)) for id_ in ids)


def _called(node: Node) -> str:
    return node.variable or node.label
