# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Attention for two tokens"
# tags = ["matrix", "layer", "product rule"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# q = "ds @ k"
# k = "ds.T @ q"
# v = "p.T @ torch.ones(2, 1)"
#
# [[tool.graphviz_utils.expect]]
# name = "p"
# value = [[0.5, 0.5], [0.75, 0.25]]
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "out"
# value = [[6.0], [5.0]]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "q.grad"
# value = [[-1.0], [-0.75]]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = [[1.25], [0.75]]
# tolerance = 1e-6
# ///
r"""
Two tokens, and one number each for query, key and value. Every query is multiplied with every key; softmax turns each
row of these scores into shares; each token receives the values in these shares.

$$s = q\,k^\top = \begin{pmatrix}0&0\\ \ln 3&0\end{pmatrix}, \qquad
p = \begin{pmatrix}\frac12&\frac12\\[2pt] \frac34&\frac14\end{pmatrix}$$

$$out = p\,v = \begin{pmatrix}\frac12 4 + \frac12 8\\[2pt] \frac34 4 + \frac14 8\end{pmatrix}
= \begin{pmatrix}6\\5\end{pmatrix}$$

Back again, with ones from both outputs. The **values** receive the shares in which they were used, column by column:
$\frac12 + \frac34$ and $\frac12 + \frac14$. The **shares** receive the values, $(4, 8)$ in each row. Softmax lets
through only what differs from the row's own result, times the share: the first row becomes $\frac12 (4 - 6) = -1$ and
$\frac12 (8 - 6) = 1$, the second $\frac34 (4 - 5)$ and $\frac14 (8 - 5)$. **Query** and **key** swap, as in any
product.

Question: both values are equal, say $4$. What do the queries and the keys receive?

Answer: nothing. Where all tokens say the same it does not matter whom one listens to: $4 - 4 = 0$ in every place.
"""

import torch

# %% Query, key and value of two tokens; the second query is ln 3
q = torch.tensor([[0.0], [1.0986123]], requires_grad=True)
k = torch.tensor([[1.0], [0.0]], requires_grad=True)
v = torch.tensor([[4.0], [8.0]], requires_grad=True)

# %% Forward
p = torch.softmax(q @ k.T, 1)
out = p @ v
total = out.sum()
out

# %% Backward
total.backward()
q.grad, k.grad, v.grad

# %% By hand: what softmax sends to the scores
with torch.no_grad():
    ds = p * (v.T - out)
ds

# %% Proof: query and key swap
torch.allclose(torch.stack([q.grad, k.grad]), torch.stack([ds @ k, ds.T @ q]))

# %% Proof: values receive their shares
torch.allclose(v.grad, p.sum(0).reshape(2, 1))

# %% Proof: PyTorch's own gate gives the same result
torch.allclose(out, torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0])
