# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Softmax by hand, and log_softmax"
# tags = ["vector", "loss", "numerics"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# z = "torch.softmax(z, 0) - torch.tensor([0.0, 1.0])"
#
# [[tool.graphviz_utils.expect]]
# name = "p"
# value = [0.25, 0.75]
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 0.2876821
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "z.grad"
# value = [0.25, -0.25]
# tolerance = 1e-6
# ///
r"""
Softmax turns scores into shares of a whole. With $z = (0, \ln 3)$ the exponentials are $(1, 3)$, their sum is $4$,
and the shares are round:

$$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} = \left(\tfrac14, \tfrac34\right)$$

The second class is the right one, and the loss is $-\ln p_1 = -\ln \frac34$, counting from $0$. Many gates later
something very simple comes back, shares minus truth:

$$\frac{\partial L}{\partial z} = p - (0, 1) = \left(\tfrac14, -\tfrac14\right)$$

See how `e` receives two gradients, one as the numerator and one as a part of the sum. The library's `log_softmax`
does all of this in one gate; the first backward pass of the run is its, and the proof compares the two.

Question: add $1000$ to both scores. The shares should stay the same. What do the two programs say?

Answer: by hand $e^{1000}$ is infinite, infinity through infinity is `nan`, and so is every gradient. `log_softmax`
takes off the largest score first, which changes no share, and gives the same as before but for a little rounding.
"""

import torch

# %% A leaf of two scores; the second one is ln 3
z = torch.tensor([0.0, 1.0986123], requires_grad=True)

# %% First as the library does it, in one gate
(by_library,) = torch.autograd.grad(-torch.log_softmax(z, 0)[1], z)
by_library

# %% Now by hand: exponentials, their sum, shares
e = torch.exp(z)
p = e / e.sum()
loss = -torch.log(p[1])
loss

# %% Backward
loss.backward()
z.grad

# %% Proof: shares minus truth
torch.allclose(z.grad, p - torch.tensor([0.0, 1.0]))

# %% Proof: the library agrees
torch.allclose(z.grad, by_library)
