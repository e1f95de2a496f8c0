# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Sum spreads, mean shares, max picks"
# tags = ["vector", "reduction", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "1 + 1/4 + 1.0*(x == x.max())"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 28.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [1.25, 1.25, 1.25, 2.25]
# ///
r"""
Three ways from four numbers to one, and three ways back:

- the **sum** sends $1$ to every element,
- the **mean** sends $\frac14$ to every element,
- the **maximum** sends $1$ to the largest element and $0$ to the others.

$$y = \underbrace{16}_{\text{sum}} + \underbrace{4}_{\text{mean}} + \underbrace{8}_{\text{max}} = 28$$

Three gradients of four elements each come back to `x`. Only the last element, $8$, was the largest one, and it alone
gets $1 + \frac14 + 1$.

Question: what would the maximum send if the two last elements were both $8$?

Answer: $\frac12$ to each of the two: `max` without a dimension shares evenly among equals. `x.max(dim=0)`, which also
tells *where* the largest element stands, picks one of them and sends it everything.
"""

import torch

# %% A leaf of four numbers
x = torch.tensor([1.0, 2.0, 5.0, 8.0], requires_grad=True)

# %% Forward: three reductions
total = x.sum()
mean = x.mean()
top = x.max()
y = total + mean + top
y

# %% Backward
y.backward()
x.grad

# %% Proof: 1 + 1/4 everywhere, and 1 more at the largest
torch.equal(x.grad, torch.tensor([1.25, 1.25, 1.25, 2.25]))
