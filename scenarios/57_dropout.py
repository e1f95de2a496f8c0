# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Dropout: silenced by chance"
# tags = ["vector", "layer", "element-wise"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*keep*v"
# v = "2*keep*x"
#
# [[tool.graphviz_utils.expect]]
# name = "keep"
# value = [0.0, 1.0, 1.0, 0.0]
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [0.0, 6.0, 4.0, 0.0]
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = [0.0, 4.0, 6.0, 0.0]
#
# [[tool.graphviz_utils.expect]]
# name = "over_all"
# value = 20.0
# ///
r"""
During training each neuron is silenced with the probability $\frac12$, so that none can rely on another one. For
$x = (1, 2, 3, 4)$ a coin is thrown four times; with the seed $1$ it says: keep the second and the third. What is kept
counts **double**, and so $h = (0, 4, 6, 0)$ goes on and is weighed by $v = (4, 3, 2, 1)$:

$$y = 4 \cdot 3 + 6 \cdot 2 = 24$$

The mask is a constant, so the way back is that of any product: `x` receives the mask times $v$, doubled,
$(0, 6, 4, 0)$. Who was silent has no part in the result and learns nothing, and neither do the weights that wait
behind it: `v.grad` $= (0, 4, 6, 0)$.

The doubling keeps the balance. Without dropout the result is $4 + 6 + 6 + 4 = 20$; the program tries all sixteen
masks that the coin could have thrown, and their mean is $20$, too.

Question: why does a program that is to repeat a run need a seed, and why must the same mask be used on both ways?

Answer: without a seed every run throws other coins, and its numbers cannot be compared. And a mask thrown anew on the
way back would send gradients to neurons that said nothing, and none to those that spoke: it would be the gradient of
another network.
"""

import torch

# %% Four neurons, and the weights behind them
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
v = torch.tensor([4.0, 3.0, 2.0, 1.0], requires_grad=True)

# %% Four coins
torch.manual_seed(1)
keep = (torch.rand(4) < 0.5).float()
keep

# %% Forward: silence some, and double the others
h = x * (2 * keep)
y = h @ v
y

# %% Backward
y.backward()
x.grad, v.grad

# %% All sixteen masks
with torch.no_grad():
    masks = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)
    over_all = (x * (2 * masks) @ v).mean()
over_all

# %% Proof: who was silenced hears nothing
torch.equal(x.grad, 2 * keep * v)

# %% Proof: in the mean nothing has changed
over_all == x @ v
