"""Scenarios for tests, made of the text of their cells."""

from typing import Any

from graphviz_utils.model import Cell, Scenario

__all__ = ["POLYNOMIAL", "scenario"]


def scenario(*sources: str, **fields: Any) -> Scenario:
    """One cell per text, one after the other, the way a reader of files would hand them over."""
    cells, line = [], 1
    for number, source in enumerate(sources, start=1):
        cells.append(Cell(f"Cell {number}", source, line))
        line += source.count("\n") + 1
    return Scenario("\n".join(sources) + "\n", tuple(cells), **fields)


POLYNOMIAL = scenario(
    "import torch",
    "x = torch.tensor(2.0, requires_grad=True)\ny = 2*x**4 + x**3 + 3*x**2 + 5*x + 1\ny",
    "y.backward()\nx.grad",
    "x.grad == 8*x**3 + 3*x**2 + 6*x + 5",
    title="Polynomial",
    closed_forms={"x": "8*x**3 + 3*x**2 + 6*x + 5"},
)
"""dy/dx at 2 is 64 + 12 + 12 + 5 = 93."""
