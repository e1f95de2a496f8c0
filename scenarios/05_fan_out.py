# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Fan-out: gradients add up"
# tags = ["scalar", "fan-out", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "6*x + 3"
#
# [[tool.graphviz_utils.expect]]
# name = "s"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 18.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 15.0
# ///
r"""
A number that is used twice has two ways to matter, and its gradient is the sum of both. That happens twice here: the
intermediate result $s = 3x$ feeds a product and a sum, and the leaf $x = 2$ feeds $s$ and the product.

$$y = s\,x + s, \qquad s = 3x$$

Look at the two arrows that leave `s`: the product sends back $x = 2$, the sum sends $1$, and together $3$ goes on to
`x`, times $3$. The product also sends $s = 6$ straight to `x`. So $9 + 6 = 15$, which is what $y = 3x^2 + 3x$ gives:
$6x + 3$.

Question: the picture shows a gradient at `s` as well. What would the program get that asks for `s.grad`?

Answer: `None`, and a warning. PyTorch keeps `.grad` for leaves only; the $3$ at `s` was used on the way back and
forgotten. `s.retain_grad()` before the backward call would have kept it.
"""

import torch

# %% A leaf
x = torch.tensor(2.0, requires_grad=True)

# %% Forward: s is used twice, and so is x
s = 3 * x
y = s * x + s
y

# %% Backward
y.backward()
x.grad

# %% Proof: the derivative of 3x² + 3x
x.grad == 6 * x + 3
