# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The Hessian times a vector"
# tags = ["scalar", "second order", "product rule"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# u = "2*a*b"
# v = "a**2"
#
# [[tool.graphviz_utils.expect]]
# name = "ga"
# value = 12.0
#
# [[tool.graphviz_utils.expect]]
# name = "gb"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "a.grad"
# value = 14.0
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "u.grad"
# value = 12.0
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = 4.0
# ///
r"""
The Hessian is the table of all second derivatives. For $f = a^2 b$ at $a = 2$, $b = 3$:

$$\nabla f = \begin{pmatrix} 2ab \\ a^2 \end{pmatrix} = \begin{pmatrix} 12 \\ 4 \end{pmatrix}, \qquad
H = \begin{pmatrix} 2b & 2a \\ 2a & 0 \end{pmatrix} = \begin{pmatrix} 6 & 4 \\ 4 & 0 \end{pmatrix}$$

A network with a million weights has a table of a million millions, which nobody can store. But $H$ **times** one
direction costs hardly more than a gradient: weigh the gradient by the direction, here $(u, v) = (1, 2)$, and
differentiate the result,

$$\nabla\,(u\, g_a + v\, g_b) = H \begin{pmatrix} u \\ v \end{pmatrix}
= \begin{pmatrix} 6 \cdot 1 + 4 \cdot 2 \\ 4 \cdot 1 \end{pmatrix} = \begin{pmatrix} 14 \\ 4 \end{pmatrix}.$$

The picture is that of the second pass: its gates are what the first pass did.

Question: how does one get the whole table, and what does it cost for a million weights?

Answer: with the directions $(1, 0)$ and $(0, 1)$, one column each. With a million weights that takes a million
backward passes, and the room for the table besides.
"""

import torch

# %% A point, and a direction
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
u = torch.tensor(1.0, requires_grad=True)
v = torch.tensor(2.0, requires_grad=True)

# %% Forward
f = a**2 * b
f

# %% The gradient, with a graph of its own
ga, gb = torch.autograd.grad(f, (a, b), create_graph=True)
ga, gb

# %% The gradient weighed by the direction, differentiated once more
along = u * ga + v * gb
along.backward()
a.grad, b.grad

# %% Proof: the table times the direction
[a.grad, b.grad] == [2 * b * u + 2 * a * v, 2 * a * u]
