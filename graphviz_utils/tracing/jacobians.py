"""The local derivative of a node as a matrix, had from the node itself while its buffers are still there."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from graphviz_utils.model import Snapshot
from graphviz_utils.tracing.entries import NodeEntry
from graphviz_utils.tracing.schemas import is_pointwise
from graphviz_utils.tracing.snapshots import Camera, unseen

__all__ = ["MOST_ELEMENTS", "Differentiator"]

MOST_ELEMENTS = 64
"""Of a tensor on either side of a Jacobian."""

_MOST_DIMENSIONS = 64
"""Of any snapshot, and so of both sides together."""

_PAID_ELEMENTS = 1024
"""What a node computes for one question; one that answers for large weights, too, is as dear as several."""


class Differentiator:
    """Asks nodes for their local derivatives, by at most `questions` calls with unit seeds in all.

    A node's backward is linear in the gradient it receives, so what it answers to a one at element i and zeros
    elsewhere is row i of its Jacobian. Calling the node itself runs no hook and no other node.
    """

    def __init__(self, questions: int, camera: Camera) -> None:
        self._questions = questions
        self._camera = camera

    def jacobians(
        self, node: NodeEntry, received: torch.Tensor, sent: Sequence[torch.Tensor | None]
    ) -> Iterator[tuple[int, Snapshot]]:
        """By slot: the derivative of the node's output by that input, shaped (*output, *input).

        Nothing for nodes that run a program's own code (a custom Function, hooks of saved tensors), for complex numbers
        and large tensors, where a node refuses, and where an infinite slope makes NaN of the zeros in a seed, so that
        nobody can tell whose it is. A node always answers for all of its inputs, large ones included.
        """
        room = _MOST_DIMENSIONS - received.dim()
        slots = [slot for slot, grad in enumerate(sent) if grad is not None and _is_small(grad) and grad.dim() <= room]
        answered = sum(grad.numel() for grad in sent if grad is not None)
        price = received.numel() * (1 + answered // _PAID_ELEMENTS)
        can_answer = len(node.outputs) == 1 and node.is_readable and price <= self._questions
        if not slots or not can_answer or not _is_small(received):
            return
        self._questions -= price
        with unseen():
            answers = [_answer(node.fn, seed) for seed in _units(received)]
            for slot in slots:
                grad, rows = sent[slot], [answer[slot] for answer in answers]
                if grad is not None and all(isinstance(row, torch.Tensor) for row in rows):
                    found = _told_apart(torch.stack([_fitted(row, grad) for row in rows]), node, received, grad)
                    matrix = None if found is None else found.reshape((*received.shape, *grad.shape))
                    snapshot = self._camera.snapshot(matrix, kept=MOST_ELEMENTS**2)
                    if snapshot is not None:
                        yield slot, snapshot


def _is_small(tensor: torch.Tensor) -> bool:
    return 0 < tensor.numel() <= MOST_ELEMENTS and tensor.is_floating_point()


def _units(received: torch.Tensor) -> Iterator[torch.Tensor]:
    """A one at each element in turn, zeros elsewhere."""
    for element in range(received.numel()):
        unit = torch.zeros(received.shape, dtype=received.dtype, device=received.device)
        unit.view(-1)[element] = 1
        yield unit


def _answer(fn: Any, seed: torch.Tensor) -> Sequence[torch.Tensor | None]:
    answer = fn(seed)
    return answer if isinstance(answer, tuple) else (answer,)


def _fitted(row: Any, grad: torch.Tensor) -> torch.Tensor:
    """An answer as the engine sends it on: without broadcast dimensions, and in the dtype of the input."""
    dense: torch.Tensor = row.to_dense() if row.is_sparse else row
    return (dense.real if dense.is_complex() else dense).sum_to_size(grad.shape).to(grad.dtype)


def _told_apart(rows: torch.Tensor, node: NodeEntry, received: torch.Tensor, grad: torch.Tensor) -> torch.Tensor | None:
    """`rows` without what an infinite or missing slope made of the zeros in a seed (0 · inf is NaN).

    Of an operator that takes elements one by one it is known where zeros belong; elsewhere nothing is told.
    """
    if received.numel() == 1 or not rows.isnan().any():
        return rows
    is_alone = is_pointwise(node.operator or "") and node.name != "CopySlices"
    if not is_alone or grad.numel() != received.numel():
        return None
    own = torch.eye(received.numel(), dtype=torch.bool, device=rows.device).reshape(rows.shape)
    return torch.where(own, rows, 0)
