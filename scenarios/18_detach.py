# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Cutting the graph: detach, no_grad"
# tags = ["scalar", "cut", "product rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*x + x + 2*x"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 36.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 15.0
# ///
r"""
Three products, each worth $9$ or $18$, and three different gradients:

- $x \cdot x$: both sides are the leaf, so $x + x = 6$ comes back;
- $x \cdot \text{detach}(x)$: the second side has the value $3$ and no past, so only $3$ comes back;
- $k \cdot x$, where $k = 2x$ was computed under `no_grad`: for autograd $k$ is the number $6$, so $6$ comes back.

The truth about $y = x^2 + x^2 + 2x^2$ would be $8x = 24$. Autograd says $6 + 3 + 6 = 15$, and is right about what it
was told: two of the paths were cut.

Find the places where the picture has no arrow back although a number went forward.

Question: when does one want such a cut?

Answer: whenever a number is to be used but not blamed: a target that the network itself computed, a running mean, the
loss that is written into a log, a step of an optimiser.
"""

import torch

# %% A leaf
x = torch.tensor(3.0, requires_grad=True)

# %% Forward: three products
whole = x * x
half = x * x.detach()
with torch.no_grad():
    k = 2 * x
y = whole + half + k * x
y

# %% Backward
y.backward()
x.grad

# %% Proof: 2x and x and k
x.grad == 2 * x + x + k
