"""Runs built by hand, in the shape the recorder gives them, for tests that must not need torch."""

import math
from collections.abc import Iterable
from typing import Any

from graphviz_utils.model import (
    Argument,
    BackwardPass,
    Binding,
    CellRun,
    Edge,
    EdgeGrad,
    LeafGrad,
    Node,
    NodeGrad,
    NodeKind,
    OutputMeta,
    Root,
    Snapshot,
    Stats,
    Trace,
    Value,
)

__all__ = ["Run", "chain_trace", "from_node", "literal", "scenario_1_trace", "snapshot"]


def snapshot(data: Any, dtype: str = "float32") -> Snapshot:
    """A tensor with all its elements, from a number or nested tuples."""
    shape, elements = _shape(data), tuple(_flat(data))
    finite = [element for element in elements if math.isfinite(element)]
    stats = Stats(
        min=min(finite, default=None),
        max=max(finite, default=None),
        mean=sum(finite) / len(finite) if finite else None,
        norm=math.sqrt(sum(element * element for element in finite)) if finite else None,
        nan=sum(math.isnan(element) for element in elements),
        inf=sum(math.isinf(element) for element in elements),
    )
    return Snapshot(shape, dtype, "cpu", data, stats)


def from_node(name: str, slot: int | None, node: str, output: int = 0) -> Argument:
    """An argument that an earlier node computed."""
    return Argument(name, slot, node=node, output=output)


def literal(name: str, written: Any, slot: int | None = None) -> Argument:
    """An argument that stands in the program itself."""
    return Argument(name, slot, literal=written)


class Run:
    """A run in the making: each call of a method is one tick of its clock."""

    def __init__(self, title: str = "built by hand", source: str = "") -> None:
        self.title, self.source, self.clock = title, source, 0
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.values: list[Value] = []
        self.bindings: list[Binding] = []
        self.passes: list[BackwardPass] = []
        self.cells: list[CellRun] = []

    def tick(self) -> int:
        """The next time on the clock."""
        self.clock += 1
        return self.clock

    def leaf(self, variable: str, data: Any = None, line: int | None = None, module: str | None = None) -> str:
        """A tensor that accumulates `.grad`."""
        return self._tensor("leaf", "AccumulateGrad", variable, data, line, module)

    def constant(self, variable: str | None, data: Any = None, line: int | None = None) -> str:
        """A tensor that needs no gradient."""
        return self._tensor("constant", "", variable, data, line, None)

    def op(
        self,
        name: str,
        *arguments: Argument,
        data: Any = None,
        outputs: Iterable[Any] | None = None,
        operator: str | None = None,
        label: str = "",
        variable: str | None = None,
        line: int | None = None,
        module: str | None = None,
        kind: NodeKind = "op",
    ) -> str:
        """An operator; each argument that names a node with a slot becomes an edge. `outputs` replaces `data`."""
        id_, at = f"n{len(self.nodes)}", self.tick()
        tensors = [_snapshot(part) for part in ([data] if outputs is None else outputs)]
        metas = tuple(OutputMeta(t.shape, t.dtype) if t else OutputMeta((), "float32") for t in tensors)
        node = Node(id_, kind, name, operator, label, variable, line, module, at, arguments, metas, ())
        self.nodes.append(node)
        for argument in arguments:
            if isinstance(argument.node, str) and isinstance(argument.output, int) and argument.slot is not None:
                self.edges.append(Edge(argument.node, argument.output, id_, argument.slot))
        self.values += [Value(id_, output, 0, at, t) for output, t in enumerate(tensors) if t is not None]
        if variable is not None:
            self.bind(variable, id_)
        return id_

    def bind(self, name: str, node: str, output: int = 0) -> None:
        """From now on `name` means this output."""
        self.bindings.append(Binding(name, node, output, self.clock))

    def backward(
        self,
        root: str,
        *,
        seed: Any = 1.0,
        order: Iterable[str] = (),
        edges: Iterable[tuple[str, int, Any]] = (),
        nodes: Iterable[tuple[Any, ...]] = (),
        leaves: Iterable[tuple[str, Any, Any]] = (),
        line: int | None = None,
        parent: int | None = None,
        call: str = "backward",
    ) -> int:
        """A pass: `edges` (target, slot, sent), `nodes` (node, sum[, used]), `leaves` (node, before, after)."""
        at, fired = self.tick(), tuple(order)
        self.passes.append(
            BackwardPass(
                call=call,
                line=line,
                at=at,
                parent=parent,
                roots=(Root(root, 0, _snapshot(seed)),),
                order=fired,
                edge_grads=tuple(EdgeGrad(target, slot, _snapshot(sent)) for target, slot, sent in edges),
                node_grads=tuple(NodeGrad(row[0], 0, _snapshot(row[1]), _snapshot(row[-1])) for row in nodes),
                returned=(),
                leaves=tuple(LeafGrad(node, _snapshot(before), _snapshot(after)) for node, before, after in leaves),
                fired_at=tuple(self.tick() for _ in fired),
                ended=self.tick(),
            )
        )
        return len(self.passes) - 1

    def cell(self, title: str, line: int, source: str, display: str | None = None, verdict: bool | None = None) -> None:
        """A cell that has just run."""
        self.cells.append(CellRun(title, line, source, "", display, verdict, self.tick()))

    def trace(self) -> Trace:
        """The run as it stands."""
        return Trace(
            title=self.title,
            source=self.source,
            cells=tuple(self.cells),
            nodes=tuple(self.nodes),
            edges=tuple(self.edges),
            values=tuple(self.values),
            bindings=tuple(self.bindings),
            passes=tuple(self.passes),
            error=None,
        )

    def _tensor(
        self, kind: NodeKind, name: str, variable: str | None, data: Any, line: int | None, module: str | None
    ) -> str:
        label = variable or ""
        return self.op(name, data=data, label=label, variable=variable, line=line, module=module, kind=kind)


