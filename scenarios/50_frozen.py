# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Frozen is not cut"
# tags = ["scalar", "cut", "layer"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# a = "2*(y - 4)*c*b*x"
# c = "2*(y - 4)*b*a*x"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "a.grad"
# value = 12.0
#
# [[tool.graphviz_utils.expect]]
# name = "c.grad"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "wanting"
# value = [1.0, 0.0, 1.0]
# ///
r"""
Three layers of one weight each, $y = c\,b\,a\,x = 1 \cdot 3 \cdot 2 \cdot 1 = 6$, and a loss of $(6 - 4)^2 = 4$. The
layer in the middle was trained elsewhere and is to stay as it is: it is **frozen**, `b.requires_grad_(False)`.

In the picture `b` is a constant now, without an arrow back. Yet the gradient passes by: the square sends $4$, the
product with `c` sends $4 \cdot 1$ on, the product with `b` multiplies by $3$ as ever, and `a` receives $12$. A frozen
layer keeps no gradient for itself, but its **value** is still a slope for those before it.

Do not mix this up with a cut. `detach` between `a` and `b` would stop the gradient there, and `a` would learn
nothing.

Question: `a` is frozen as well, and only `c` is trained. How far back does the gradient go now?

Answer: to `c`, and no further. Nothing before it wants a gradient, so nothing there is written down, and nothing is
kept in memory. To freeze the first layers saves most of the way back; to freeze one in the middle saves its own
gradient and no more.
"""

import torch

# %% An input and three layers
x = torch.tensor(1.0)
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = torch.tensor(1.0, requires_grad=True)

# %% Freeze the one in the middle
b.requires_grad_(False)
wanting = [float(weight.requires_grad) for weight in (a, b, c)]
wanting

# %% Forward
y = c * (b * (a * x))
loss = (y - 4) ** 2
loss

# %% Backward
loss.backward()
a.grad, b.grad, c.grad

# %% Proof: the gradient has passed the frozen layer, times its value
a.grad == 2 * (y - 4) * c * b * x

# %% Proof: the layer behind it hears what came out of it
c.grad == 2 * (y - 4) * b * a * x
