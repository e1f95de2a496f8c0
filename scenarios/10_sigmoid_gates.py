# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The sigmoid, gate by gate"
# tags = ["scalar", "chain rule", "neuron"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "torch.sigmoid(x)*(1 - torch.sigmoid(x))"
#
# [[tool.graphviz_utils.expect]]
# name = "s"
# value = 0.75
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 0.1875
# tolerance = 1e-6
# ///
r"""
The sigmoid squeezes any number between $0$ and $1$:

$$s = \frac{1}{1 + e^{-x}}$$

Here it is built of four small gates: change the sign, take $e$ to that power, add one, turn upside down. At
$x = \ln 3 \approx 1.0986$ the values are round: $e^{-x} = \frac13$, the sum is $\frac43$, and $s = \frac34$. On the
way back the last gate comes first and sends $-1/(\frac43)^2 = -0.5625$; $+\,1$ changes nothing; $e^{-x}$ multiplies
by its own value, $-0.1875$; the sign turns it to $0.1875$.

All four together amount to one short formula, which is why libraries have the sigmoid as a single gate:

$$\frac{ds}{dx} = s\,(1 - s) = \frac34 \cdot \frac14 = 0.1875$$

Question: where is the sigmoid steepest, and how steep is it there?

Answer: at $x = 0$, where $s = \frac12$ and $s\,(1 - s) = \frac14$. A gradient that passes a sigmoid loses three
quarters of its size at the very least.
"""

import torch

# %% A leaf: the logarithm of 3
x = torch.tensor(1.0986123, requires_grad=True)

# %% Forward, in four gates
e = torch.exp(-x)
d = 1 + e
s = d.reciprocal()
s

# %% Backward
s.backward()
x.grad

# %% Proof: s (1 - s)
torch.isclose(x.grad, s * (1 - s))

# %% Proof: PyTorch's single gate gives the same value
torch.isclose(s, torch.sigmoid(x))
