# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A backward of one's own, right and wrong"
# tags = ["scalar", "custom backward", "chain rule"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# x = "6*x**2"
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = 12.0
#
# [[tool.graphviz_utils.expect]]
# name = "slope"
# value = 24.0
# tolerance = 1e-6
# ///
r"""
With `torch.autograd.Function` one writes both ways of a gate oneself. `Cube` computes $x^3$, and on the way back it
multiplies what arrives by its slope, $3x^2$. `Forgetful` computes the same and sends back $3x^2$, **without** what
arrived.

A test on the gate alone finds nothing, for there a $1$ arrives. Put a gate $2\times$ behind it, and the slip shows:
at $2$ the right answer for $2x^3$ is

$$\frac{d}{dx}\, 2x^3 = 2 \cdot 3x^2 = 24,$$

and the lower leaf, with the same value and the same formula, receives $12$. Nothing in PyTorch complains. A gradient
written by hand must be checked against one that nobody wrote: a central difference in double precision,

$$\frac{F(x + h) - F(x - h)}{2h},$$

takes the side of `Cube`. `torch.autograd.gradcheck` does this for every element.

Question: a backward returns $3x^2$ times what arrived, but for a forward that was changed to $x^3 + x$ last week. At
which $x$ does a test find nothing?

Answer: at none: the slope $3x^2 + 1$ differs everywhere. But relative to $3x^2$ the slip is small at large $x$, so a
test with a generous tolerance and $x = 100$ may pass. Check at several points, some of them small.
"""

import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2


class Forgetful(Cube):
    @staticmethod
    def backward(ctx, _grad):
        (x,) = ctx.saved_tensors
        return 3 * x**2


# %% Two leaves of the same value: x for the right one, w for the wrong one
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(2.0, requires_grad=True)

# %% Forward: both compute 2x³
right = 2 * Cube.apply(x)
wrong = 2 * Forgetful.apply(w)
y = right + wrong
right, wrong

# %% Backward
y.backward()
x.grad, w.grad

# %% The judge: a central difference in double precision
at, h = torch.tensor(2.0, dtype=torch.float64), 1e-4
slope = (2 * (at + h) ** 3 - 2 * (at - h) ** 3) / (2 * h)
slope

# %% Proof: the judge is for the right one
torch.isclose(x.grad.double(), slope, atol=1e-6)

# %% Proof: the wrong one is off by the factor that it forgot
2 * w.grad == x.grad
