"""Rules of tensors as they are set in LaTeX, compared whole: as a book on matrix calculus would set them."""

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional

from graphviz_utils.explanation import Explainer
from graphviz_utils.model import Explanation, Node, Trace
from graphviz_utils.rules import Application, UnseenError, rule_of
from graphviz_utils.tracing import record

Program = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
TARGETS = torch.tensor([0, 2])


def cases(*rows: str) -> str:
    lines = r" \\ ".join(rows)
    return rf"\begin{{cases}} {lines} \end{{cases}}"


WRITTEN: dict[str, tuple[Program, str | None, dict[str, str]]] = {
    "sum": (lambda a, b: a.sum(), r"\sum a", {"self": r"\bar{y}"}),
    "sum along a dimension": (lambda a, b: a.sum(1), r"\sum_{\text{dim } 1} a", {"self": r"\bar{y}"}),
    "mean": (
        lambda a, b: a.mean(),
        r"\operatorname{mean}\left(a\right)",
        {"self": r"\frac{1}{6} \cdot \bar{y}"},
    ),
    "product": (lambda a, b: a.prod(), r"\prod a", {"self": r"\prod_{j \ne i} {a}_{j} \cdot \bar{y}"}),
    "variance": (
        lambda a, b: a.var(),
        r"\operatorname{Var}\left(a\right)",
        {"self": r"\frac{2}{5} \left(a - \operatorname{mean}\left(a\right)\right) \cdot \bar{y}"},
    ),
    "maximum": (
        lambda a, b: a.max(),
        r"\max\left(a\right)",
        {"self": cases(r"\frac{1}{\#\left\{a = y\right\}} \cdot \bar{y} & \text{if } a = y", r"0 & \text{otherwise}")},
    ),
    "maximum along a dimension": (
        lambda a, b: a.max(1).values,
        r"\max_{\text{dim } 1}\left(a\right)",
        {"self": cases(r"\bar{y} & \text{at } \arg\max_{\text{dim } 1}", r"0 & \text{elsewhere}")},
    ),
    "length": (
        lambda a, b: torch.linalg.vector_norm(a),
        r"\left\lVert a \right\rVert_{2}",
        {"self": r"\frac{a}{y} \cdot \bar{y}"},
    ),
    "running sum": (
        lambda a, b: a.cumsum(0),
        r"\sum_{j \le i} {a}_{j}",
        {"self": r"\sum_{j \ge i} {\bar{y}}_{j}"},
    ),
    "product of matrices": (
        lambda a, b: a.mm(b),
        r"a \, b",
        {"self": r"\bar{y} \, b^{\top}", "mat2": r"a^{\top} \, \bar{y}"},
    ),
    "matrix times vector": (
        lambda a, b: a.mv(b),
        r"a \, b",
        {"self": r"\bar{y} \, b^{\top}", "vec": r"a^{\top} \, \bar{y}"},
    ),
    "dot product": (
        torch.dot,
        r"\left\langle a, b \right\rangle",
        {"self": r"b \cdot \bar{y}", "tensor": r"a \cdot \bar{y}"},
    ),
    "inverse": (
        lambda a, b: torch.linalg.inv(a),
        "a^{-1}",
        {"A": r"-y^{\top} \, \bar{y} \, y^{\top}"},
    ),
    "determinant": (
        lambda a, b: torch.linalg.det(a),
        r"\det a",
        {"A": r"\det a \cdot a^{-\top} \cdot \bar{y}"},
    ),
    "softmax": (
        lambda a, b: a.softmax(0),
        r"\operatorname{softmax}\left(a\right)",
        {"self": r"y \odot \left(\bar{y} - \left\langle \bar{y}, y \right\rangle\right)"},
    ),
    "log-softmax": (
        lambda a, b: a.log_softmax(1),
        r"\ln \operatorname{softmax}\left(a\right)",
        {"self": r"\bar{y} - \operatorname{softmax}\left(a\right) \cdot \sum_{\text{dim } 1} \bar{y}"},
    ),
    "negative log-likelihood": (
        lambda a, b: functional.nll_loss(a, TARGETS),
        r"-\frac{\sum \mathbf{1}_{v_{1}} \odot a}{N}",
        {"self": r"-\frac{1}{N} \cdot \mathbf{1}_{v_{1}} \cdot \bar{y}"},
    ),
    "mean squared error": (
        functional.mse_loss,
        r"\operatorname{mean}\left(\left(a - b\right)^{2}\right)",
        {
            "self": r"\frac{1}{3} \left(a - b\right) \cdot \bar{y}",
            "target": r"-\frac{1}{3} \left(a - b\right) \cdot \bar{y}",
        },
    ),
    "cross-entropy of logits": (
        lambda a, b: functional.binary_cross_entropy_with_logits(a, b.detach(), reduction="sum"),
        None,
        {"self": r"\left(\sigma\left(a\right) - b\right) \cdot \bar{y}"},
    ),
    "convolution": (
        functional.conv1d,
        r"a \star b",
        {"input": r"\bar{y} \ast b", "weight": r"a \star \bar{y}"},
    ),
    "max pooling": (
        lambda a, b: functional.max_pool2d(a, 2),
        r"\max_{w} a",
        {"self": r"\sum_{w:\, \arg\max w = i} {\bar{y}}_{w}"},
    ),
    "one element": (
        lambda a, b: a[1],
        r"a\left[1\right]",
        {"self": cases(r"\bar{y} & \text{at } \left[1\right]", r"0 & \text{elsewhere}")},
    ),
    "slice": (
        lambda a, b: a[:, 1:3],
        r"a\left[:, 1:3\right]",
        {"self": cases(r"\bar{y} & \text{at } \left[:, 1:3\right]", r"0 & \text{elsewhere}")},
    ),
    "joining": (
        lambda a, b: torch.cat([a, b], 1),
        r"\left(a, b\right)",
        {"tensors[0]": r"\bar{y}\left[:, 0:3\right]", "tensors[1]": r"\bar{y}\left[:, 3:6\right]"},
    ),
    "transpose": (lambda a, b: a.t(), r"a^{\top}", {"self": r"\bar{y}^{\top}"}),
    "another order of dimensions": (
        lambda a, b: a.permute(1, 2, 0),
        r"a^{\pi}",
        {"self": r"\bar{y}^{\pi^{-1}}"},
    ),
    "another shape": (lambda a, b: a.view(6), "a", {"self": r"\bar{y}"}),
}
"""By what it is: y of a and b, y as a formula, and what goes back to each argument."""

