# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A gradient through chance"
# tags = ["scalar", "cut", "gradient flow"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# mu = "2*mu"
# sigma = "2*sigma"
#
# [[tool.graphviz_utils.expect]]
# name = "m.grad"
# value = 0.0
#
# [[tool.graphviz_utils.expect]]
# name = "cost"
# value = 13.0
#
# [[tool.graphviz_utils.expect]]
# name = "mu.grad"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "sigma.grad"
# value = 4.0
# ///
r"""
A number is drawn at random around $\mu = 3$ with the spread $\sigma = 2$, and $z^2$ is what it costs. In the mean
this is $\mu^2 + \sigma^2 = 13$. How does the cost change with $\mu$ and $\sigma$? By $2\mu = 6$ and $2\sigma = 4$.

The first part of the run lets PyTorch draw, `torch.normal(m, s)`. A drawn number has no slope by what it was drawn
from: the gradient is $0$, without a word of warning, and nothing will ever be learnt.

The cure is to draw **outside** and compute inside. The chance $\varepsilon$ has the mean $0$ and the spread $1$, and
needs no gradient; what depends on $\mu$ and $\sigma$ is arithmetic:

$$z = \mu + \sigma\,\varepsilon$$

Here a coin is tossed, $\varepsilon = \pm 1$, and both of its sides are used: $z = (1, 5)$. `mu` hears $2z$ in the
mean, $6$. `sigma` hears $2 z \varepsilon$ in the mean, $\frac{-2 + 10}{2} = 4$. In the picture the chance is a
constant beside the way, and no longer stands in it.

Question: with real chance one draws a few $\varepsilon$ and not all that could be. Is the gradient still right?

Answer: in the mean, yes; each time it is off by chance, the less so the more one draws. Descent can live with that,
since the errors of many steps cancel. The $0$ of the first part is wrong every time, and in the mean as well.
"""

import torch

# %% Drawn inside: the leaves hear nothing
torch.manual_seed(0)
m = torch.tensor(3.0, requires_grad=True)
s = torch.tensor(2.0, requires_grad=True)
drawn = torch.normal(m, s)
(drawn**2).backward()
m.grad, s.grad

# %% Drawn outside: both sides of a coin
eps = torch.tensor([-1.0, 1.0])

# %% Forward
mu = torch.tensor(3.0, requires_grad=True)
sigma = torch.tensor(2.0, requires_grad=True)
z = mu + sigma * eps
cost = (z**2).mean()
z, cost

# %% Backward
cost.backward()
mu.grad, sigma.grad

# %% Proof: the slopes of the mean cost
[mu.grad, sigma.grad] == [2 * mu, 2 * sigma]

# %% Proof: what was drawn inside has sent nothing
[m.grad, s.grad] == [0, 0]
