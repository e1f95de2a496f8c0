# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Too small for half precision"
# tags = ["scalar", "numerics", "gradient flow"]
# level = "advanced"
#
# [tool.graphviz_utils.closed_forms]
# s = "2.0**10 * 2.0**-26"
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 0.0
#
# [[tool.graphviz_utils.expect]]
# name = "s.grad"
# value = 1.52587890625e-05
#
# [[tool.graphviz_utils.expect]]
# name = "slope"
# value = 1.4901161193847656e-08
# ///
r"""
Half precision takes half of the memory, and ends early: the smallest number above $0$ is $2^{-24}$. What is smaller
becomes $0$.

$y = 2^{-13} \cdot 2^{-13} \cdot x$ is computed in it, for $x = 64 = 2^6$. The values fit,
$2^6 \to 2^{-7} \to 2^{-20}$. The gradients do not:

$$1 \to 2^{-13} \to 2^{-26} \to 0$$

So `x` receives $0$ where $2^{-26}$ is right. It looks like a gradient that has vanished, and nobody says anything.

The cure is a **scale**. The loss is multiplied by $2^{10}$ before it goes back, and everything on the way is larger
by this factor: $2^{10} \to 2^{-3} \to 2^{-16}$. The gate to single precision lets it out, and there it is divided by
$2^{10}$ again: $2^{-26}$. A power of two changes no digit.

Question: why not take a scale of $2^{30}$, to be on the safe side?

Answer: because half precision ends at the top as well, at $65504$, just below $2^{16}$. The very first gradient,
$2^{30}$, would be `inf`, and so would all those behind it. Programs begin with a large scale and halve it whenever a
gradient comes back infinite.
"""

import torch

# %% The same number twice, in single precision: x for the trap, s for the cure
x = torch.tensor(64.0, requires_grad=True)
s = torch.tensor(64.0, requires_grad=True)


def small(leaf):
    return 2**-13 * (2**-13 * leaf.half())


# %% As it stands
small(x).backward()
x.grad

# %% Forward, and a scale on the result
y = small(s)
scaled = 2**10 * y
y, scaled

# %% Backward, and the scale off again
scaled.backward()
slope = s.grad / 2**10
s.grad, slope

# %% Proof: lost without the scale, exact with it
[x.grad, slope] == [0, 2**-26]
