# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Max pooling: the winner hears it all"
# tags = ["matrix", "layer", "kink", "seed gradient"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "torch.tensor([[0.0, 0, 0, 0], [1, 0, 0, 2], [0, 3, 4, 0], [0, 0, 0, 0]])"
#
# [[tool.graphviz_utils.expect]]
# name = "p"
# value = [[3.0, 4.0], [2.0, 5.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [[0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 2.0], [0.0, 3.0, 4.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
# ///
r"""
A picture of $4 \times 4$ pixels is cut into four windows of $2 \times 2$, and of each window only the largest pixel
is kept:

$$x = \begin{pmatrix}1&2&0&1\\ 3&1&1&4\\ 0&2&5&1\\ 1&1&2&2\end{pmatrix}, \qquad
p = \begin{pmatrix}3&4\\2&5\end{pmatrix}$$

The seed gives the four results the weights $1$, $2$, $3$ and $4$. Each window hands its weight to the **one** pixel
that won, at the place where it stood, and zeros to the other three. The gate has to remember who won. Compare `x` and
`x.grad`: sixteen pixels, and only four of them hear anything.

Pooling wants to be told of channels, so the picture gets one, and loses it again in the end. Those two gates only
write the same numbers in another shape.

Question: what would mean pooling do, and what if the windows overlap and one pixel wins in two of them?

Answer: the mean hands a quarter of the gradient to each of the four pixels in its window. A pixel that wins twice
receives both gradients, added up, as any value does that is used twice.
"""

import torch

# %% A picture
x = torch.tensor(
    [[1.0, 2.0, 0.0, 1.0], [3.0, 1.0, 1.0, 4.0], [0.0, 2.0, 5.0, 1.0], [1.0, 1.0, 2.0, 2.0]], requires_grad=True
)

# %% Forward: the largest of each window
p = torch.nn.functional.max_pool2d(x.unsqueeze(0), 2).squeeze(0)
p

# %% Backward, from a seed of four weights
seed = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
p.backward(gradient=seed)
x.grad

# %% Proof: each window's weight, where its winner stands
window = torch.ones(2, 2)
torch.equal(x.grad, torch.kron(seed, window) * (x == torch.kron(p, window)))
