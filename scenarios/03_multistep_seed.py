# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Several steps and a seed gradient"
# tags = ["matrix", "chain rule", "seed gradient"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "12*(3*x + 2)"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = [[5.0, 8.0, 11.0], [11.0, 8.0, 5.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "z"
# value = [[50.0, 128.0, 242.0], [242.0, 128.0, 50.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [[60.0, 96.0, 132.0], [132.0, 96.0, 60.0]]
# ///
r"""
Two steps, element by element: $y = 3x + 2$, then $z = 2y^2$. The chain rule multiplies their slopes on the way back:

$$\frac{\partial z}{\partial x} = \frac{\partial z}{\partial y} \cdot \frac{\partial y}{\partial x}
= 4y \cdot 3 = 12\,(3x + 2)$$

`z` is a matrix, so `backward` needs a seed gradient; ones give every element's own derivative. Take the third one,
$x = 3$: $y = 11$, the square sends back $4 \cdot 11 = 44$, and $44 \cdot 3 = 132$.

A lecture note that is often copied prints 136 there. It looks plausible, and who recomputes six numbers while reading?
The last cell does: it holds PyTorch's gradient against the formula, all six entries at once, and no slip gets through.

Question: which seed gives the derivative of the second element of `z` alone, and what is `x.grad` then?

Answer: $1$ in the second place and $0$ elsewhere. `x.grad` is $12\,(3 \cdot 2 + 2) = 96$ there, and $0$ elsewhere.
"""

import torch

# %% A leaf of six numbers
x = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], requires_grad=True)

# %% First step
y = 3 * x + 2
y

# %% Second step
z = 2 * y**2
z

# %% Backward, from a seed of ones
z.backward(gradient=torch.ones_like(x))
x.grad

# %% Proof: the chain rule by hand
torch.equal(x.grad, 12 * (3 * x + 2))
