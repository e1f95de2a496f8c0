"""The record of one run: everything that was seen, as frozen plain data."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from graphviz_utils.model.checking import bounded, check_form, check_text
from graphviz_utils.model.errors import TraceError
from graphviz_utils.model.json_form import decoded, encoded, is_finite, shallow
from graphviz_utils.model.limits import Limits
from graphviz_utils.model.measures import Name, Text
from graphviz_utils.model.proofs import Proof
from graphviz_utils.model.rows import (
    LAST,
    BackwardPass,
    Binding,
    CellRun,
    Claim,
    Edge,
    Failure,
    Leaf,
    Moment,
    Node,
    Value,
)
from graphviz_utils.model.showing import Shown, Subject
from graphviz_utils.model.snapshot import Snapshot

__all__ = ["Trace"]


@dataclass(frozen=True, repr=False)
class Trace(Shown):
    """The record of one run.

    Nodes come in order of creation, so a node's inputs stand before it. `notes` says in words what was left out or
    reduced while recording.
    """

    title: Name
    source: Text
    cells: tuple[CellRun, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    values: tuple[Value, ...]
    bindings: tuple[Binding, ...]
    passes: tuple[BackwardPass, ...]
    error: Failure | None
    claims: tuple[Claim, ...] = ()
    notes: tuple[Text, ...] = ()
    proofs: tuple[Proof, ...] = ()
    schema: Literal[1] = 1

    def __repr__(self) -> str:
        failed = f", failed with {self.error.type}" if self.error else ""
        return f"<Trace {self.title!r}: {len(self.nodes):,} nodes, backward passes: {len(self.passes):,}{failed}>"

    def _to_show(self) -> Subject:
        return Subject(self)

    @cached_property
    def names(self) -> Mapping[str, Binding]:
        """The last binding of each variable."""
        return {binding.name: binding for binding in self.bindings}

    def node(self, id_: str) -> Node:
        """The node called `id_`; TraceError if there is none."""
        try:
            return self._nodes[id_]
        except KeyError:
            raise TraceError(f"this run has no node {id_!r}; its nodes are n0 to n{len(self.nodes) - 1}") from None

    def leaf(self, name: str) -> Leaf:
        """The leaf that the variable `name` meant last; TraceError if there is none, or no telling which of several."""
        alike = [node.id for node in self.nodes if node.kind == "leaf" and node.variable == name]
        if "." in name and len(alike) > 1:
            raise TraceError(f"{len(alike)} leaves are called {name!r}: {', '.join(alike)}; ask for one by Trace.node")
        binding = self.names.get(name)
        node = self._nodes.get(binding.node) if binding else None
        node = node or next((node for node in reversed(self.nodes) if node.variable == name), None)
        if node is None or node.kind != "leaf":
            known = ", ".join(sorted({node.variable for node in self.nodes if node.kind == "leaf" and node.variable}))
            raise TraceError(f"no leaf is called {name!r}; the leaves with names are: {known or 'none'}")
        after = [row.after for pass_ in self.passes for row in pass_.leaves if row.node == node.id]
        return Leaf(node, self.value(node.id), after[-1] if after else None)

    def value(self, id_: str, output: int = 0, at: int | None = None) -> Snapshot | None:
        """What output `output` of a node held at moment `at` (`None`: at the end); `None` if it was not seen."""
        values = self._values.get((id_, output), ())
        seen = len(values) if at is None else bisect_right(values, at, key=lambda value: value.at)
        return values[seen - 1].tensor if seen else None

    def moment(self, moment: Moment = LAST) -> tuple[int, int | None]:
        """The clock time and the pass (an index into `passes`, or `None`) that `moment` means in this run."""
        backward = moment.backward
        if backward is None:
            begun = (i for i, pass_ in enumerate(self.passes) if moment.at is None or pass_.at <= moment.at)
            backward = max((i for i in begun if self.passes[i].parent is None), default=None)
        elif not 0 <= backward < len(self.passes):
            raise TraceError(f"pass {backward} was asked for, but this run has {len(self.passes)} (counted from 0)")
        if moment.at is not None:
            return moment.at, backward
        ended = None if backward is None else self.passes[backward].ended
        return (self.end if ended is None else ended), backward

    @cached_property
    def end(self) -> int:
        """The last time on the run's clock."""
        seen = [0, *(value.at for value in self.values), *(binding.at for binding in self.bindings)]
        seen += [node.at for node in self.nodes] + [cell.at for cell in self.cells]
        return max(seen + [pass_.at if pass_.ended is None else pass_.ended for pass_ in self.passes])

    def to_json(self) -> str:
        """The run as strict JSON, schema 1: equal runs give equal text."""
        names = {name: {"node": binding.node, "output": binding.output} for name, binding in self.names.items()}
        return encoded({**shallow(self), "names": names}, is_finite=self._is_finite())

    @classmethod
    def from_json(cls, text: str | bytes, limits: Limits | None = None) -> Self:
        r"""The run that `to_json` wrote, whoever wrote this text; TraceError says where it is something else.

        With `limits`, only as much is taken as a page takes from strangers: more is refused, and long texts are cut.
        Characters that steer instead of show are spelled out, as `\x1b`.
        """
        if limits is not None:
            check_text(text, limits)
        trace = decoded(text, cls)
        check_form(trace)
        return trace if limits is None else bounded(trace, limits)

    def save(self, path: str | Path) -> None:
        """Write the JSON form to `path`."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; TraceError says where the file is something else."""
        return cls.from_json(Path(path).read_bytes())

    @cached_property
    def _nodes(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _values(self) -> Mapping[tuple[str, int], list[Value]]:
        values: dict[tuple[str, int], list[Value]] = {}
        for value in self.values:
            values.setdefault((value.node, value.output), []).append(value)
        for rows in values.values():
            rows.sort(key=lambda value: value.at)
        return values

    def _is_finite(self) -> bool:
        """Whether no number of the run is NaN or infinite."""
        literals = (argument.literal for node in self.nodes for argument in node.arguments if argument.is_literal)
        return all(tensor is None or tensor.is_finite for tensor in self.snapshots()) and all(map(is_finite, literals))

    def snapshots(self) -> Iterator[Snapshot | None]:
        """Every tensor of the run, as often as it stands in a row; None where a row has none."""
        yield from (value.tensor for value in self.values)
        yield from (saved.tensor for node in self.nodes for saved in node.saved)
        yield from (tensor for claim in self.claims for tensor in (claim.expected, claim.actual))
        for proof in self.proofs:
            yield proof.autograd
            yield from (tensor for row in proof.checks for tensor in (row.expected, row.below, row.above))
        for pass_ in self.passes:
            yield from (root.seed for root in pass_.roots)
            yield from (row.tensor for rows in (pass_.edge_grads, pass_.jacobians) for row in rows)
            yield from (row.tensor for row in pass_.returned)
            yield from (tensor for row in pass_.node_grads for tensor in (row.sum, row.tensor))
            yield from (tensor for row in pass_.leaves for tensor in (row.before, row.after))
