# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "An LSTM's memory, two steps unrolled"
# tags = ["scalar", "recurrent", "gradient flow"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# wi = "g2*i2*(1 - i2)*x2 + f2*g1*i1*(1 - i1)*x1"
# wf = "c1*f2*(1 - f2)*x2 + f2*c0*f1*(1 - f1)*x1"
# wg = "i2*(1 - g2**2)*x2 + f2*i1*(1 - g1**2)*x1"
# c0 = "f1*f2"
#
# [[tool.graphviz_utils.expect]]
# name = "c2"
# value = 0.775
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "c0.grad"
# value = 0.25
#
# [[tool.graphviz_utils.expect]]
# name = "wi.grad"
# value = 0.4625
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "wf.grad"
# value = 0.5
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "wg.grad"
# value = 0.5475
# tolerance = 1e-6
# ///
r"""
An LSTM carries a memory $c$ from step to step. Its gates look at the input $x$ and decide how much goes **in**, how
much of the past is kept (the gate is called **forget**), and what the **new** content is:

$$c_t = f_t\, c_{t-1} + i_t\, g_t$$

$$i_t = \sigma(w_i x_t), \quad f_t = \sigma(w_f x_t), \quad g_t = \tanh(w_g x_t)$$

To fit on one page the gates look at the input only, and the output gate is left out: it shows the memory and does not
change it. The numbers are for paper. Two gates see $0$ and are half open; $w_g = \frac12 \ln 3$ makes $g_1 = 0.5$ and
$g_2 = 0.8$. From $c_0 = 1$ come $c_1 = 0.5 + 0.25 = 0.75$ and $c_2 = 0.375 + 0.4 = 0.775$.

Follow the memory back from `c2` to `c0`: one product with $f = \frac12$ per step, one sum, and no sigmoid on the line
itself. So $\frac14$ arrives. The weights are shared by both steps and add up what they hear from both. The last proof
puts the same three weights into PyTorch's own `LSTMCell`.

Question: the memory is to last for a hundred steps. What should $f$ be, and what arrives at `c0` then?

Answer: near $1$, for $f^{100}$ arrives: with $f = 0.99$ about $0.37$, with $f = \frac12$ nothing. That is why the
bias of the forget gate is often begun at $1$ or more.
"""

import torch

# %% Three weights, shared by both steps; the last one is half of ln 3
wi = torch.tensor(0.0, requires_grad=True)
wf = torch.tensor(0.0, requires_grad=True)
wg = torch.tensor(0.5493061, requires_grad=True)

# %% The memory at the beginning, and two inputs
c0 = torch.tensor(1.0, requires_grad=True)
x1, x2 = 1.0, 2.0

# %% First step
i1, f1, g1 = torch.sigmoid(wi * x1), torch.sigmoid(wf * x1), torch.tanh(wg * x1)
c1 = f1 * c0 + i1 * g1
c1

# %% Second step
i2, f2, g2 = torch.sigmoid(wi * x2), torch.sigmoid(wf * x2), torch.tanh(wg * x2)
c2 = f2 * c1 + i2 * g2
c2

# %% Backward
c2.backward()
c0.grad, wi.grad, wf.grad, wg.grad

# %% Proof: on the memory's line there is f, and nothing else
c0.grad == f1 * f2

# %% Proof: a shared weight hears from both steps
first, second = f2 * g1 * i1 * (1 - i1) * x1, g2 * i2 * (1 - i2) * x2
torch.isclose(wi.grad, first + second)

# %% Proof: PyTorch's cell, with all other weights at zero, keeps the same memory
cell = torch.nn.LSTMCell(1, 1)
with torch.no_grad():
    for weight in cell.parameters():
        weight.zero_()
    cell.weight_ih[:3] = torch.stack([wi, wf, wg]).reshape(3, 1)
    state = torch.zeros(1, 1), c0.reshape(1, 1)
    for x in (x1, x2):
        state = cell(torch.tensor([[x]]), state)
torch.isclose(state[1].squeeze(), c2)
