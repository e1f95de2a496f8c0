# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A seed mixes the Jacobian's rows"
# tags = ["vector", "seed gradient", "chain rule"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# r = "seed[0]*torch.cos(theta) + seed[1]*torch.sin(theta)"
# theta = "-seed[0]*r*torch.sin(theta) + seed[1]*r*torch.cos(theta)"
#
# [[tool.graphviz_utils.expect]]
# name = "p"
# value = [4.0, 3.0]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "J"
# value = [[0.8, -3.0], [0.6, 4.0]]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "r.grad"
# value = 2.0
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "theta.grad"
# value = 5.0
# tolerance = 1e-5
# ///
r"""
A point is given by its distance $r = 5$ and its angle $\theta$, that of the triangle with the sides $3$, $4$ and $5$.
On paper with squares it lies at $p = (r \cos\theta,\; r \sin\theta) = (4, 3)$. Two results and two leaves make four
slopes, the **Jacobian**:

$$J = \begin{pmatrix} \cos\theta & -r \sin\theta \\ \sin\theta & r \cos\theta \end{pmatrix}
= \begin{pmatrix} 0.8 & -3 \\ 0.6 & 4 \end{pmatrix}$$

`backward` never builds this table. It multiplies it **from the left** by the seed: with the seed $(1, 2)$ once the
first row and twice the second one, $(0.8 + 2 \cdot 0.6,\; -3 + 2 \cdot 4) = (2, 5)$. The seeds $(1, 0)$ and $(0, 1)$
pick one row each; PyTorch's `jacobian` does just that, once for each result.

For one loss the table has a single row and the seed is $1$. That is why the way back is so cheap when one trains a
network: many leaves, one result.

Question: how large is the determinant of $J$, and what does it say?

Answer: $0.8 \cdot 4 + 3 \cdot 0.6 = 5 = r$. A small step of $r$ and a small turn of $\theta$ sweep a patch whose area
is $r$ times their product. Whoever integrates in polar coordinates has met it: $dA = r\,dr\,d\theta$.
"""

import torch


def point(r, theta):
    return torch.stack([r * torch.cos(theta), r * torch.sin(theta)])


# %% Distance and angle
r = torch.tensor(5.0, requires_grad=True)
theta = torch.tensor(0.6435011, requires_grad=True)

# %% The table, a row for each result
J = torch.stack(torch.autograd.functional.jacobian(point, (r, theta)), 1)
J

# %% Forward
p = point(r, theta)
p

# %% Backward, from a seed that mixes the rows
seed = torch.tensor([1.0, 2.0])
p.backward(gradient=seed)
r.grad, theta.grad

# %% Proof: the seed times the table
torch.allclose(torch.stack([r.grad, theta.grad]), seed @ J)

# %% Proof: the area of a patch
torch.isclose(torch.linalg.det(J), r)
