# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "One step of gradient descent"
# tags = ["scalar", "optimiser", "loss"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# w = "2*(w*x - t)*x"
#
# [[tool.graphviz_utils.expect]]
# name = "before"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "w"
# value = 2.0
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = 8.0
#
# [[tool.graphviz_utils.expect]]
# name = "after"
# value = 0.0
# ///
r"""
A model with one weight says $w\,x = 3 \cdot 2 = 6$, and should say $t = 4$. The loss is the square of the error,
$2^2 = 4$, and its slope

$$\frac{dL}{dw} = 2\,(w x - t)\,x = 2 \cdot 2 \cdot 2 = 8$$

says: raise $w$, and the loss rises eight times as fast. So go the other way, a little:

$$w \leftarrow w - \eta \cdot 8 = 3 - \tfrac18 \cdot 8 = 2$$

The learning rate $\eta = \frac18$ was chosen so that this one step hits the mark: $2 \cdot 2 = 4$, and the loss is
$0$. The step is made under `no_grad`, for it is not part of the model.

Question: what does $\eta = \frac14$ do, and what $\eta = \frac12$?

Answer: with $\frac14$ the step is $-2$ and ends at $w = 1$, where the error is $-2$: as far off on the other side,
and so on for ever. With $\frac12$ it ends at $w = -1$, error $-6$: each step is worse than the one before.
"""

import torch

# %% A weight, an input and what is wanted
w = torch.tensor(3.0, requires_grad=True)
x = torch.tensor(2.0)
t = torch.tensor(4.0)

# %% Forward: how far off?
loss = (w * x - t) ** 2
before = loss.detach()
before

# %% Backward: which way is up?
loss.backward()
w.grad

# %% A step down
with torch.no_grad():
    w -= 0.125 * w.grad
    after = (w * x - t) ** 2
w

# %% Proof: the loss is gone
after == 0
