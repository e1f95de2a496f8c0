# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Log-sum-exp without overflow"
# tags = ["vector", "numerics", "reduction"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# s = "torch.softmax(s, 0)"
#
# [[tool.graphviz_utils.expect]]
# name = "trap"
# value = inf
#
# [[tool.graphviz_utils.expect]]
# name = "cure"
# value = 200.6931472
# tolerance = 1e-4
#
# [[tool.graphviz_utils.expect]]
# name = "s.grad"
# value = [0.5, 0.5, 0.0]
# ///
r"""
The logarithm of a sum of exponentials stands in every cross-entropy. For $s = (200, 200, 0)$ it is

$$\ln\left(e^{200} + e^{200} + e^0\right) = 200 + \ln 2 \approx 200.69,$$

no large number at all. But on the way there $e^{200}$ does not fit into single precision, which ends near $e^{88}$.
The first part of the run walks into it: the value is `inf`, and back comes
$\frac{1}{\infty} \cdot \infty = 0 \cdot \infty$, which is `nan`.

The cure takes off the largest score first and adds it again in the end. No exponential is larger than $e^0 = 1$ then:

$$m + \ln \sum_i e^{s_i - m}, \qquad m = \max_i s_i$$

The picture shows it. The gradient is softmax, $(\frac12, \frac12, 0)$, as it must be. Look at `m`: it is used twice,
and hears $1$ from the addition and $-1$ from the subtraction. Together **nothing**: the trick changes no value, so it
changes no gradient.

Question: may one write `m = s.max().detach()`?

Answer: yes, and libraries do. What would come back through `m` is $1 - 1 = 0$ for any scores, so nothing is lost by
cutting it off. Any other number close to the largest score would do for $m$ as well.
"""

import torch

# %% The same scores twice: x for the trap, s for the cure
x = torch.tensor([200.0, 200.0, 0.0], requires_grad=True)
s = torch.tensor([200.0, 200.0, 0.0], requires_grad=True)

# %% As it stands in the book
trap = torch.log(torch.exp(x).sum())
trap.backward()
trap, x.grad

# %% With the largest score taken off
m = s.max()
cure = m + torch.log(torch.exp(s - m).sum())
cure

# %% Backward
cure.backward()
s.grad

# %% Proof: the trap has shut for both large scores
torch.equal(x.grad.isnan(), torch.tensor([True, True, False]))

# %% Proof: shares of a whole come back
torch.equal(s.grad, torch.softmax(s, 0))

# %% Proof: PyTorch's own gate knows the trick
torch.isclose(cure, torch.logsumexp(s, 0))