SCENARIO_1 = """\
import torch

# %% Forward
x = torch.tensor(2.0, requires_grad=True)
y = 2*x**4 + x**3 + 3*x**2 + 5*x + 1
y

# %% Backward
y.backward()
x.grad

# %% Proof
x.grad == 8*x**3 + 3*x**2 + 6*x + 5
"""


def scenario_1_trace() -> Trace:
    """y = 2x⁴ + x³ + 3x² + 5x + 1 at x = 2 and its gradient 93 = 5 + 12 + 12 + 64, all worked out by hand.

    Nodes: n0 x, n1 x⁴, n2 2×, n3 x³, n4 +, n5 x², n6 3×, n7 +, n8 5×, n9 +, n10 y.
    """
    run = Run("Scalar polynomial", SCENARIO_1)
    x = run.leaf("x", 2.0, line=4)
    n1 = _power(run, x, 4, "x⁴", 16.0)
    n2 = _times(run, n1, 2, 32.0)
    n3 = _power(run, x, 3, "x³", 8.0)
    n4 = _plus(run, n2, n3, 40.0)
    n5 = _power(run, x, 2, "x²", 4.0)
    n6 = _times(run, n5, 3, 12.0)
    n7 = _plus(run, n4, n6, 52.0)
    n8 = _times(run, x, 5, 10.0)
    n9 = _plus(run, n7, n8, 62.0)
    one = (from_node("self", 0, n9), literal("other", 1, 1))
    n10 = run.op("AddBackward0", *one, data=63.0, operator="aten.add.Tensor", label="+ 1", variable="y", line=5)
    run.cell("Forward", 3, SCENARIO_1[13:], "tensor(63., grad_fn=<AddBackward0>)")
    run.backward(
        n10,
        line=9,
        order=(n10, n9, n8, n7, n6, n5, n4, n3, n2, n1, x),
        edges=(
            (n10, 0, 1.0),
            (n9, 0, 1.0),
            (n9, 1, 1.0),
            (n8, 0, 5.0),
            (n7, 0, 1.0),
            (n7, 1, 1.0),
            (n6, 0, 3.0),
            (n5, 0, 12.0),
            (n4, 0, 1.0),
            (n4, 1, 1.0),
            (n3, 0, 12.0),
            (n2, 0, 2.0),
            (n1, 0, 64.0),
        ),
        nodes=(
            *((node, 1.0) for node in (n10, n9, n8, n7, n6)),
            (n5, 3.0),
            *((node, 1.0) for node in (n4, n3, n2)),
            (n1, 2.0),
            (x, 93.0),
        ),
        leaves=((x, None, 93.0),),
    )
    run.cell("Backward", 8, "y.backward()\nx.grad", "tensor(93.)")
    run.cell("Proof", 12, "x.grad == 8*x**3 + 3*x**2 + 6*x + 5", "tensor(True)", True)
    return run.trace()


def chain_trace(length: int, *, repeats: int = 1) -> Trace:
    """A leaf and `length` operators one behind the other, the last bound to `y`.

    With `repeats`, the chain is made of that many modules `layers.0`, `layers.1`, … of equal length.
    """
    run = Run("Chain")
    last = run.leaf("x", 1.0)
    each = max(1, length // repeats)
    for i in range(length):
        module = f"layers.{min(i // each, repeats - 1)}" if repeats > 1 else None
        last = run.op(
            "SinBackward0", from_node("self", 0, last), operator="aten.sin.default", label="sin", module=module
        )
    run.bind("y", last)
    return run.trace()


def _power(run: Run, base: str, exponent: int, label: str, data: float) -> str:
    arguments = (from_node("self", 0, base), literal("exponent", exponent))
    return run.op("PowBackward0", *arguments, data=data, operator="aten.pow.Tensor_Scalar", label=label, line=5)


def _times(run: Run, factor: str, number: int, data: float) -> str:
    arguments = (from_node("self", 0, factor), literal("other", number, 1))
    return run.op("MulBackward0", *arguments, data=data, operator="aten.mul.Tensor", label=f"{number} ×", line=5)


def _plus(run: Run, left: str, right: str, data: float) -> str:
    arguments = (from_node("self", 0, left), from_node("other", 1, right))
    return run.op("AddBackward0", *arguments, data=data, operator="aten.add.Tensor", label="+", line=5)


def _snapshot(data: Any) -> Snapshot | None:
    return data if data is None or isinstance(data, Snapshot) else snapshot(data)


def _shape(data: Any) -> tuple[int, ...]:
    return (len(data), *(_shape(data[0]) if data else ())) if isinstance(data, tuple) else ()


def _flat(data: Any) -> Iterable[Any]:
    if not isinstance(data, tuple):
        return (data,)
    return (element for part in data for element in _flat(part))
