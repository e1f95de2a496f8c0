# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The sum of two matrices"
# tags = ["matrix", "element-wise", "seed gradient"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# A = "torch.ones_like(A)"
# B = "torch.ones_like(B)"
#
# [[tool.graphviz_utils.expect]]
# name = "C"
# value = [[11.0, 22.0, 33.0], [44.0, 55.0, 66.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "A.grad"
# value = [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "B.grad"
# value = [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
# ///
r"""
$C = A + B$ adds two matrices element by element: $C_{ij} = A_{ij} + B_{ij}$.

`C` is not a single number, so PyTorch asks where to begin: the **seed gradient** says how much each $C_{ij}$ matters.
Here all matter equally, a matrix of ones. As

$$\frac{\partial C_{ij}}{\partial A_{ij}} = \frac{\partial C_{ij}}{\partial B_{ij}} = 1,$$

addition multiplies by one: it hands the seed to both leaves unchanged. Follow it along both arrows, then try a seed of
your own.

Question: the seed is $1$ in the corner at the top left and $0$ elsewhere. What do both leaves receive, and what was
asked?

Answer: exactly this seed. The question was: how does $C_{11}$ alone change? It changes with $A_{11}$ and with $B_{11}$,
one to one, and with nothing else.
"""

import torch

# %% Two leaves
A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
B = torch.tensor([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]], requires_grad=True)

# %% Forward
C = A + B
C

# %% Backward, from a seed of ones
seed = torch.ones(2, 3)
C.backward(gradient=seed)
A.grad, B.grad

# %% Proof: A received the seed unchanged
torch.equal(A.grad, seed)

# %% Proof: so did B
torch.equal(B.grad, seed)
