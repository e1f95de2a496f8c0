# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A layer for a batch: shapes tell"
# tags = ["matrix", "layer", "broadcasting", "seed gradient"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# X = "G @ W.T"
# W = "X.T @ G"
# b = "G.sum(0)"
#
# [[tool.graphviz_utils.expect]]
# name = "Y"
# value = [[1.0], [3.0], [5.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "X.grad"
# value = [[2.0, -1.0], [4.0, -2.0], [-2.0, 1.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "W.grad"
# value = [[2.0], [4.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = [2.0]
# ///
r"""
A layer sees a batch of three examples with two features each, and gives one number for each: $Y = X W + b$, where $X$
is $3 \times 2$, $W$ is $2 \times 1$ and $b$ a single number. What comes back has the shape of $Y$, a column
$G = (1, 2, -1)^\top$.

Whoever has forgotten the rule can find it by the **shapes** alone. A gradient has the shape of its leaf, and it is
made of $G$ and the other factor:

- `W` is $2 \times 1$. Of $X$ ($3 \times 2$) and $G$ ($3 \times 1$) only $X^\top G$ comes out like that;
- `X` is $3 \times 2$. Of $G$ ($3 \times 1$) and $W$ ($2 \times 1$) only $G\,W^\top$ does;
- `b` is one number for three rows, so the rows of $G$ are added up: $1 + 2 - 1 = 2$.

Check two numbers: the first weight met $1$, $3$ and $5$, so it receives $1 \cdot 1 + 2 \cdot 3 - 1 \cdot 5 = 2$. The
second example was weighed by $(2, -1)$ and receives $2 \cdot (2, -1) = (4, -2)$.

Question: each of the three examples would have its own gradient for $W$. What are they, and how do they become one?

Answer: each is the example times what came back for it: $1 \cdot (1, 2)$, $2 \cdot (3, 4)$ and $-1 \cdot (5, 6)$. The
matrix product $X^\top G$ adds them up: $(2, 4)$. A batch saves the trouble of keeping them apart.
"""

import torch

# %% Three examples, two weights, a bias
X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
W = torch.tensor([[2.0], [-1.0]], requires_grad=True)
b = torch.tensor([1.0], requires_grad=True)

# %% Forward
Y = X @ W + b
Y

# %% Backward, from a seed of our own
G = torch.tensor([[1.0], [2.0], [-1.0]])
Y.backward(gradient=G)
X.grad, W.grad, b.grad

# %% Proof: the only product of W's shape
torch.equal(W.grad, X.T @ G)

# %% Proof: the only product of X's shape
torch.equal(X.grad, G @ W.T)

# %% Proof: the layer of the library, which keeps its weights turned over
torch.equal(Y, torch.nn.functional.linear(X, W.T, b))
