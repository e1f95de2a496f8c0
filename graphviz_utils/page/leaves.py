"""The leaves of a run as rows of a table: value, gradient, what it was added up from, and what is odd about it."""

from dataclasses import dataclass

from graphviz_utils.annotation import annotate
from graphviz_utils.graph import build_graph
from graphviz_utils.model import LAST, Moment, Snapshot, Trace
from graphviz_utils.page.wording import tensor_text

__all__ = ["LeafRow", "leaf_rows"]


@dataclass(frozen=True, slots=True)
class LeafRow:
    """One leaf. `norm` is its `.grad`'s 2-norm, `None` without one; `contributions` is empty for fewer than two."""

    name: str
    shape: str
    value: str
    grad: str
    contributions: str
    norm: float | None
    note: str


def leaf_rows(trace: Trace, moment: Moment = LAST, digits: int = 4) -> tuple[LeafRow, ...]:
    """The leaves in the order in which the program made them, as `moment` shows them."""
    graph = annotate(build_graph(trace), trace, moment)
    rows = []
    for id_, data in graph.nodes(data=True):
        node = data["node"]
        if node is None or node.kind != "leaf":
            continue
        value, grad = data["readings"][0].value, _grad(data)
        sent = [row["readings"][0].grad for _, _, row in graph.out_edges(id_, data=True)]
        rows.append(
            LeafRow(
                node.variable or node.id,
                " × ".join(map(str, node.outputs[0].shape)) or "scalar",
                tensor_text(value, digits),
                tensor_text(grad, digits, unseen="None"),
                _sum([part for part in sent if part is not None], digits),
                None if grad is None else grad.stats.norm,
                _note(grad, data.get("grad_before"), bool(trace.passes)),
            )
        )
    return tuple(rows)


def _grad(data: dict[str, object]) -> Snapshot | None:
    """`.grad` after the pass; where the pass gave gradients back instead, what it gave."""
    after, readings = data.get("grad_after"), data["readings"]
    if isinstance(after, Snapshot):
        return after
    grad = readings[0].grad if isinstance(readings, tuple) else None
    return grad if isinstance(grad, Snapshot) else None


def _sum(arrived: list[Snapshot], digits: int) -> str:
    if len(arrived) < 2:
        return ""
    return " + ".join(tensor_text(part, digits) for part in arrived[:8]) + (
        f" + {len(arrived) - 8} more" if len(arrived) > 8 else ""
    )


def _note(grad: Snapshot | None, before: Snapshot | None, backward: bool) -> str:
    if grad is None:
        return "this pass sent it no gradient" if backward else "there was no backward pass"
    words = []
    if grad.stats.nan:
        words.append(f"{grad.stats.nan:,} of {grad.numel:,} are NaN")
    if grad.stats.inf:
        words.append(f"{grad.stats.inf:,} of {grad.numel:,} are infinite")
    if not words and grad.numel and grad.stats.norm == 0:
        words.append("every element is zero")
    if before is not None:
        words.append("added to the .grad of an earlier pass")
    return "; ".join(words)
