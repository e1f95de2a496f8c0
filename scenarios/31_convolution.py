# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Convolution in one dimension"
# tags = ["vector", "layer", "fan-out"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "torch.stack([k[0], k.sum(), k.sum(), k[1]])"
# k = "torch.stack([x[:3].sum(), x[1:].sum()])"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = [5.0, 8.0, 11.0]
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [1.0, 3.0, 3.0, 2.0]
#
# [[tool.graphviz_utils.expect]]
# name = "k.grad"
# value = [6.0, 9.0]
# ///
r"""
A kernel of two numbers, $k = (1, 2)$, slides along $x = (1, 2, 3, 4)$:

$$y_i = k_0\, x_i + k_1\, x_{i+1} = (1 + 4,\; 2 + 6,\; 3 + 8) = (5, 8, 11)$$

`unfold` lays out the three windows, one below the other, and a matrix product does the rest. Two kinds of sharing
meet here. Each **weight** is used in all three windows, so it receives the sum of what it met: $k_0$ gets
$1 + 2 + 3 = 6$, and $k_1$ gets $2 + 3 + 4 = 9$. Each **input** stands in one or two windows: the inner ones met both
weights and receive $1 + 2 = 3$, the first one met $k_0$ only, the last one $k_1$ only.

PyTorch's own `conv1d` does the same in one gate, for many examples and channels at once.

Question: all three results count alike here. Now only the middle one does, $y_1$. What do `x` and `k` receive?

Answer: `x` receives the kernel where it stood, $(0, 1, 2, 0)$, and `k` receives what it saw there, $(2, 3)$.
"""

import torch

# %% A row of numbers and a kernel
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
k = torch.tensor([1.0, 2.0], requires_grad=True)

# %% Forward: windows of two numbers, one step apart
windows = x.unfold(0, 2, 1)
y = windows @ k
total = y.sum()
y

# %% Backward
total.backward()
x.grad, k.grad

# %% Proof: a weight receives what it met
torch.equal(k.grad, torch.stack([x[:3].sum(), x[1:].sum()]))

# %% Proof: an input receives the weights that met it
torch.equal(x.grad, torch.stack([k[0], k.sum(), k.sum(), k[1]]))

# %% Proof: PyTorch's own gate
torch.equal(y, torch.nn.functional.conv1d(x.view(1, 1, 4), k.view(1, 1, 2)).view(3))
