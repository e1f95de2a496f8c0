# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The same steps through a mean"
# tags = ["matrix", "chain rule", "reduction"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*(3*x + 2)"
#
# [[tool.graphviz_utils.expect]]
# name = "out"
# value = 140.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [[10.0, 16.0, 22.0], [22.0, 16.0, 10.0]]
# tolerance = 1e-5
# ///
r"""
The steps $y = 3x + 2$ and $z = 2y^2$ again, but now their mean is one number:

$$out = \frac{1}{6} \sum_{i,j} z_{ij} = 140$$

One number needs no seed: backward begins with $1$.

It is tempting to say that the sum is "ignored" when one differentiates by a single element. It is not. Every element
is a term of it, and the mean's backward hands each of the six the same share, $\frac{1}{6}$ of the gradient that
reaches it. See the $0.1667$ in all six places. What follows is known already:

$$\frac{\partial\, out}{\partial x} = \frac{1}{6} \cdot 12\,(3x + 2) = 2\,(3x + 2)$$

Question: a sum stands in place of the mean. What does `x.grad` become?

Answer: six times as large, $12\,(3x + 2)$: the sum hands every element the whole gradient, $1$ in place of
$\frac{1}{6}$. That is the seed of ones of the scenario before.
"""

import torch

# %% A leaf of six numbers
x = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], requires_grad=True)

# %% Two steps
y = 3 * x + 2
z = 2 * y**2
z

# %% Down to one number
out = z.mean()
out

# %% Backward
out.backward()
x.grad

# %% Proof: a sixth of the gradient without the mean
torch.allclose(x.grad, 2 * (3 * x + 2))
