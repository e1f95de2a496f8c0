# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Two losses pull at one weight"
# tags = ["scalar", "loss", "accumulation"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# w = "2*(w - 6) + 0.5*2*w"
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 18.0
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = -6.0
#
# [[tool.graphviz_utils.expect]]
# name = "halfway"
# value = -8.0
#
# [[tool.graphviz_utils.expect]]
# name = "u.grad"
# value = -6.0
# ///
r"""
The data want the weight $w = 2$ to be $6$. A second loss, called weight decay, wants all weights to be small, and
counts half:

$$L = (w - 6)^2 + \tfrac12 w^2 = 16 + 2 = 18$$

Two gradients arrive at `w`: $2\,(w - 6) = -8$ from the data and $\frac12 \cdot 2w = 2$ from the decay. They pull in
opposite directions, and the sum is $-6$. Where they pull equally hard the weight comes to rest: $2\,(w - 6) + w = 0$
at $w = 4$, between the $6$ of the data and the $0$ of the decay. The factor $\frac12$ says who is how strong.

A sum of losses needs no sum in the program. `u` has the same value, and its two losses go back **one after the
other**: after the first call `u.grad` is $-8$, after the second $-6$. As `backward` adds, the result is the same.

Question: a batch does not fit into memory. One takes two halves, calls `backward` for each half's mean loss, and then
makes one step. What is to be done so that this is the step of the whole batch?

Answer: divide each of the two losses by $2$. Gradients add up, so the two means together make twice the mean of the
whole batch. Who forgets it makes steps that are twice as long.
"""

import torch

# %% The same weight twice
w = torch.tensor(2.0, requires_grad=True)
u = torch.tensor(2.0, requires_grad=True)

# %% u: one loss after the other
((u - 6) ** 2).backward()
halfway = u.grad.clone()
(0.5 * u**2).backward()
halfway, u.grad

# %% w: both losses in one sum
data = (w - 6) ** 2
decay = w**2
loss = data + 0.5 * decay
loss

# %% Backward
loss.backward()
w.grad

# %% Proof: the sum of both slopes
w.grad == 2 * (w - 6) + w

# %% Proof: two calls do the same as one sum
u.grad == w.grad
