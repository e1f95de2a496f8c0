# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A complex leaf"
# tags = ["complex", "product rule", "fan-out"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# z = "2*z"
#
# [[tool.graphviz_utils.expect]]
# name = "E"
# value = 25.0
#
# [[tool.graphviz_utils.expect]]
# name = "z.grad.real"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "z.grad.imag"
# value = 8.0
# ///
r"""
A complex number has two parts that can be moved, $z = a + b\,i$. The energy of $z = 3 + 4i$ is

$$E = z\,\bar z = a^2 + b^2 = 25,$$

and both parts have a slope: $\frac{\partial E}{\partial a} = 2a = 6$ and $\frac{\partial E}{\partial b} = 2b = 8$.
PyTorch packs the two into one complex number,

$$\text{grad} = \frac{\partial E}{\partial a} + i\,\frac{\partial E}{\partial b} = 6 + 8i = 2z,$$

which points where $E$ grows fastest. So gradient descent is written as always: $z - \eta \cdot \text{grad}$ goes
straight to $0$.

Two arrows leave `z`, one of them through the conjugate. A product swaps, and for complex numbers it sends back the
**conjugate** of the other side; the gate `conj` turns its gradient over once more. Both arrows bring $3 + 4i$.

Question: what is the gradient of $E = \text{Re}(z^2)$, and why is it not $2z$?

Answer: $\text{Re}(z^2) = a^2 - b^2$ has the slopes $2a$ and $-2b$, so the gradient is
$2a - 2b\,i = 2\bar z = 6 - 8i$. The derivative of $z^2$ in the sense of complex analysis is $2z$; the gradient of the
real part is its conjugate.
"""

import torch

# %% A leaf with two parts
z = torch.tensor(3.0 + 4.0j, requires_grad=True)

# %% Forward: from a complex number to a real one
E = (z * z.conj()).real
E

# %% Backward
E.backward()
z.grad

# %% Proof: the slopes of both parts
z.grad == 2 * z
