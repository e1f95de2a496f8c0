"""What formulas call the outputs of nodes: by the program's names, by a short formula of them, or by number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from graphviz_utils.model import Node, Trace
from graphviz_utils.rules import (
    ODD,
    Application,
    Strength,
    Text,
    latex_name,
    names_in,
    number_text,
    rule_of,
    upright,
    written,
)

__all__ = ["Names", "barred"]

_MOST_NESTED = 3
_MOST_SIGNS = 18
_MOST_OPERANDS = 4
_LETTERS = "vzqhuws"
_SIGN = re.compile(r"\\[a-zA-Z]+|[^\s{}^_]")
_LETTER = re.compile(r"([a-zA-Z]|\\[a-z]+)(_\{[^{}]*\})?")


@dataclass(frozen=True, slots=True)
class _Name:
    """LaTeX, and the program's names that stand in it."""

    text: Text
    made_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Names:
    """The names of a run. What the program did not name is called by its formula, where that is short, else `v₇`."""

    trace: Trace
    _known: dict[tuple[str, int], _Name] = field(default_factory=dict, repr=False, compare=False)

    def of(self, id_: str, output: int = 0) -> Text:
        """The name of an output."""
        return self._name(id_, output).text

    def own(self, id_: str, output: int = 0) -> Text:
        """The name of an output next to what it was made of: a number, where a view is called like what it shows."""
        name, node = self._name(id_, output), self.trace.node(id_)
        is_borrowed = self.given(node, output) is None and name.text.latex in map(latex_name, name.made_of)
        return self.numbered(node, output) if is_borrowed else name.text

    def beside(self, id_: str, output: int, other: str) -> Text:
        """The name of an output next to the node `other`: of two that bear the same name, it is the older one."""
        name, node = self._name(id_, output), self.trace.node(other)
        if id_ == other or self.given(node, 0) not in name.made_of:
            return name.text
        if self.given(self.trace.node(id_), output) is None:
            return self.numbered(self.trace.node(id_), output)
        return Text(rf"{name.text.at(Strength.ATOM)}^{{\mathrm{{old}}}}", Strength.POWER)

    def given(self, node: Node, output: int) -> str | None:
        """What the program calls an output."""
        return self._of_outputs.get((node.id, output)) if len(node.outputs) > 1 else node.variable

    @cached_property
    def _of_outputs(self) -> Mapping[tuple[str, int], str]:
        """The program's names for the outputs of nodes that have several."""
        several = {node.id for node in self.trace.nodes if len(node.outputs) > 1}
        return {(row.node, row.output): row.name for row in self.trace.bindings if row.node in several}

    def _name(self, id_: str, output: int) -> _Name:
        key = id_, output
        if key not in self._known:
            found = self._formula(id_, output, _MOST_NESTED)
            self._known[key] = found or _Name(self.numbered(self.trace.node(id_), output))
        return self._known[key]

    def _formula(self, id_: str, output: int, nested: int) -> _Name | None:
        """A name made of the program's own: up to `nested` operators deep, and short."""
        node = self.trace.node(id_)
        given = self.given(node, output)
        if given is not None:
            return _Name(Text(latex_name(given)), frozenset({given}))
        if node.kind == "constant":
            return self._number(node)
        return self._computed(node, nested) if nested and len(node.outputs) == 1 else None

    def _number(self, node: Node) -> _Name | None:
        value = self.trace.value(node.id)
        return _Name(number_text(value.item())) if value is not None and value.shape == () else None

    def _computed(self, node: Node, nested: int) -> _Name | None:
        if len(node.arguments) > _MOST_OPERANDS:
            return None
        application = Application(self.trace, node, rule_of(node))
        if application.forward is None:
            return None
        operands: dict[str, _Name] = {}
        for name in sorted(names_in(application.forward)):
            source = application.source(name)
            operand = None if source is None else self._formula(*source, nested=nested - 1)
            if operand is None:
                return None
            operands[name] = operand
        try:
            text = written(application.forward, lambda name: operands[name].text, application.facts.is_tensor)
        except ODD:
            return None
        made_of = frozenset().union(*(operand.made_of for operand in operands.values()))
        return _Name(text, made_of) if len(_SIGN.findall(text.latex)) <= _MOST_SIGNS else None

    def numbered(self, node: Node, output: int) -> Text:
        """The name of an output by its node's number."""
        number = node.id.removeprefix("n")
        number = number if number.isdecimal() else rf"\mathrm{{{upright(number)}}}"
        return Text(f"{self._letter}_{{{number}{f',{output}' if len(node.outputs) > 1 else ''}}}")

    @cached_property
    def _letter(self) -> str:
        """A letter that the program does not use itself."""
        used = {row.name[:1] for row in self.trace.bindings}
        return next((letter for letter in _LETTERS if letter not in used), _LETTERS[0])


def barred(name: Text) -> str:
    """The name of a gradient: that of the value under a bar."""
    letter = _LETTER.fullmatch(name.latex)
    if letter is None:
        return rf"\overline{{{name.latex}}}"
    return rf"\bar{{{letter[1]}}}{letter[2] or ''}"
