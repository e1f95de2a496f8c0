# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Straight through a rounding"
# tags = ["vector", "custom backward", "cut"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*torch.round(x)"
#
# [[tool.graphviz_utils.expect]]
# name = "q"
# value = [1.0, 3.0]
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 10.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [2.0, 6.0]
# ///
r"""
Rounding is a staircase: flat nearly everywhere, so its slope is $0$, and no gradient gets through. Networks with
rounded weights are trained all the same, by a white lie:

$$q = x + \text{detach}\bigl(\text{round}(x) - x\bigr)$$

As a number this is $\text{round}(x)$: $(1.25, 2.75)$ becomes $(1, 3)$. To autograd the part in the brackets is a
constant that happens to be $(-0.25, 0.25)$, and so the slope of $q$ is taken to be $1$. The gradient of the loss
$\sum q^2$ passes as if there were no rounding: $2q = (2, 6)$.

See where the picture is cut, and that `x` has one way back that is not.

Question: the loss is $10$. One moves both numbers by a hundredth of the gradient against it. What is the loss now?

Answer: $10$, for $1.23$ and $2.69$ still round to $1$ and $3$. This gradient is no derivative but a **direction**: go
on in it, and after a while a number tips over to the next step of the stairs, and only then the loss falls.
"""

import torch

# %% A leaf
x = torch.tensor([1.25, 2.75], requires_grad=True)

# %% Forward: rounded in value, untouched in slope
q = x + (torch.round(x) - x).detach()
loss = (q**2).sum()
q

# %% Backward
loss.backward()
x.grad

# %% Proof: as if there were no rounding on the way
torch.equal(x.grad, 2 * q)

# %% Proof: the honest slope of the rounded loss is zero
h = 0.01
above, below = (torch.round(x + h) ** 2).sum(), (torch.round(x - h) ** 2).sum()
(above - below) / (2 * h) == 0
