# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Exploding gradients, and clipping"
# tags = ["scalar", "gradient flow", "fan-out"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "w**4"
# w = "4*w**3*x"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 81.0
#
# [[tool.graphviz_utils.expect]]
# name = "norm"
# value = 135.0
# tolerance = 1e-4
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 3.0
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = 4.0
# tolerance = 1e-5
# ///
r"""
The same weight $w = 3$ in each of four steps, as in a recurrent network: $y = w^4 x$ with $x = 1$. The gradient is
multiplied by $3$ on every step back, so `x` receives $3^4 = 81$. The weight is used four times and receives four
gradients of $27$, together $4 w^3 x = 108$.

With forty steps it would be $3^{40} \approx 10^{19}$, and a step of any learning rate throws the weight out of the
world. **Clipping** keeps the direction and cuts the length. Both gradients together are an arrow of the length

$$\sqrt{81^2 + 108^2} = 27\sqrt{3^2 + 4^2} = 135,$$

which is shortened to $5$: all of it times $\frac{5}{135}$. That leaves `x.grad` $= 3$ and `w.grad` $= 4$. Clipping
works on the finished gradients, after the backward pass, so the picture shows what was there before.

Question: why is the whole arrow shortened, and not each number cut off at $5$?

Answer: cutting each one would make $(5, 5)$ of $(81, 108)$, which points another way. A step would then no longer go
down where it is steepest.
"""

import torch

# %% A weight that is used in every step
w = torch.tensor(3.0, requires_grad=True)
x = torch.tensor(1.0, requires_grad=True)

# %% Forward: four steps
y = x
for _ in range(4):
    y = w * y
y

# %% Backward
y.backward()
x.grad, w.grad

# %% Clipped to the length 5
before = torch.stack([x.grad, w.grad])
norm = torch.nn.utils.clip_grad_norm_([x, w], 5.0)
x.grad, w.grad

# %% Proof: what the backward pass gave
torch.equal(before, torch.stack([w**4, 4 * w**3 * x]))

# %% Proof: the same direction, the length 5
torch.allclose(torch.stack([x.grad, w.grad]), before * 5 / 135)
