# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The where-sqrt trap, and its cure"
# tags = ["vector", "numerics", "kink"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# s = "torch.where(s > 0, 0.5/torch.sqrt(torch.where(s > 0, s, 1.0)), 0.0)"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "s.grad"
# value = [0.0, 0.25]
# ///
r"""
A root that is to be $0$ where there is none: `where(x > 0, sqrt(x), 0)`. The values are right, $(0, 2)$ for
$x = (0, 4)$. The gradient is `nan`.

`where` does what it should and sends $0$ to the root of the first element, since that was not chosen. The root then
multiplies by its slope, $\frac{1}{2\sqrt 0} = \infty$, and

$$0 \cdot \infty = \text{nan}.$$

`where` chooses among results; it does not keep the gates behind it from being differentiated. The cure, in the lower
row, is to choose **twice**: first put a harmless number, $1$, in place of what must not reach the root, and then
discard its result. Now the root multiplies $0$ by $\frac12$.

Question: a mask multiplies by $0$ in place of `where`: `mask * sqrt(x)`. Does that help?

Answer: no. The mask sends $0$ back to the root just as `where` does, and $0 \cdot \infty$ is `nan` again. Masks of
zeros do not stop infinities.
"""

import torch

# %% The same numbers twice: x for the trap, s for the cure
x = torch.tensor([0.0, 4.0], requires_grad=True)
s = torch.tensor([0.0, 4.0], requires_grad=True)

# %% Forward
trap = torch.where(x > 0, torch.sqrt(x), 0.0)
safe = torch.where(s > 0, s, 1.0)
cure = torch.where(s > 0, torch.sqrt(safe), 0.0)
y = trap.sum() + cure.sum()
trap, cure

# %% Backward
y.backward()
x.grad, s.grad

# %% Proof: the trap has shut
torch.equal(x.grad.isnan(), torch.tensor([True, False]))

# %% Proof: the cure helps
torch.equal(s.grad, torch.tensor([0.0, 1 / 4]))
