"""Runs with one difficulty each, which every preset must draw well."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from graphviz_utils.model import NodeGrad, Snapshot, Stats, Trace
from tests.building import Run, chain_trace, from_node, literal, scenario_1_trace, snapshot

__all__ = ["GALLERY"]

ONES = ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))


def matrix_sum() -> Trace:
    """Scenario 2: C = A + B for two 2 x 3 leaves and a seed of ones."""
    run = Run("Sum of two matrices")
    a = run.leaf("A", ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), line=4)
    b = run.leaf("B", ((10.0, 20.0, 30.0), (40.0, 50.0, 60.0)), line=5)
    total = ((11.0, 22.0, 33.0), (44.0, 55.0, 66.0))
    arguments = (from_node("self", 0, a), from_node("other", 1, b))
    c = run.op("AddBackward0", *arguments, data=total, operator="aten.add.Tensor", label="+", variable="C", line=6)
    run.backward(
        c,
        seed=ONES,
        order=(c, b, a),
        edges=((c, 0, ONES), (c, 1, ONES)),
        nodes=((c, ONES), (a, ONES), (b, ONES)),
        leaves=((a, None, ONES), (b, None, ONES)),
    )
    return run.trace()


def through_a_mean() -> Trace:
    """Scenario 4: out = mean(2 (3x + 2)²); x.grad = 12 (3x + 2) / 6."""
    run = Run("Through a mean")
    x = run.leaf("x", ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0)), line=4)
    x3 = _op(run, "Mul", "3 ×", x, ((3.0, 6.0, 9.0), (9.0, 6.0, 3.0)))
    y = _op(run, "Add", "+ 2", x3, ((5.0, 8.0, 11.0), (11.0, 8.0, 5.0)), variable="y")
    y2 = _op(run, "Pow", "y²", y, ((25.0, 64.0, 121.0), (121.0, 64.0, 25.0)))
    z = _op(run, "Mul", "2 ×", y2, ((50.0, 128.0, 242.0), (242.0, 128.0, 50.0)), variable="z")
    out = _op(run, "Mean", "mean", z, 140.0, variable="out")
    sixth = tuple(tuple(1 / 6 for _ in row) for row in ONES)
    third = tuple(tuple(1 / 3 for _ in row) for row in ONES)
    to_y = ((10 / 3, 16 / 3, 22 / 3), (22 / 3, 16 / 3, 10 / 3))
    to_x = ((10.0, 16.0, 22.0), (22.0, 16.0, 10.0))
    run.backward(
        out,
        order=(out, z, y2, y, x3, x),
        edges=((out, 0, sixth), (z, 0, third), (y2, 0, to_y), (y, 0, to_y), (x3, 0, to_x)),
        nodes=((out, 1.0), (z, sixth), (y2, third), (y, to_y), (x3, to_y), (x, to_x)),
        leaves=((x, None, to_x),),
    )
    return run.trace()


def square_by_hand() -> Trace:
    """y = x * x at 3: two wires beside each other, each brings back 3; `.grad` held 6 before."""
    run = Run("x * x")
    x = run.leaf("x", 3.0, line=1)
    both = (from_node("self", 0, x), from_node("other", 1, x))
    y = run.op("MulBackward0", *both, data=9.0, operator="aten.mul.Tensor", label="×", variable="y", line=2)
    run.backward(
        y, order=(y, x), edges=((y, 0, 3.0), (y, 1, 3.0)), nodes=((y, 1.0), (x, 6.0)), leaves=((x, 6.0, 12.0),)
    )
    return run.trace()


def several_outputs() -> Trace:
    """a, b, c = unbind(x); y = a * b - c: output numbers at the tails, argument names at the heads."""
    run = Run("Several outputs")
    x = run.leaf("x", (2.0, 3.0, 4.0), line=1)
    parts = run.op(
        "UnbindBackward0", from_node("self", 0, x), outputs=(2.0, 3.0, 4.0), operator="aten.unbind.int", label="unbind"
    )
    both = (from_node("self", 0, parts, 0), from_node("other", 1, parts, 1))
    product = run.op("MulBackward0", *both, data=6.0, operator="aten.mul.Tensor", label="×", line=3)
    pair = (from_node("self", 0, product), from_node("other", 1, parts, 2))
    y = run.op("SubBackward0", *pair, data=2.0, operator="aten.sub.Tensor", label="−", variable="y", line=3)
    index = run.backward(
        y,
        order=(y, product, parts, x),
        edges=((y, 0, 1.0), (y, 1, -1.0), (product, 0, 3.0), (product, 1, 2.0), (parts, 0, (3.0, 2.0, -1.0))),
        nodes=((y, 1.0), (product, 1.0), (parts, 3.0), (x, (3.0, 2.0, -1.0))),
        leaves=((x, None, (3.0, 2.0, -1.0)),),
    )
    sums = tuple(NodeGrad(parts, output, snapshot(sum_), snapshot(sum_)) for output, sum_ in ((1, 2.0), (2, -1.0)))
    run.passes[index] = replace(run.passes[index], node_grads=run.passes[index].node_grads + sums)
    return run.trace()


def broken_gradient() -> Trace:
    """sqrt at 0, times 0: an infinite gradient upstream, NaN at the leaf, zero beside it and none behind a cut."""
    run = Run("Where it breaks")
    x, w, unused = run.leaf("x", 0.0), run.leaf("w", 2.0), run.leaf("b", 1.0)
    root = _op(run, "Sqrt", "√", x, 0.0)
    scaled = run.op(
        "MulBackward0",
        from_node("self", 0, root),
        from_node("other", 1, w),
        data=0.0,
        operator="aten.mul.Tensor",
        label="×",
    )
    cut = run.op("", from_node("self", 0, unused), data=1.0, operator="aten.detach.default", label="detach",
                 variable="c", kind="detached")  # fmt: skip
    mask = run.constant("mask", 0.0)
    three = (from_node("tensors", 0, scaled), from_node("tensors", 1, cut), from_node("mask", None, mask))
    y = run.op("AddBackward0", *three, data=1.0, operator="aten.where.self", label="where", variable="y")
    run.edges.pop()  # the cut tensor has no place among the next functions
    run.backward(
        y,
        seed=math.inf,
        order=(y, scaled, root, w, x),
        edges=((y, 0, math.inf), (scaled, 0, math.inf), (scaled, 1, 0.0), (root, 0, math.nan)),
        nodes=((y, math.inf), (scaled, math.inf), (root, math.inf), (w, 0.0), (x, math.nan)),
        leaves=((x, None, math.nan), (w, None, 0.0)),
    )
    return run.trace()


def large_mask() -> Trace:
    """y = x * mask for a mask that no gradient reaches, told by its statistics."""
    run = Run("A large mask")
    x = run.leaf("x", _large((64, 10)))
    mask = run.op("", from_node("self", None, x), data=_large((64, 10), 0.5), label="filled", kind="detached")
    both = (from_node("self", 0, x), from_node("other", None, mask))
    y = run.op("MulBackward0", *both, data=_large((64, 10)), operator="aten.mul.Tensor", label="×", variable="y")
    ones = _large((64, 10), 1.0)
    run.backward(y, seed=ones, order=(y, x), edges=((y, 0, ones),), nodes=((y, ones), (x, ones)))
    return run.trace()


def large_tensors() -> Trace:
    """A linear layer over a batch: shapes and statistics instead of elements, some of them NaN."""
    run = Run("Large tensors")
    x, w, b = run.constant("x", _large((32, 784))), run.leaf("w", _large((784, 10))), run.leaf("b", _large((10,)))
    three = (from_node("self", 0, b), from_node("mat1", 1, x), from_node("mat2", 2, w))
    logits = run.op("AddmmBackward0", *three, data=_large((32, 10)), operator="aten.addmm.default", label="addmm")
    run.edges = [edge for edge in run.edges if edge.source != x]
    loss = _op(run, "NllLoss", "cross_entropy", logits, 2.302585, variable="loss")
    run.backward(
        loss,
        order=(loss, logits, w, b),
        edges=(
            (loss, 0, _large((32, 10), 0.001)),
            (logits, 0, _large((10,), 0.02)),
            (logits, 2, _large((784, 10), 1e-7, nan=3)),
        ),
        nodes=(
            (loss, 1.0),
            (logits, _large((32, 10), 0.001)),
            (w, _large((784, 10), 1e-7, nan=3)),
            (b, _large((10,), 0.02)),
        ),
        leaves=((w, None, _large((784, 10), 1e-7, nan=3)), (b, None, _large((10,), 0.02))),
    )
    return run.trace()


def awkward_words() -> Trace:
    """Names and labels that look like markup, steer the line or never end; complex and tiny numbers."""
    run = Run('<b>&amp;</b> \\N "quoted" ]]> <script>alert(1)</script>')
    x = run.leaf("<script>alert(1)</script>", _complex(1 + 2j), module='a"b\\N&amp;')
    y = _op(run, "A<B>&Backward", "\u202egnp.exe\\l{a|b}", x, _complex(1.5e-7 - 3j), variable="名前 é")
    z = _op(run, "Abs", "x" * 20_000, y, 1.23456789e-9, variable="z\x00\n\u0301\u0301\u0301")
    run.backward(z, order=(z,), edges=((z, 0, -1234567.0),), nodes=((z, 1.0), (y, -1234567.0)))
    return run.trace()


def branching_middle() -> Trace:
    """h = 2x is used twice on its way to y = h·sin(h)."""
    run = Run("A branch in the middle")
    x = run.leaf("x", 1.0)
    h = _op(run, "Mul", "2 ×", x, 2.0, variable="h")
    s = _op(run, "Sin", "sin", h, 0.9092974)
    both = (from_node("self", 0, h), from_node("other", 1, s))
    y = run.op("MulBackward0", *both, data=1.8185949, operator="aten.mul.Tensor", label="×", variable="y")
    run.backward(
        y,
        order=(y, s, h, x),
        edges=((y, 0, 0.9092974), (y, 1, 2.0), (s, 0, -0.8322937), (h, 0, 0.1540075)),
        nodes=((y, 1.0), (s, 2.0), (h, 0.0770037), (x, 0.1540075)),
        leaves=((x, None, 0.1540075),),
    )
    return run.trace()


def shared_weight(steps: int = 14) -> Trace:
    """h = tanh(w h) unrolled: one weight with so many uses that it is drawn beside each of them."""
    run = Run("Unrolled")
    w, h = run.leaf("w", 0.5), run.leaf("h0", 1.0)
    order: list[str] = []
    edges: list[tuple[str, int, float]] = []
    nodes = [(w, 3.25), (h, 0.5)]
    for step in range(steps):
        both = (from_node("self", 0, w), from_node("other", 1, h))
        m = run.op("MulBackward0", *both, data=0.5**step, operator="aten.mul.Tensor", label="×", module=f"cell.{step}")
        h = run.op("TanhBackward0", from_node("self", 0, m), data=0.4**step, operator="aten.tanh.default",
                   label="tanh", variable=f"h{step + 1}", module=f"cell.{step}")  # fmt: skip
        order = [h, m, *order]
        edges += [(h, 0, 0.9**step), (m, 0, 0.25), (m, 1, 0.5)]
        nodes += [(h, 0.9**step), (m, 0.8**step)]
    run.backward(h, order=(*order, w, "n1"), edges=edges, nodes=nodes, leaves=((w, None, 3.25),))
    return run.trace()


def without_a_pass() -> Trace:
    """Only forward: no gradient is spoken of."""
    run = Run("Forward only")
    x = run.leaf("x", ((0.5, -1.25), (1e6, 3.14159265)))
    _op(run, "Sigmoid", "sigmoid", x, ((0.6225, 0.2227), (1.0, 0.9586)), variable="p")
    return run.trace()


def _op(run: Run, name: str, label: str, source: str, data: object, variable: str | None = None) -> str:
    return run.op(
        f"{name}Backward0",
        from_node("self", 0, source),
        literal("other", 2),
        data=data,
        operator=f"aten.{name.lower()}.default",
        label=label,
        variable=variable,
        line=5,
    )


def _complex(number: complex) -> Snapshot:
    return Snapshot((), "complex64", "cpu", number, Stats(None, None, None, abs(number), 0, 0))


def _large(shape: tuple[int, ...], mean: float = 0.01, nan: int = 0) -> Snapshot:
    stats = Stats(-4.1, 4.2, mean, mean * math.sqrt(math.prod(shape)), nan, 0)
    return Snapshot(shape, "float32", "cpu", None, stats, ((0.0,),))


GALLERY: Mapping[str, Callable[[], Trace]] = {
    "polynomial": scenario_1_trace,
    "matrix-sum": matrix_sum,
    "mean": through_a_mean,
    "square": square_by_hand,
    "outputs": several_outputs,
    "broken": broken_gradient,
    "large": large_tensors,
    "mask": large_mask,
    "awkward": awkward_words,
    "branch": branching_middle,
    "forward": without_a_pass,
    "shared": shared_weight,
    "chain": lambda: chain_trace(30),
}
