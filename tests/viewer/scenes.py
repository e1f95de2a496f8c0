"""Small runs as the viewer is told of them."""

from functools import cache
from pathlib import Path

from graphviz_utils.running import run
from graphviz_utils.scenario import load_scenario, read_scenario
from graphviz_utils.viewer import Scene, scene

__all__ = ["HOSTILE", "LARGE", "LONG", "MATRICES", "TWICE", "polynomial", "scene_of_program"]

ROOT = Path(__file__).parents[2]

TWICE = """import torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
y.backward(torch.tensor(100.0))
"""
MATRICES = """import torch
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([5.0, 6.0])
loss = (A @ v).sum()
loss.backward()
"""
LARGE = """import torch
W = torch.linspace(-1.0, 2.0, 600).reshape(20, 30).requires_grad_()
loss = W.sum()
loss.backward()
"""
LONG = """import torch
x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(40):
    y = y.sin()
y.backward()
"""
HOSTILE = """import torch
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
F.__name__ = '<img src=x onerror=alert(1)>'
x = torch.tensor(float('nan'), requires_grad=True)
globals()['</script><b onclick=alert(1)>'] = y = F.apply(x)
y.backward()
"""


@cache
def scene_of_program(source: str) -> Scene:
    """What the viewer is told of a program."""
    outcome = run(read_scenario(source, "program.py"))
    assert outcome.trace is not None, outcome.message
    return scene(outcome.trace)


@cache
def polynomial() -> Scene:
    """The first scenario: y = 2x⁴ + x³ + 3x² + 5x + 1 at x = 2, where y = 63 and dy/dx = 64 + 12 + 12 + 5."""
    outcome = run(load_scenario(ROOT / "scenarios" / "01_polynomial.py"))
    assert outcome.trace is not None, outcome.message
    return scene(outcome.trace)
