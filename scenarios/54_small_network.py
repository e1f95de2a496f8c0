# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A network learns to bend a line"
# tags = ["matrix", "layer", "optimiser", "loss"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# w = "2*x.T @ ((y - t) @ v.T*(x @ w > 0))"
# v = "2*torch.relu(x @ w).T @ (y - t)"
#
# [[tool.graphviz_utils.expect]]
# name = "losses"
# value = [5.625, 2.780914, 0.601383, 0.023805, 0.000033]
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "first"
# value = [[-3.75, 3.75]]
#
# [[tool.graphviz_utils.expect]]
# name = "w"
# value = [[1.0, -1.0]]
# tolerance = 1e-4
#
# [[tool.graphviz_utils.expect]]
# name = "v"
# value = [[1.0], [1.0]]
# tolerance = 1e-4
# ///
r"""
Four examples of $t = |x|$, at $x = -2, -1, 1, 2$. No line passes through them, but two neurons can: one for the right
side, one for the left.

$$y = v_1 \max(w_1 x, 0) + v_2 \max(w_2 x, 0)$$

It begins with $w = (\frac12, -\frac12)$ and $v = (\frac12, \frac12)$, so $y$ is only a quarter of $|x|$. The first
pass on paper: at $x = 1$ and $2$ the first neuron says $\frac12$ and $1$, the network $\frac14$ and $\frac12$, and
the errors are $-\frac34$ and $-\frac32$. The second neuron is silent there. So

$$\frac{\partial L}{\partial w_1} = \sum_{x > 0} 2\,(y - t)\,v_1\,x
= 2 \left(-\tfrac34\right) \tfrac12 \cdot 1 + 2 \left(-\tfrac32\right) \tfrac12 \cdot 2 = -3.75,$$

and the other three weights receive the same but for the sign. A step of a twentieth brings $w_1$ to $0.6875$. The
loss falls from pass to pass: $5.625$, $2.781$, $0.601$, $0.024$, and after that next to nothing. Choose the five
passes one after the other; the last picture is that of a network that knows its trade.

Question: all four weights begin at $0$. What happens?

Answer: nothing, for ever. `v` hears $0$, for the neurons are silent, and `w` hears $0$, for `v` is $0$. If both
neurons begin alike they stay alike, and two do the work of one. That is why one begins at random.
"""

import torch

# %% Four examples
x = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
t = x.abs()

# %% Two neurons, and how their answers are mixed
w = torch.tensor([[0.5, -0.5]], requires_grad=True)
v = torch.tensor([[0.5], [0.5]], requires_grad=True)
losses, slopes = [], []

# %% Five rounds: forward, backward, a step
for _ in range(5):
    w.grad = v.grad = None
    y = torch.relu(x @ w) @ v
    loss = torch.nn.functional.mse_loss(y, t, reduction="sum")
    loss.backward()
    losses.append(loss.item())
    slopes.append(w.grad.clone())
    with torch.no_grad():
        w -= w.grad / 20
        v -= v.grad / 20
losses

# %% Proof: the first pass, as on paper
first = slopes[0]
torch.equal(first, torch.tensor([[-3.75, 3.75]]))

# %% Proof: in the end it says |x|
torch.allclose(torch.relu(x @ w) @ v, t, atol=1e-4)