SHAPES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "product of matrices": ((2, 3), (3, 2)),
    "matrix times vector": ((2, 3), (3,)),
    "dot product": ((3,), (3,)),
    "inverse": ((2, 2), (1,)),
    "determinant": ((2, 2), (1,)),
    "softmax": ((3,), (1,)),
    "convolution": ((1, 1, 4), (1, 1, 2)),
    "max pooling": ((1, 1, 4, 4), (1,)),
    "another order of dimensions": ((2, 3, 2), (1,)),
}


def explained(program: Program, name: str) -> Explanation:
    """What is said of the node that computes y."""
    with record() as run:
        a, b = (
            torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in SHAPES.get(name, ((2, 3),) * 2)
        )
        y = program(a, b)
        y.backward(torch.ones_like(y))
    return Explainer.of(run.trace).explain(run.trace.names["y"].node)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_rule_is_set_as_a_book_would_set_it(name: str) -> None:
    program, forward, sent = WRITTEN[name]
    told = explained(program, name)

    assert told.source == "curated"
    assert forward is None or (told.forward is not None and told.forward.names == forward)
    assert {slot.argument: slot.sent.names for slot in told.slots if slot.sent is not None} == sent


def test_what_a_program_writes_over_in_place_is_told_in_a_sentence() -> None:
    with record() as run:
        x = torch.ones(3, requires_grad=True)
        y = x * 2
        y[0] = 5
        y.sum().backward()
    explainer = Explainer.of(run.trace)
    (node,) = (node for node in run.trace.nodes if node.name == "CopySlices")

    assert "in place" in explainer.explain(node.id).sentence


def test_parts_that_nobody_used_send_zeros() -> None:
    with record() as run:
        x = torch.ones(2, 3, requires_grad=True)
        _, y = x.unbind()
        y.sum().backward()
    explainer = Explainer.of(run.trace)
    (slot,) = explainer.explain(run.trace.names["y"].node).slots

    assert slot.sent is not None
    assert slot.sent.names == r"\left(0, \bar{y}\right)"


def test_the_sum_over_a_batch_is_written_down() -> None:
    with record() as run:
        x, weight = torch.randn(4, 3), torch.ones(3, requires_grad=True)
        y = functional.layer_norm(x, (3,), weight)
        y.sum().backward()
    (slot,) = Explainer.of(run.trace).explain(run.trace.names["y"].node).slots

    assert slot.sent is not None
    assert slot.sent.names == r"\sum_{\text{dim } 0} \hat{x} \odot \bar{y}"


def unbound() -> tuple[Trace, Node]:
    with record() as run:
        x = torch.ones(2, 3, requires_grad=True)
        y = x.unbind()[1]
        y.sum().backward()
    return run.trace, run.trace.node(run.trace.names["y"].node)


def test_a_gradient_that_never_came_counts_as_zero() -> None:
    trace, node = unbound()
    (came,) = (row.tensor for row in trace.passes[0].node_grads if row.node == node.id)
    applied = Application(trace, node, rule_of(node), {1: came})

    assert applied.sent("self").tolist() == [[0, 0, 0], [1, 1, 1]]


def test_a_gradient_that_was_not_seen_is_no_zero() -> None:
    trace, node = unbound()
    applied = Application(trace, node, rule_of(node), {0: None, 1: None})

    with pytest.raises(UnseenError):
        applied.sent("self")
