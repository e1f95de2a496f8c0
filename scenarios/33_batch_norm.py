# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Batch norm: examples share a gate"
# tags = ["matrix", "layer", "reduction"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "gamma*(v - v.mean(0) - n*(v*n).mean(0))/spread"
# gamma = "(v*n).sum(0)"
# beta = "v.sum(0)"
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [[-1.0, 0.0], [-2.0, 0.0], [1.0, 0.0], [2.0, 0.0]]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "gamma.grad"
# value = [4.0, 16.0]
# tolerance = 1e-4
#
# [[tool.graphviz_utils.expect]]
# name = "beta.grad"
# value = [12.0, 16.0]
# tolerance = 1e-5
# ///
r"""
Batch norm does to each **column**, over all examples of a batch, what layer norm does to each row: mean off,
deviation to one. Then each column gets a scale $\gamma$ and a height $\beta$ that are learnt:

$$y = \gamma\, n + \beta, \qquad n = \frac{x - \text{mean}}{\text{deviation}}$$

Four examples with two features. The first column $(1, 5, 1, 5)$ has the mean $3$ and the deviation $2$; the second
one, $(0, 0, 2, 2)$, has $1$ and $1$. So the columns of $n$ are $(-1, 1, -1, 1)$ and $(-1, -1, 1, 1)$. With
$\gamma = (2, 1)$ the first column receives

$$\tfrac{2}{2} \bigl( v - \overline{v} - n\,\overline{v n} \bigr) = (1, 2, 3, 6) - 3 - n
= (-1, -2, 1, 2).$$

The second one receives **nothing**, although its $v = (0, 0, 8, 8)$ is anything but zero: all that $v$ wants is to
stretch this column around its mean, and batch norm undoes just that.

Question: a batch has two examples. What does batch norm send back to `x`?

Answer: zeros, always. Two different numbers become $-1$ and $1$ whatever they were, so moving them changes nothing. The
small `eps` that keeps the gate from dividing by zero lets a trace of a gradient through, and no more.
"""

import torch

# %% Four examples of two features, and what is to be learnt
x = torch.tensor([[1.0, 0.0], [5.0, 0.0], [1.0, 2.0], [5.0, 2.0]], requires_grad=True)
gamma = torch.tensor([2.0, 1.0], requires_grad=True)
beta = torch.tensor([0.0, 0.0], requires_grad=True)

# %% Forward
y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-12)
y

# %% Backward, from a seed
v = torch.tensor([[1.0, 0.0], [2.0, 0.0], [3.0, 8.0], [6.0, 8.0]])
y.backward(gradient=v)
x.grad, gamma.grad, beta.grad

# %% By hand: each column by itself
with torch.no_grad():
    spread = x.std(0, correction=0)
    n = (x - x.mean(0)) / spread
n

# %% Proof: mean off, and the part along n off, in each column
torch.allclose(x.grad, gamma * (v - v.mean(0) - n * (v * n).mean(0)) / spread, atol=1e-5)

# %% Proof: scale and height are used by all examples
torch.allclose(torch.stack([gamma.grad, beta.grad]), torch.stack([(v * n).sum(0), v.sum(0)]))
