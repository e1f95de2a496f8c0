# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Layer norm by hand"
# tags = ["vector", "layer", "reduction"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "(v - v.mean() - n*(v*n).mean())/2"
# v = "n"
#
# [[tool.graphviz_utils.expect]]
# name = "n"
# value = [-1.0, 1.0, -1.0, 1.0]
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [-0.5, -1.0, 0.5, 1.0]
# ///
r"""
Layer norm shifts the numbers of one example to the mean $0$ and stretches them to the spread $1$. For
$x = (1, 5, 1, 5)$ the mean is $3$ and the standard deviation $2$, so

$$n = \frac{x - 3}{2} = (-1, 1, -1, 1).$$

The weights $v = (1, 2, 3, 6)$ make one number of it, and so $v$ is what comes back to $n$. The way on to $x$ has
three arms, since $x$ also moved the mean and the deviation. Together they do to the gradient nearly what the forward
way did to the numbers:

$$\frac{\partial y}{\partial x} = \frac12 \bigl( v - \overline{v} - n\,\overline{v n} \bigr)
= \tfrac12 \bigl( (1, 2, 3, 6) - 3 - n \cdot 1 \bigr) = (-\tfrac12, -1, \tfrac12, 1)$$

Question: add up `x.grad`. Why must it be $0$, whatever $v$ is?

Answer: the sum says what happens when all of $x$ is raised by the same amount. Nothing does: the mean rises as much
and is taken off. In the same way stretching $x$ around its mean changes nothing, and so `x.grad` and `n` have no part
in common: $\frac12 - 1 - \frac12 + 1 = 0$.
"""

import torch

# %% One example of four numbers, and weights that make one number of it
x = torch.tensor([1.0, 5.0, 1.0, 5.0], requires_grad=True)
v = torch.tensor([1.0, 2.0, 3.0, 6.0], requires_grad=True)

# %% Forward: mean off, deviation to one
n = (x - x.mean()) / x.std(correction=0)
y = n @ v
y

# %% Backward
y.backward()
x.grad

# %% Proof: mean off, and the part along n off
torch.equal(x.grad, (v - v.mean() - n * (v * n).mean()) / 2)

# %% Proof: PyTorch's gate does the same, but for a tiny eps
torch.allclose(n, torch.nn.functional.layer_norm(x, [4]), atol=1e-5)
