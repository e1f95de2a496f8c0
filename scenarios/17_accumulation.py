# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Two backward calls, and zero_grad"
# tags = ["scalar", "accumulation", "power rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*x"
#
# [[tool.graphviz_utils.expect]]
# name = "once"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "cleared"
# value = 0.0
#
# [[tool.graphviz_utils.expect]]
# name = "again"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 12.0
# ///
r"""
$y = x^2$ has the slope $2x = 6$ at $x = 3$. Ask a second time, and `x.grad` says $12$.

`backward` does not write a gradient, it **adds** to the one that is there: the picture tells $6 \to 12$. That is on
purpose: the gradients of several losses, or of the parts of a batch that does not fit into memory, add up by
themselves. It is also the classic slip of a first training loop, for without `zero_grad` every step pulls along all
the steps before it.

The run has three backward calls. Choose them one after the other, and look at what was in `x.grad` before and after.

Question: a loop forgets to clear, and the slope stays near $6$ all the time. What is in `x.grad` after $100$ steps,
and what does it look like from outside?

Answer: about $600$. It looks like a learning rate that grows a hundredfold: at first all goes well, then the loss
jumps about.
"""

import torch

# %% A leaf
x = torch.tensor(3.0, requires_grad=True)

# %% First call
y = x**2
y.backward()
once = x.grad.clone()
once

# %% Clear, as an optimiser's zero_grad does
x.grad.zero_()
cleared = x.grad.clone()
cleared

# %% Second call: from nothing again
y = x**2
y.backward()
again = x.grad.clone()
again

# %% Third call, not cleared before: it adds
y = x**2
y.backward()
x.grad

# %% Proof: one slope, none, one, two
[once, cleared, again, x.grad] == [2 * x, 0, 2 * x, 4 * x]
