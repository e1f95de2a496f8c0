# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A residual connection saves it"
# tags = ["scalar", "gradient flow", "fan-out"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "(1 + torch.sigmoid(x)*(1 - torch.sigmoid(x)))**2"
# deep = "(1 + torch.sigmoid(deep)*(1 - torch.sigmoid(deep)))**20"
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 1.5625
#
# [[tool.graphviz_utils.expect]]
# name = "deep.grad"
# value = 86.73617379884035
# tolerance = 1e-4
# ///
r"""
The same tower of sigmoids, with one change: each floor **adds** to what came in, and does not replace it.

$$h \leftarrow h + \left(\sigma(h) - \tfrac12\right)$$

Now two ways lead through each floor. One through the sigmoid, with the slope $\frac14$, and one past it, with the
slope $1$. Their gradients add up to $\frac54$. Through two floors that makes $\left(\frac54\right)^2 = 1.5625$;
through twenty it is $86.7$, where the tower without the ways around kept $10^{-12}$.

Look at the long arrows: from the right end to `x` the gradient can run along additions alone, and arrives whole.

Question: how many paths lead back through two floors, and what do they carry?

Answer: $2^2 = 4$. One passes no sigmoid and carries $1$, two pass one sigmoid and carry $\frac14$ each, and one
passes both and carries $\frac1{16}$. Together $1 + \frac12 + \frac1{16} = \frac{25}{16}$. Twenty floors have $2^{20}$
paths, a million; one of them still carries $1$.
"""

import torch


def tower(h, floors):
    for _ in range(floors):
        h = h + (torch.sigmoid(h) - 0.5)
    return h


# %% Twenty floors
deep = torch.tensor(0.0, requires_grad=True)
tower(deep, 20).backward()
deep.grad

# %% Two floors, to look at
x = torch.tensor(0.0, requires_grad=True)
y = tower(x, 2)
y.backward()
x.grad

# %% Proof: five quarters, twice
x.grad == (5 / 4) ** 2

# %% Proof: and twenty times
torch.isclose(deep.grad, torch.tensor((5 / 4) ** 20))
