"""The great test: every differentiable operator in PyTorch's own database of operators with sample inputs."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import to_dot
from graphviz_utils.graph import build_graph, focused, roots_of
from graphviz_utils.model import Snapshot, Trace
from graphviz_utils.tracing import record

README = Path(__file__).parents[2] / "README.md"
SAMPLES = 3
DTYPES = (torch.float64, torch.complex128, torch.float32)


def tensors(nest: Any) -> Iterator[torch.Tensor]:
    if isinstance(nest, torch.Tensor):
        yield nest
    elif isinstance(nest, (tuple, list)):
        for part in nest:
            yield from tensors(part)
    elif isinstance(nest, dict):
        yield from tensors(tuple(nest.values()))


def differentiable() -> Iterator[tuple[Any, torch.dtype]]:
    for op in op_db:
        dtype = next((dtype for dtype in DTYPES if dtype in op.supported_backward_dtypes("cpu")), None)
        if op.supports_autograd and dtype is not None:
            yield op, dtype


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
        return snapshot.stats.nan > 0 or snapshot.stats.norm == pytest.approx(tensor.norm().item())
    shown = torch.tensor(snapshot.data, dtype=torch.complex128).reshape(snapshot.shape)
    return torch.allclose(shown, tensor.to(torch.complex128), rtol=1e-12, atol=0, equal_nan=True)


def faults(trace: Trace, outputs: tuple[torch.Tensor, ...], counts: Counter[str]) -> Iterator[str]:
    """Everything about one sample that is not as it must be."""
    yield from trace.notes
    for node in trace.nodes:
        if node.kind == "op":
            counts["nodes"] += 1
            if all(trace.value(node.id, output) is None for output in range(len(node.outputs))):
                yield f"{node.name} has no value"
    for edge in trace.edges:
        counts["edges"] += 1
        if trace.value(edge.source, edge.source_output) is None:
            yield f"output {edge.source_output} of {trace.node(edge.source).name} has no value"
    shown = [value.tensor for value in trace.values]
    if not all(any(same(snapshot, output) for snapshot in shown) for output in outputs):
        yield "an output's value is not on the graph"
    yield from sums_that_differ(trace, counts)


def sums_that_differ(trace: Trace, counts: Counter[str]) -> Iterator[str]:
    """Leaves whose contributions do not add up to what autograd returned."""
    for pass_ in trace.passes[-1:]:
        sent = {(row.target, row.slot): row.tensor for row in pass_.edge_grads}
        for row in pass_.returned:
            into = [sent.get((edge.target, edge.slot)) for edge in trace.edges if edge.source == row.node]
            parts = [each for each in into if each is not None]
            if row.tensor is not None and row.tensor.data is None:
                counts["leaves too large to add up"] += 1
                continue
            counts["leaves added up"] += 1
            if row.tensor is None and parts:
                yield "contributions where autograd returned none"
            if row.tensor is not None and not same(row.tensor, total(parts, row.tensor.shape)):
                yield f"contributions do not add up at {row.node}"


def total(parts: list[Snapshot], shape: tuple[int, ...]) -> torch.Tensor:
    zero = torch.zeros(shape, dtype=torch.complex128)
    return sum((torch.tensor(part.data, dtype=torch.complex128).reshape(shape) for part in parts), zero)


def swept() -> tuple[dict[str, Counter[str]], Counter[str]]:
    """What is wrong with each operator, and how much was looked at."""
    wrong: dict[str, Counter[str]] = {}
    counts: Counter[str] = Counter()
    for op, dtype in differentiable():
        counts["operators"] += 1
        for i, sample in enumerate(islice(op.sample_inputs("cpu", dtype, requires_grad=True), SAMPLES)):
            counts["samples"] += 1
            trace, outputs = run(op, sample)
            found = Counter(faults(trace, outputs, counts))
            if i == 0:
                moment = annotate(focused(build_graph(trace), roots_of(trace)), trace)
                found["is not drawn"] += not to_dot(moment).startswith("digraph")
            if +found:
                wrong.setdefault(op.full_name, Counter()).update(+found)
    return wrong, counts


@pytest.fixture(scope="module")
def sweep() -> tuple[dict[str, Counter[str]], Counter[str]]:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the database's samples use what is deprecated on purpose
        return swept()


def test_no_operator_has_a_fault(sweep: tuple[dict[str, Counter[str]], Counter[str]]) -> None:
    wrong, _ = sweep

    assert wrong == {}


def test_the_readme_publishes_no_more_than_was_swept(sweep: tuple[dict[str, Counter[str]], Counter[str]]) -> None:
    _, counts = sweep
    rows = re.findall(r"^\| (.+?) \| ([\d,]+) \| ([\d,]+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    published = {what: int(checked.replace(",", "")) for what, checked, _ in rows}

    assert published == {
        "operators recorded and drawn": counts["operators"],
        "nodes with their forward value": counts["nodes"],
        "edges whose source has a value": counts["edges"],
        "leaves where the contributions add up to what autograd returned": counts["leaves added up"],
    }
