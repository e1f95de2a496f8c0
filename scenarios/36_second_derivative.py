# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The derivative of a derivative"
# tags = ["scalar", "second order", "power rule"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# c = "3*x**2"
#
# [[tool.graphviz_utils.expect]]
# name = "slope"
# value = 48.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "c.grad"
# value = 48.0
# ///
r"""
A derivative is computed by gates as well, and with `create_graph=True` PyTorch writes these down, too. So one can
differentiate once more. With $y = c\,x^3$ at $x = 4$ and $c = 1$:

$$y = 64, \qquad \frac{dy}{dx} = 3 c x^2 = 48, \qquad \frac{d^2 y}{dx^2} = 6 c x = 24$$

The run has two backward passes. The first one goes from `y` to `x` and brings `slope`. The second one begins at
`slope`, which is a result like any other by now: its picture shows the gates that the **first backward pass**
consisted of.

The second pass also reaches `c`, since the slope depends on it: $\frac{\partial}{\partial c}\, 3 c x^2 = 3x^2 = 48$.

Question: what happens without `create_graph=True`?

Answer: `slope` is $48$ all the same, but a number without a past, and `slope.backward()` fails: element 0 of tensors
does not require grad. Writing down costs memory, so PyTorch does it only when asked.
"""

import torch

# %% Two leaves
x = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(1.0, requires_grad=True)

# %% Forward
y = c * x**3
y

# %% First derivative, with a graph of its own
(slope,) = torch.autograd.grad(y, x, create_graph=True)
slope

# %% Second derivative
slope.backward()
x.grad, c.grad

# %% Proof: 3cx² and 6cx
[slope, x.grad] == [3 * c * x**2, 6 * c * x]

# %% Proof: the slope's own derivative by c
c.grad == 3 * x**2
