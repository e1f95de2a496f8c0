# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Kinks: which slope at the corner?"
# tags = ["vector", "kink", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "1.0*(x > 0) + 1.0*(x >= 0) + 0.5*((x > 0)*1.0 + (x >= 0)) + x.sign()"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 14.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [-1.0, 1.5, 4.0]
# ///
r"""
Four functions with a corner at $0$. Left and right of it they have a slope, at the corner itself mathematics offers a
whole interval, and PyTorch must pick one number of it:

| at $0$ | left | right | PyTorch's choice |
| --- | --- | --- | --- |
| `relu(x)` | 0 | 1 | 0 |
| `x.clamp(min=0)` | 0 | 1 | 1 |
| `maximum(x, 0)` | 0 | 1 | 0.5 |
| `x.abs()` | −1 | 1 | 0 |

The first three compute the same values, and yet send different gradients at $0$. Look at the middle element of the
four tensors that come back to `x`: $0 + 1 + 0.5 + 0 = 1.5$. The outer elements show no such quarrel.

Question: does it matter for training which slope is chosen at the corner?

Answer: hardly ever. A number that comes out of many additions is exactly $0$ only by accident. It does matter where
zeros are put on purpose: padding, masks, weights that begin at zero.
"""

import torch

# %% A leaf: left of the corner, on it, right of it
x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
zero = torch.tensor(0.0)

# %% Forward: four functions with a corner
r = torch.relu(x)
c = x.clamp(min=0)
m = torch.maximum(x, zero)
a = x.abs()
y = (r + c + m + a).sum()
y

# %% Backward
y.backward()
x.grad

# %% Proof: the choices, added up
torch.equal(x.grad, torch.tensor([-1.0, 0 + 1 + 0.5 + 0, 4.0]))
