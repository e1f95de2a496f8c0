# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "In-place: the graph remembers"
# tags = ["vector", "in-place", "indexing"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "torch.tensor([0.0, 2.0, 2.0])"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = [20.0, 4.0, 6.0]
#
# [[tool.graphviz_utils.expect]]
# name = "z"
# value = 30.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [0.0, 2.0, 2.0]
# ///
r"""
`y` begins as a copy of $x = (1, 2, 3)$ and is then changed in place: its first element is overwritten by $10$, and
all of it is doubled. To Python `y` is one tensor all the time. To autograd each change makes a **new** node: the
graph keeps the history, the memory keeps only the latest numbers.

With $z = \sum y_i$ a gradient of ones comes back to the last `y`. The doubling passes on $2$ everywhere. The
overwriting lets nothing through in the first place: what stood there had no effect on $z$ any more.

Before that, the program tries a change that autograd cannot allow. $e^u$ is its own derivative, so the gate `exp`
keeps its result for the way back. Who changes that result in place is found out in the backward pass, by a version
counter that every tensor carries.

Question: `u` is squared instead, $s = u^2$, and then `s.mul_(2)` changes it. Is that an error, too?

Answer: no. The slope of $u^2$ is $2u$, so the square keeps its input `u` and not its result. Only what a gate has
kept must not be changed.
"""

import torch

# %% What is not allowed: to change what a gate has kept
u = torch.tensor(1.0, requires_grad=True)
s = torch.exp(u)
s.mul_(2)
try:
    s.backward()
    message = ""
except RuntimeError as error:
    message = str(error)
message.partition(":")[0]

# %% A leaf, and a copy to work on
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x.clone()

# %% Forward: two changes in place
y[0] = 10.0
y.mul_(2)
z = y.sum()
z

# %% Backward
z.backward()
x.grad

# %% Proof: nothing comes through where it was overwritten
torch.equal(x.grad, torch.tensor([0.0, 2.0, 2.0]))

# %% Proof: the change that is not allowed was refused
message.count("inplace operation") == 1
