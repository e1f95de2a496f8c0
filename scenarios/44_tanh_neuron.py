# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A tanh neuron, taken apart"
# tags = ["scalar", "neuron", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x1 = "w1*(1 - torch.tanh(w1*x1 + w2*x2 + b)**2)"
# w1 = "x1*(1 - torch.tanh(w1*x1 + w2*x2 + b)**2)"
# x2 = "w2*(1 - torch.tanh(w1*x1 + w2*x2 + b)**2)"
# w2 = "x2*(1 - torch.tanh(w1*x1 + w2*x2 + b)**2)"
# b = "1 - torch.tanh(w1*x1 + w2*x2 + b)**2"
#
# [[tool.graphviz_utils.expect]]
# name = "out"
# value = 0.5
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "w1.grad"
# value = 1.5
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "w2.grad"
# value = -0.75
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "x1.grad"
# value = 0.375
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "x2.grad"
# value = 0.75
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 0.75
# tolerance = 1e-6
# ///
r"""
A neuron again, squeezed by the other well-known curve, which runs from $-1$ to $1$:

$$\tanh n = \frac{e^{2n} - 1}{e^{2n} + 1}, \qquad n = w_1 x_1 + w_2 x_2 + b = 1 - 1 + \tfrac12 \ln 3$$

The bias was chosen so that all is round: $e = e^{2n} = 3$, and the result is $\frac{3 - 1}{3 + 1} = \frac12$. The
program computes it twice. The first backward pass takes PyTorch's own gate, whose slope is known from a table:
$1 - \frac12 \cdot \frac12 = \frac34$. The second one takes it apart, and nobody tells it that slope:

- the fraction sends $\frac14$ upwards and $-\frac{2}{4^2} = -\frac18$ downwards;
- `e` is used twice and adds up: $\frac14 - \frac18 = \frac18$;
- $e^{2n}$ multiplies by its own value, $\frac18 \cdot 3 = \frac38$, and the gate $2\times$ makes $\frac34$ of it.

The same number. How finely a computation is cut into gates is a matter of taste: a gate may be as large as one likes,
if only one knows its slope.

Question: why then does a library have `tanh` as a single gate?

Answer: it is faster, and it keeps one number for the way back, its result, where the small gates keep several. And it
is safe: at $n = 50$ the small gates compute $e^{100}$, too large for single precision, and infinity through infinity
is `nan`. The single gate says $1$.
"""

import torch

# %% Two inputs, two weights, a bias; the bias is half of ln 3
x1 = torch.tensor(2.0, requires_grad=True)
x2 = torch.tensor(-1.0, requires_grad=True)
w1 = torch.tensor(0.5, requires_grad=True)
w2 = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(0.5493061, requires_grad=True)

# %% First with the library's gate
n = w1 * x1 + w2 * x2 + b
whole = torch.autograd.grad(torch.tanh(n), (w1, w2, b), retain_graph=True)
whole

# %% Now in small gates
e = torch.exp(2 * n)
out = (e - 1) / (e + 1)
out

# %% Backward
out.backward()
w1.grad, w2.grad, b.grad

# %% Proof: the small gates and the large one agree
torch.allclose(torch.stack([w1.grad, w2.grad, b.grad]), torch.stack(whole))

# %% Proof: all slopes by hand
torch.allclose(torch.stack([w1.grad, w2.grad, x1.grad, x2.grad]), 0.75 * torch.stack([x1, x2, w1, w2]))
