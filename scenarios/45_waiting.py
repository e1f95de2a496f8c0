# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A gate waits until all has arrived"
# tags = ["scalar", "fan-out", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "12*x**3 - 18*x"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 12.0
#
# [[tool.graphviz_utils.expect]]
# name = "arrivals"
# value = [15.0]
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 60.0
# ///
r"""
$u = x^2 = 4$ is used at once and once more after a detour: $y = u\,v$ with $v = 3\,(u - 3) = 3$. So two gradients
come back to `u`, and they do not come at the same time:

- straight from the product: $v = 3$;
- by the detour: the product sends $u = 4$ to `v`, the gate $3\times$ makes $12$ of it, and $-\,3$ changes nothing.

Step through the backward pass and stop when the $3$ has arrived. The square may not go on yet. If it did, `x` would
receive $3 \cdot 2x = 12$, and if each gate is visited once, that would stay. It has to **wait** for the $12$ as well.
Only then it sends the sum on: $(3 + 12) \cdot 4 = 60$.

The program listens at `u`. It hears one gradient, not two: $15$.

Question: how can the square know that something is still on its way?

Answer: the engine counts first. Before the walk back it looks at the graph and notes for each gate how many arrows
will send something to it; a gate is ready when as many have. One can as well sort all gates beforehand, each behind
all those that used its result, and go through the list. Such an order is called topological.
"""

import torch

# %% A leaf
x = torch.tensor(2.0, requires_grad=True)

# %% Forward: u goes straight to the product, and by a detour
u = x**2
v = 3 * (u - 3)
y = u * v
y

# %% Listen at u, and go back
arrivals = []
u.register_hook(lambda grad: arrivals.append(grad.item()))
y.backward()
x.grad

# %% Proof: u was heard of once, when all had arrived
arrivals == [v + 3 * u]

# %% Proof: the derivative of 3x⁴ - 9x²
x.grad == 12 * x**3 - 18 * x
