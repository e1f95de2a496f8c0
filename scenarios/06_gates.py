# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Add shares out, times swaps, max routes"
# tags = ["scalar", "chain rule", "kink"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*y"
# y = "2*x"
# z = "2.0*(z > w)"
# w = "2.0*(w > z)"
#
# [[tool.graphviz_utils.expect]]
# name = "out"
# value = 20.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "y.grad"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "z.grad"
# value = 2.0
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = 0.0
# ///
r"""
Three gates, and what each does with the gradient that arrives from the right:

- $+$ **shares out**: both sides receive it, unchanged;
- $\times$ **swaps**: each side receives it times the *other* side's value;
- $\max$ **routes**: the larger side receives all of it, the other one nothing.

$$out = 2\,\bigl(x\,y + \max(z, w)\bigr) = 2\,(6 + 4) = 20$$

A gradient of $1$ enters on the right, the gate $2\times$ makes it $2$, and $+$ hands this $2$ to both of its sides.
From there `x` receives $2 \cdot 3$, `y` receives $2 \cdot 2$, `z` all of the $2$ and `w` nothing.

Question: you may raise one of the four leaves by $0.1$, and want `out` to grow as much as possible. Which one?

Answer: `x`, whose gradient $6$ is the largest: `out` grows by $0.6$. Raising `w` changes nothing at all, as long as
it stays below `z`.
"""

import torch

# %% Four leaves
x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
z = torch.tensor(4.0, requires_grad=True)
w = torch.tensor(1.0, requires_grad=True)

# %% Forward
out = 2 * (x * y + torch.maximum(z, w))
out

# %% Backward
out.backward()
x.grad, y.grad, z.grad, w.grad

# %% Proof: by hand
[x.grad, y.grad, z.grad, w.grad] == [2 * y, 2 * x, 2, 0]
