# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The matrix product"
# tags = ["matrix", "product rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# A = "torch.ones(2, 2) @ B.T"
# B = "A.T @ torch.ones(2, 2)"
#
# [[tool.graphviz_utils.expect]]
# name = "C"
# value = [[19.0, 22.0], [43.0, 50.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "A.grad"
# value = [[11.0, 15.0], [11.0, 15.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "B.grad"
# value = [[4.0, 4.0], [6.0, 6.0]]
# ///
r"""
$C = A B$, and a sum that weighs all four entries of $C$ alike, so that a matrix of ones, $G$, comes back to the
product. The gate $\times$ of numbers swaps its two sides. So does this one, and turns them over besides:

$$\frac{\partial}{\partial A} = G\,B^\top, \qquad \frac{\partial}{\partial B} = A^\top G$$

By hand: $A_{11}$ appears in $C_{11} = A_{11} B_{11} + \dots$ and in $C_{12} = A_{11} B_{12} + \dots$, so it receives
$B_{11} + B_{12} = 5 + 6 = 11$. With matrices that are not square the shapes alone remember the rule for you: only
$G B^\top$ comes out as large as $A$.

Question: both rows of `A.grad` are the same. Would that also be so if $C_{22}$ counted twice?

Answer: no. $G$ would be $\begin{pmatrix}1&1\\1&2\end{pmatrix}$, and the second row of $G B^\top$ becomes
$(5 + 2 \cdot 6,\; 7 + 2 \cdot 8) = (17, 23)$. A row of $A$ makes a row of $C$ and hears from that row only.
"""

import torch

# %% Two leaves
A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
B = torch.tensor([[5.0, 6.0], [7.0, 8.0]], requires_grad=True)

# %% Forward
C = A @ B
C

# %% Down to one number, and back
y = C.sum()
y.backward()
A.grad, B.grad

# %% Proof: A receives G Bᵀ
G = torch.ones(2, 2)
torch.equal(A.grad, G @ B.T)

# %% Proof: B receives Aᵀ G
torch.equal(B.grad, A.T @ G)
