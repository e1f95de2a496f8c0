# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Adam: to each weight its own step"
# tags = ["scalar", "optimiser", "loss"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# a = "100*a"
# b = "b/100"
#
# [[tool.graphviz_utils.expect]]
# name = "a.grad"
# value = 100.0
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 0.01
# tolerance = 1e-8
#
# [[tool.graphviz_utils.expect]]
# name = "plain"
# value = [0.0, 0.9999]
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "adam"
# value = [0.5, 0.5]
# tolerance = 1e-5
# ///
r"""
A valley that is steep across and flat along: $L = 50 a^2 + \frac{1}{200} b^2$. At $a = b = 1$ the slopes are $100$
and $\frac{1}{100}$. The gradient is right, and yet a poor guide.

Plain descent has one rate for all. A rate of $\frac{1}{100}$ is just right for $a$, which lands on $0$ in one step.
With it $b$ moves by a ten-thousandth. With a rate that suits $b$, $a$ would fly out of the valley.

Adam keeps two running means for each weight, $m$ of its slopes and $u$ of their squares, and corrects both for having
begun at $0$. After the first slope $g$ they are

$$m = g, \quad u = g^2, \qquad \text{step} = \eta\, \frac{m}{\sqrt{u}} = \eta\, \frac{g}{|g|}.$$

The size of the slope cancels, only its **sign** is left. With $\eta = \frac12$ both weights go from $1$ to $\frac12$,
the one with the slope $100$ and the one with $\frac{1}{100}$. All this happens after the backward pass: the picture
is the same for every optimiser.

Question: the slope of some weight is $+1$ in one step and $-1$ in the next, and so on. What does Adam do with it
after a while?

Answer: it hardly moves it. The mean of the slopes tends to $0$, the mean of the squares to $1$, and so the step
becomes small. Where all steps agree it goes fast, and where they quarrel it waits.
"""

import torch

# %% Two weights
a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)

# %% Forward: steep in a, flat in b
loss = 50 * a**2 + b**2 / 200
loss

# %% Backward
loss.backward()
a.grad, b.grad

# %% A plain step
plain = [(weight - weight.grad / 100).item() for weight in (a, b)]
plain

# %% A step of Adam
torch.optim.Adam([a, b], lr=0.5).step()
adam = [a.item(), b.item()]
adam

# %% Proof: by hand, both means corrected
slopes = torch.stack([a.grad, b.grad])
m, u = 0.1 * slopes / (1 - 0.9), 0.001 * slopes**2 / (1 - 0.999)
torch.allclose(torch.stack([a, b]), 1 - 0.5 * m / u.sqrt())
