# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Momentum rolls on"
# tags = ["scalar", "optimiser"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# w = "2*w"
#
# [[tool.graphviz_utils.expect]]
# name = "w"
# value = -2.0
#
# [[tool.graphviz_utils.expect]]
# name = "path"
# value = [8.0, 4.0, 0.0, -2.0]
#
# [[tool.graphviz_utils.expect]]
# name = "velocity"
# value = 8.0
# ///
r"""
A ball in the bowl $L = w^2$. Plain descent would look at the slope and forget it at once. With momentum the ball has
a velocity, which keeps half of itself and adds the slope:

$$v \leftarrow \tfrac12 v + 2w, \qquad w \leftarrow w - \tfrac14 v$$

| step | slope | velocity | $w$ |
| --- | --- | --- | --- |
| begin | | 0 | 8 |
| 1 | 16 | 16 | 4 |
| 2 | 8 | 16 | 0 |
| 3 | 0 | 8 | −2 |

After two steps the ball lies at the very bottom, where the slope is $0$. Plain descent would stay. The ball rolls on:
it still has half of its velocity. The pictures of the three backward passes show only slopes; the velocity is the
optimiser's own business and no part of the graph.

Question: where is the ball after the fourth step?

Answer: the slope at $-2$ is $-4$, so $v = \frac12 \cdot 8 - 4 = 0$, and the ball stays at $-2$ for a moment. After
that the slope pulls it back to the middle.
"""

import torch

# %% A ball at 8, at rest
w = torch.tensor(8.0, requires_grad=True)
velocity = torch.tensor(0.0)
path = [w.item()]

# %% Three steps
for _ in range(3):
    w.grad = None
    loss = w**2
    loss.backward()
    with torch.no_grad():
        velocity = velocity / 2 + w.grad
        w -= velocity / 4
    path.append(w.item())
path

# %% Proof: past the bottom
w == -2

# %% Proof: PyTorch's optimiser takes the same way
ball = torch.tensor([8.0], requires_grad=True)
optimiser = torch.optim.SGD([ball], lr=1 / 4, momentum=1 / 2)
for _ in range(3):
    ball.grad = 2 * ball.detach()
    optimiser.step()
ball == w
