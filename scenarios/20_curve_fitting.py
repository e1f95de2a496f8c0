# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Fitting a line by gradient descent"
# tags = ["vector", "optimiser", "loss"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# a = "2*(x*(a*x + b - y)).sum()"
# b = "2*(a*x + b - y).sum()"
#
# [[tool.graphviz_utils.expect]]
# name = "a"
# value = 1.75
#
# [[tool.graphviz_utils.expect]]
# name = "b"
# value = 0.875
#
# [[tool.graphviz_utils.expect]]
# name = "losses"
# value = [10.0, 2.5, 0.625]
# ///
r"""
The line $y = 2x + 1$ passes through the points $(-1, -1)$ and $(1, 3)$. Two leaves, the slope $a$ and the height $b$,
begin at $0$ and are to find it. The loss is the sum of the squared errors $e_i = a x_i + b - y_i$, and so

$$\frac{\partial L}{\partial a} = 2 \sum_i x_i e_i = 4\,(a - 2), \qquad
\frac{\partial L}{\partial b} = 2 \sum_i e_i = 4\,(b - 1).$$

With the learning rate $\frac18$ each step goes half of the way that is left: $a$ is $0$, $1$, $1.5$, $1.75$, and $b$
is half of it. The loss falls to a quarter each time. Choose the three backward passes one after the other and watch
both gradients shrink.

Question: with which learning rate does a single step find the line, and what happens with twice that rate?

Answer: with $\frac14$: the step is $-\frac14 \cdot 4\,(a - 2)$, all of the way. With $\frac12$ it goes twice the way,
ends as far off on the other side, and never arrives. Here one rate suits both leaves; with points that do not lie
evenly around $0$ the steeper direction sets the limit and the flatter one is slow.
"""

import torch

# %% Two points on the line 2x + 1
x = torch.tensor([-1.0, 1.0])
y = torch.tensor([-1.0, 3.0])

# %% Two leaves: slope and height
a = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
losses = []

# %% Three steps down
for _ in range(3):
    a.grad = b.grad = None
    error = a * x + b - y
    loss = (error**2).sum()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        a -= a.grad / 8
        b -= b.grad / 8
losses

# %% Proof: three times half of the way that was left
[a, b] == [2 - 2 * 0.5**3, 1 - 0.5**3]
