"""A derivation of everything that SymPy sets up, or imports, when it is first asked for it."""

from dataclasses import replace

import torch

from graphviz_utils.model import BackwardPass, Limits, NodeGrad, Root, Snapshot, Trace
from graphviz_utils.running.child.derivation.proofs import with_closed_forms
from graphviz_utils.tracing import record
from graphviz_utils.tracing.snapshots import Camera

__all__ = ["rehearse"]

_LONG = 60.0


def rehearse() -> None:
    """Derive once. Nothing runs backward: what a backward pass would have left is made up."""
    with record(source="", filename="<rehearsal>") as run:
        x, y = torch.ones((), requires_grad=True), torch.zeros(2, requires_grad=True)
        smooth = torch.sigmoid(x) * torch.tanh(x) + torch.sin(x) * torch.exp(x) / (1 + torch.sqrt(x)) - torch.log(x + 1)
        bent = torch.relu(y) + 0.1 * y**2 + torch.abs(y + 1) * torch.erf(y) - x / (y + 3)
        (smooth + bent.sum()).reciprocal()
        run.bind({"x": x, "y": y})
    with_closed_forms(_with_a_pass(run.trace), None, Limits(derivation_seconds=_LONG))


def _with_a_pass(trace: Trace) -> Trace:
    """`trace` as if its last node had been differentiated, and every leaf had received ones."""
    sent = tuple(_received(node.id, node.outputs[0].shape) for node in trace.nodes if node.kind == "leaf")
    root = Root(trace.nodes[-1].id, 0, _ones(()))
    return replace(trace, passes=(BackwardPass("backward", None, trace.end, None, (root,), (), (), sent, (), ()),))


def _received(leaf: str, shape: tuple[int, ...]) -> NodeGrad:
    return NodeGrad(leaf, 0, _ones(shape), _ones(shape))


def _ones(shape: tuple[int, ...]) -> Snapshot | None:
    return Camera(1).snapshot(torch.ones(shape))
