"""The programs that are measured, named once."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

__all__ = ["Training", "chain", "transformer", "unrolled_cell"]


@dataclass(frozen=True, slots=True)
class Training:
    """A model, what it is fed, and one forward and backward with fresh gradients."""

    model: nn.Module
    batch: Tensor

    def step(self) -> None:
        """Forward, mean of squares, backward."""
        self.model.zero_grad()
        self.loss().backward()

    def loss(self) -> Tensor:
        """The mean of the squared outputs."""
        output: Tensor = self.model(self.batch)
        return output.pow(2).mean()


def transformer(layers: int, width: int, batch: int = 8, length: int = 64) -> Training:
    """A TransformerEncoder with 8 heads, feed-forward of 4 times the width, no dropout, fed (batch, length, width)."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(width, 8, 4 * width, dropout=0.0, batch_first=True)
    return Training(nn.TransformerEncoder(layer, layers, enable_nested_tensor=False), torch.randn(batch, length, width))


def chain(operations: int) -> Tensor:
    """A scalar that went through `operations` multiplications and additions, one after the other."""
    x = torch.tensor(1.0, requires_grad=True)
    for _ in range(operations // 2):
        x = x * 1.0001
        x = x + 0.001
    return x


class _RunningLoss(nn.Module):
    """An LSTMCell fed `steps` rows; the loss adds up over all of them."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(8, 16)
        self.steps = steps

    def forward(self, rows: Tensor) -> Tensor:
        state = (torch.zeros(4, 16), torch.zeros(4, 16))
        loss = torch.zeros(())
        for step in range(self.steps):
            state = self.cell(rows[step], state)
            loss = loss + state[0].pow(2).mean()
        return loss


def unrolled_cell(steps: int) -> tuple[nn.Module, Tensor, Callable[[], Tensor]]:
    """The model, its input of shape (steps, 4, 8), and the call that gives its running loss."""
    torch.manual_seed(0)
    model, rows = _RunningLoss(steps), torch.randn(steps, 4, 8)
    return model, rows, lambda: model(rows)
