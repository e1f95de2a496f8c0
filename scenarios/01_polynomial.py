# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A polynomial of one number"
# tags = ["scalar", "fan-out", "power rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "8*x**3 + 3*x**2 + 6*x + 5"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 63.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 93.0
# ///
r"""
Four terms of $y = 2x^4 + x^3 + 3x^2 + 5x + 1$ use the same leaf $x = 2$, so four arrows leave it.

Going back, each term sends its own derivative along its arrow: $8x^3 = 64$, $3x^2 = 12$, $6x = 12$ and $5$. The
constant $1$ sends nothing. A leaf **adds up** whatever arrives:

$$\frac{dy}{dx} = 64 + 12 + 12 + 5 = 93$$

Find the four gradients that come back along the arrows out of `x`, then look at their sum in `x.grad`.

Question: the constant is changed from $1$ to $1000$. What else changes in the picture?

Answer: only the value of `y`, which becomes $1062$. Every gradient stays: a constant moves the curve up, and leaves its
slope alone.
"""

import torch

# %% A leaf that wants a gradient
x = torch.tensor(2.0, requires_grad=True)
x

# %% Forward
y = 2 * x**4 + x**3 + 3 * x**2 + 5 * x + 1
y

# %% Backward
y.backward()
x.grad

# %% Proof: the derivative by hand
x.grad == 8 * x**3 + 3 * x**2 + 6 * x + 5
