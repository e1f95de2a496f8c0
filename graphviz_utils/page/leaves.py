"""The leaves of a run as rows of a table: value, gradient, what it was added up from, and what is odd about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphviz_utils.annotation import annotate
from graphviz_utils.dot import is_changed
from graphviz_utils.graph import build_graph
from graphviz_utils.model import LAST, Moment, Snapshot, Trace
from graphviz_utils.page.wording import tensor_text

__all__ = ["LeafRow", "leaf_columns", "leaf_rows"]


@dataclass(frozen=True, slots=True)
class LeafRow:
    """One leaf and its `.grad` after a pass, with the 2-norm (`None` without a gradient).

    `before` is its `.grad` before the pass, empty if it had none. `contributions` are what the pass added; empty for
    a single one that is all of the gradient.
    """

    name: str
    shape: str
    value: str
    grad: str
    before: str
    contributions: str
    norm: float | None
    note: str


def leaf_rows(trace: Trace, moment: Moment = LAST, digits: int = 4) -> tuple[LeafRow, ...]:
    """The leaves in the order in which the program made them, as `moment` shows them."""
    graph = annotate(build_graph(trace), trace, moment)
    rows = []
    for _, data in graph.nodes(data=True):
        node = data["node"]
        if node is None or node.kind != "leaf":
            continue
        value, grad = data["readings"][0].value, _grad(data)
        before, sent = data.get("grad_before"), data["contributions"]
        adds_up = len(sent) > 1 or (before is not None and grad is not None)
        rows.append(
            LeafRow(
                node.variable or node.id,
                " × ".join(map(str, node.outputs[0].shape)) or "scalar",
                tensor_text(value, digits),
                tensor_text(grad, digits, unseen="None"),
                tensor_text(before, digits, unseen=""),
                _sum(sent, digits) if adds_up else "",
                None if grad is None else grad.stats.norm,
                "; ".join(_remarks(data, grad)) or _without(grad, bool(trace.passes)),
            )
        )
    return tuple(rows)


def leaf_columns(rows: Iterable[LeafRow]) -> dict[str, list[Any]]:
    """The rows as a table's columns by their headings; one in which nothing stands is left out."""
    kept = tuple(rows)
    columns: dict[str, list[Any]] = {
        "Leaf": [row.name for row in kept],
        "Shape": [row.shape for row in kept],
        "Value": [row.value for row in kept],
        "Gradient": [row.grad for row in kept],
        "Its norm": [row.norm for row in kept],
        "Before this pass": [row.before for row in kept],
        "Added by this pass": [row.contributions for row in kept],
        "Note": [row.note for row in kept],
    }
    return {name: column for name, column in columns.items() if any(cell not in (None, "") for cell in column)}


def _grad(data: dict[str, object]) -> Snapshot | None:
    """`.grad` after the pass; where the pass gave gradients back instead, what it gave."""
    after, readings = data.get("grad_after"), data["readings"]
    if isinstance(after, Snapshot):
        return after
    grad = readings[0].grad if isinstance(readings, tuple) else None
    return grad if isinstance(grad, Snapshot) else None


def _sum(arrived: tuple[Snapshot | None, ...], digits: int) -> str:
    return " + ".join(tensor_text(part, digits, unseen="?") for part in arrived[:8]) + (
        f" + {len(arrived) - 8} more" if len(arrived) > 8 else ""
    )


def _without(grad: Snapshot | None, backward: bool) -> str:
    """Why there is no gradient; empty if there is one."""
    if grad is not None:
        return ""
    return "this pass sent it no gradient" if backward else "there was no backward pass"


def _remarks(data: dict[str, Any], grad: Snapshot | None) -> Iterator[str]:
    """What is odd about a gradient."""
    if grad is None:
        return
    stats = grad.stats
    if stats.nan:
        yield f"{stats.nan:,} of {grad.numel:,} are NaN"
    if stats.inf:
        yield f"{stats.inf:,} of {grad.numel:,} are infinite"
    if not (stats.nan or stats.inf) and grad.numel and stats.norm == 0:
        yield "every element is zero"
    total, used = next(iter(data["sums"]), None), data["readings"][0].grad
    if total is not None and used is not None and is_changed(total, used, data["contributions"]):
        yield f"a hook made {tensor_text(used)} of what this pass added"
    if data.get("grad_before") is not None:
        yield "added to the .grad of an earlier pass"
