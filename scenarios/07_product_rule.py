# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The product rule"
# tags = ["scalar", "product rule", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*x*(3*x + 1) + x**2*3"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 28.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 40.0
# ///
r"""
Two factors depend on the same $x = 2$: $u = x^2 = 4$ and $v = 3x + 1 = 7$. The product rule says

$$(u\,v)' = u'\,v + u\,v' = 4 \cdot 7 + 4 \cdot 3 = 28 + 12 = 40.$$

Nobody told PyTorch this rule. The gate $\times$ swaps its two values, $v = 7$ goes back towards `u` and $u = 4$
towards `v`; each branch multiplies by its own slope, and `x` adds up. The two terms of the rule are the two arrows
that leave `x`.

Question: how many terms has the rule for a product of three factors, $u\,v\,w$, and how many arrows would leave `x`?

Answer: three of both: $u'vw + uv'w + uvw'$. Each factor is one path from `x` to `y`, and along each path exactly one
factor is differentiated while the others stand by as values.
"""

import torch

# %% A leaf
x = torch.tensor(2.0, requires_grad=True)

# %% Forward: two factors and their product
u = x**2
v = 3 * x + 1
y = u * v
y

# %% Backward
y.backward()
x.grad

# %% Proof: u'v + uv'
x.grad == 2 * x * v + u * 3
