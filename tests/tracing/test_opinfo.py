"""The great test: every differentiable operator in PyTorch's own database of operators with sample inputs."""

import re
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from graphviz_utils.drawing import draw
from graphviz_utils.model import Look, Snapshot, Stats, Trace
from graphviz_utils.tracing import record
from tests.tracing.database import differentiable, tensors

Counts = Counter[tuple[str, str]]
"""How many of what were checked, and how many of them were right."""
Sweep = tuple[dict[str, Counter[str]], Counts]
README = Path(__file__).parents[2] / "README.md"
SAMPLES = 3
EVERYTHING = Look(scope="all", leaves="once", budget=100_000)
TABLE_ROW = re.compile(r"^\| (.+?) \| ([\d,]+) \| ([\d,]+) \|$", re.MULTILINE)


def run(op: Any, sample: Any) -> tuple[Trace, tuple[torch.Tensor, ...]]:
    """The trace of one sample and of the gradients of everything it gives back."""
    with record() as recording:
        outputs = [each for each in tensors(op(sample.input, *sample.args, **sample.kwargs)) if each.requires_grad]
        leaves = [each for each in tensors([sample.input, sample.args, sample.kwargs]) if each.requires_grad]
        if outputs and leaves:
            losses = [each.abs().sum() if each.is_complex() else each.sum() for each in outputs]
            torch.autograd.grad(losses, leaves, allow_unused=True)
    return recording.trace, tuple(outputs)


def same(snapshot: Snapshot | None, tensor: torch.Tensor) -> bool:
    if snapshot is None or snapshot.shape != tuple(tensor.shape):
        return False
    tensor = tensor.detach() if tensor.layout is torch.strided else tensor.detach().to_dense()
    if snapshot.data is None:
        return same_statistics(snapshot.stats, tensor)
    shown = torch.tensor(snapshot.data, dtype=torch.complex128).reshape(snapshot.shape)
    return torch.allclose(shown, tensor.to(torch.complex128), rtol=1e-12, atol=0, equal_nan=True)


def same_statistics(stats: Stats, tensor: torch.Tensor) -> bool:
    """Whether as many elements are NaN and infinite, and the others have the same norm."""
    nan = tensor.isnan()
    inf = tensor.isinf() & ~nan
    if (stats.nan, stats.inf) != (int(nan.sum()), int(inf.sum())):
        return False
    finite = tensor[~(nan | inf)].to(torch.complex128)
    return stats.norm == (pytest.approx(finite.norm().item()) if finite.numel() else None)


def faults(trace: Trace, outputs: tuple[torch.Tensor, ...], counts: Counts) -> Iterator[str]:
    """Everything about one sample that is not as it must be."""
    yield from trace.notes
    for node in trace.nodes:
        if node.kind == "op":
            is_seen = any(trace.value(node.id, output) is not None for output in range(len(node.outputs)))
            yield from counted(counts, "nodes", is_seen, f"{node.name} has no value")
    for edge in trace.edges:
        is_seen = trace.value(edge.source, edge.source_output) is not None
        unseen = f"output {edge.source_output} of {trace.node(edge.source).name} has no value"
        yield from counted(counts, "edges", is_seen, unseen)
    shown = [value.tensor for value in trace.values]
    if not all(any(same(snapshot, output) for snapshot in shown) for output in outputs):
        yield "an output's value is not on the graph"
    yield from sums_that_differ(trace, counts)


def counted(counts: Counts, what: str, is_right: bool, fault: str) -> Iterator[str]:
    """The fault, if it is one; what was looked at is counted, and what is right too."""
    counts["checked", what] += 1
    counts["right", what] += is_right
    if not is_right:
        yield fault


def sums_that_differ(trace: Trace, counts: Counts) -> Iterator[str]:
    """Leaves whose contributions do not add up to what autograd returned."""
    for pass_ in trace.passes[-1:]:
        sent = {(row.target, row.slot): row.tensor for row in pass_.edge_grads}
        for row in pass_.returned:
            into = [sent.get((edge.target, edge.slot)) for edge in trace.edges if edge.source == row.node]
            parts = [each for each in into if each is not None]
            if row.tensor is not None and row.tensor.data is None:
                counts["checked", "leaves too large to add up"] += 1
                continue
            is_right = not parts if row.tensor is None else same(row.tensor, total(parts, row.tensor.shape))
            yield from counted(counts, "leaves", is_right, f"contributions do not add up at {row.node}")


def total(parts: list[Snapshot], shape: tuple[int, ...]) -> torch.Tensor:
    zero = torch.zeros(shape, dtype=torch.complex128)
    return sum((torch.tensor(part.data, dtype=torch.complex128).reshape(shape) for part in parts), zero)


def left_out_of_the_drawing(trace: Trace) -> Iterator[str]:
    """What of the run Graphviz has not drawn: the ids of its SVG are held against the trace's nodes and edges."""
    drawn = {element.get("id") for element in ET.fromstring(draw(trace, EVERYTHING).svg).iter()}
    for node in trace.nodes:
        if f"node-{node.id}" not in drawn:
            yield f"{node.name} is not drawn"
    for edge in trace.edges:
        if f"edge-{edge.source}-{edge.target}-{edge.slot}" not in drawn:
            yield f"an edge into {trace.node(edge.target).name} is not drawn"


def swept() -> Sweep:
    """What is wrong with each operator, and how much was looked at."""
    wrong: dict[str, Counter[str]] = {}
    counts: Counts = Counter()
    for op, dtype in differentiable():
        found: Counter[str] = Counter()
        samples = islice(op.sample_inputs("cpu", dtype, requires_grad=True), SAMPLES)
        for i, sample in enumerate(samples):
            trace, outputs = run(op, sample)
            found.update(faults(trace, outputs, counts))
            if i == 0:
                found.update(left_out_of_the_drawing(trace))
        counts["checked", "operators"] += 1
        counts["right", "operators"] += not found
        if found:
            wrong[op.full_name] = found
    return wrong, counts


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the database's samples use what is deprecated on purpose
        return swept()


def test_no_operator_has_a_fault(sweep: Sweep) -> None:
    wrong, _ = sweep

    assert wrong == {}


def test_the_readme_publishes_what_the_sweep_found(sweep: Sweep) -> None:
    _, counts = sweep
    text = README.read_text(encoding="utf-8")
    published = {what: (number(checked), number(right)) for what, checked, right in TABLE_ROW.findall(text)}
    (too_large,) = re.findall(r"([\d,]+) more leaves are too large to be kept whole", text)

    assert published == {
        "operators recorded and drawn": (counts["checked", "operators"], counts["right", "operators"]),
        "nodes with their forward value": (counts["checked", "nodes"], counts["right", "nodes"]),
        "edges whose source has a value": (counts["checked", "edges"], counts["right", "edges"]),
        "leaves where the contributions add up to what autograd returned": (
            counts["checked", "leaves"],
            counts["right", "leaves"],
        ),
    }
    assert number(too_large) == counts["checked", "leaves too large to add up"]


def number(text: str) -> int:
    return int(text.replace(",", ""))
