# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The chain rule, three links"
# tags = ["scalar", "chain rule", "power rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*(2*x + 1)/torch.sqrt((2*x + 1)**2 + 16)"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 5.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 1.2
# tolerance = 1e-6
# ///
r"""
A triangle with sides $u = 2x + 1 = 3$ and $4$ has the long side $y = \sqrt{u^2 + 16} = 5$. How fast does it grow with
$x$? Each gate on the way multiplies by its own slope, and none of them needs to know the others:

$$\frac{dy}{dx} = \underbrace{\frac{1}{2\sqrt{25}}}_{0.1} \cdot \underbrace{2u}_{6} \cdot \underbrace{2}_{2} = 1.2$$

Read the gradients from right to left: $1$, then $0.1$, then $0.1 \cdot 6 = 0.6$, then $0.6 \cdot 2 = 1.2$. The gates
$+\,16$ and $+\,1$ have slope $1$: nothing happens to the gradient there.

Question: why does the walk go from right to left, when the product is the same in any order?

Answer: from the right, one walk gives the derivative of one output by **all** inputs, however many there are. From
the left, one walk gives the derivatives of all outputs by one input. A loss is one number and a network has millions
of inputs, so right to left wins.
"""

import torch

# %% A leaf
x = torch.tensor(1.0, requires_grad=True)

# %% Forward: one link after the other
u = 2 * x + 1
v = u**2 + 16
y = torch.sqrt(v)
y

# %% Backward
y.backward()
x.grad

# %% Proof: the slopes of the links, multiplied
torch.isclose(x.grad, 1 / (2 * y) * 2 * u * 2)
