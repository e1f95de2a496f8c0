# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Two layers by hand"
# tags = ["matrix", "layer", "loss"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# W = "torch.outer(2*(y - 4)*v*(a > 0), x)"
# v = "2*(y - 4)*h"
# x = "W.T @ (2*(y - 4)*v*(a > 0))"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "W.grad"
# value = [[8.0, 16.0], [0.0, 0.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = [12.0, 0.0]
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [8.0, 8.0]
# ///
r"""
A network with two inputs, two hidden neurons and one output, small enough for paper:

$$a = W x = \begin{pmatrix}1&1\\1&-1\end{pmatrix}\begin{pmatrix}1\\2\end{pmatrix}
= \begin{pmatrix}3\\-1\end{pmatrix}, \qquad h = \max(a, 0) = \begin{pmatrix}3\\0\end{pmatrix}$$

$$y = v \cdot h = 2 \cdot 3 + 5 \cdot 0 = 6$$

It should have said $4$, and so the loss is $(6 - 4)^2 = 4$. Back again, one gate at a time:

- the square: $2\,(y - 4) = 4$;
- the product with $v$: $v$ receives $4h = (12, 0)$ and $h$ receives $4v = (8, 20)$;
- relu: what was negative is shut, $(8, 0)$;
- the matrix product: $W$ receives the table $(8, 0)^\top (1, 2)$, and $x$ receives $W^\top (8, 0)^\top = (8, 8)$.

The second neuron was silent. It says nothing, and it learns nothing: the second row of `W.grad` is zero.

Question: the second neuron is silent for **every** example of the training set. What happens to it?

Answer: it stays silent for ever, as no gradient reaches its weights: a dead relu. That is why one draws the first
weights at random around zero, is careful with large steps, or uses a relu that leaks a little.
"""

import torch

# %% An input, two layers of weights
x = torch.tensor([1.0, 2.0], requires_grad=True)
W = torch.tensor([[1.0, 1.0], [1.0, -1.0]], requires_grad=True)
v = torch.tensor([2.0, 5.0], requires_grad=True)

# %% Forward
a = W @ x
h = torch.relu(a)
y = v @ h
loss = (y - 4) ** 2
loss

# %% Backward
loss.backward()
W.grad, v.grad, x.grad

# %% Proof: the outer layer
torch.equal(v.grad, 2 * (y - 4) * h)

# %% Proof: the inner layer, behind the relu
through = 2 * (y - 4) * v * (a > 0)
torch.equal(W.grad, torch.outer(through, x))
