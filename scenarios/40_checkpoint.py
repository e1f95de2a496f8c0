# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Checkpointing: forget, compute again"
# tags = ["scalar", "memory", "chain rule"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# x = "4*x*(x**2 + 1)"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 25.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 40.0
#
# [[tool.graphviz_utils.expect]]
# name = "calls"
# value = [2.0, 2.0]
# ///
r"""
Every gate keeps what it will need on the way back; in a deep network that is most of the memory. A checkpoint keeps
only the **input** of a part and throws the rest away. When the gradient comes back, the part is computed once more.

$$y = (x^2 + 1)^2 = 25 \text{ at } x = 2, \qquad \frac{dy}{dx} = 4x\,(x^2 + 1) = 40$$

The function `part` writes down its calls. It is called once on the way forward and once on the way back: memory is
paid for with time. The gradient is the same, bit for bit.

Question: a network of $100$ equal layers is cut into $10$ parts with a checkpoint each. How many layers' results are
in memory at most, and how much more is computed?

Answer: about $20$ in place of $100$: the inputs of $10$ parts, and the $10$ layers of the part that is being computed
again. Each layer is computed twice on the whole, one more forward pass. With $n$ layers the best is near $2\sqrt n$.
"""

import torch
from torch.utils.checkpoint import checkpoint

# %% A part that writes down its calls
calls = []


def part(x):
    calls.append(x.item())
    return (x**2 + 1) ** 2


# %% Forward, keeping the input only
x = torch.tensor(2.0, requires_grad=True)
y = checkpoint(part, x, use_reentrant=False)
y

# %% Backward computes the part again
y.backward()
x.grad

# %% Proof: the gradient of (x² + 1)²
x.grad == 4 * x * (x**2 + 1)

# %% Proof: computed twice
len(calls) == 2
