# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Vanishing through 20 sigmoids"
# tags = ["scalar", "gradient flow", "chain rule"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "(torch.sigmoid(x)*(1 - torch.sigmoid(x)))**3"
# deep = "(torch.sigmoid(deep)*(1 - torch.sigmoid(deep)))**20"
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 0.015625
#
# [[tool.graphviz_utils.expect]]
# name = "deep.grad"
# value = 9.094947017729282e-13
# ///
r"""
Early networks were towers of sigmoids. A sigmoid is steepest at $0$, and even there its slope is only $\frac14$. Each
floor of this tower is $\sigma(h) - \frac12$, so that $0$ stays $0$ and every floor is as steep as it can be. Still,
on the way back each one keeps a quarter of the gradient and no more:

$$1 \to \tfrac14 \to \tfrac1{16} \to \tfrac1{64}$$

The picture shows three floors. The backward pass before it went through twenty, and there `deep` received

$$\left(\tfrac14\right)^{20} = 2^{-40} \approx 9 \cdot 10^{-13},$$

the best case. The first floors of such a tower learn a million million times slower than the last one.

Question: weights may stand between the floors, $\sigma(w h) - \frac12$. Which $w$ would keep the gradient alive here,
and what speaks against it?

Answer: $w = 4$, for then each floor has the slope $4 \cdot \frac14 = 1$ at $0$. But that holds at $0$ only: a larger
$w h$ lies where the sigmoid is flat, and the slope there is almost nothing. What one does today is another
activation, a normalisation, or a way around each floor.
"""

import torch


def tower(h, floors):
    for _ in range(floors):
        h = torch.sigmoid(h) - 0.5
    return h


# %% Twenty floors
deep = torch.tensor(0.0, requires_grad=True)
tower(deep, 20).backward()
deep.grad

# %% Three floors, to look at
x = torch.tensor(0.0, requires_grad=True)
y = tower(x, 3)
y.backward()
x.grad

# %% Proof: a quarter of a quarter of a quarter
x.grad == (1 / 4) ** 3

# %% Proof: and twenty quarters
deep.grad == (1 / 4) ** 20
