# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A neuron"
# tags = ["scalar", "neuron", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x1 = "w1*out*(1 - out)"
# w1 = "x1*out*(1 - out)"
# x2 = "w2*out*(1 - out)"
# w2 = "x2*out*(1 - out)"
# b = "out*(1 - out)"
#
# [[tool.graphviz_utils.expect]]
# name = "out"
# value = 0.5
#
# [[tool.graphviz_utils.expect]]
# name = "w1.grad"
# value = 0.75
#
# [[tool.graphviz_utils.expect]]
# name = "w2.grad"
# value = 1.0
#
# [[tool.graphviz_utils.expect]]
# name = "x1.grad"
# value = 0.5
#
# [[tool.graphviz_utils.expect]]
# name = "x2.grad"
# value = -0.25
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 0.25
# ///
r"""
A neuron weighs its inputs, adds a bias, and squeezes the result:

$$out = \sigma(w_1 x_1 + w_2 x_2 + b) = \sigma(6 - 4 - 2) = \sigma(0) = \frac12$$

The slope of $\sigma$ at $0$ is $\frac14$, and this $0.25$ is all that the neuron sends back to its sum. The gates $+$
hand it to every term as it is, and each $\times$ swaps: a **weight** receives $\frac14$ of its input, an **input**
receives $\frac14$ of its weight. So $w_1$ gets $\frac14 \cdot 3$ and $w_2$ gets $\frac14 \cdot 4$.

Question: training changes weights by their gradients. Which weights of a neuron stay as they are when the input $x_1$
happens to be $0$?

Answer: $w_1$ alone: its gradient is $\frac14 x_1 = 0$. An input that is silent teaches its weight nothing.
"""

import torch

# %% Two inputs, two weights, a bias
x1 = torch.tensor(3.0, requires_grad=True)
x2 = torch.tensor(4.0, requires_grad=True)
w1 = torch.tensor(2.0, requires_grad=True)
w2 = torch.tensor(-1.0, requires_grad=True)
b = torch.tensor(-2.0, requires_grad=True)

# %% Forward
out = torch.sigmoid(w1 * x1 + w2 * x2 + b)
out

# %% Backward
out.backward()
w1.grad, w2.grad, b.grad

# %% Proof: a weight receives its input, times the slope
[w1.grad, w2.grad] == [x1 / 4, x2 / 4]

# %% Proof: an input receives its weight, times the slope
[x1.grad, x2.grad] == [w1 / 4, w2 / 4]
