# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "An arrow of length zero"
# tags = ["matrix", "kink", "numerics"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# s = "torch.nn.functional.normalize(s, dim=1)"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 10.0
#
# [[tool.graphviz_utils.expect]]
# name = "s.grad"
# value = [[0.6, 0.8], [0.0, 0.0]]
# tolerance = 1e-6
# ///
r"""
Two arrows, $(3, 4)$ and $(0, 0)$, and their lengths, $5$ and $0$. The gradient of a length is the arrow itself,
shortened to the length $1$: an arrow grows fastest when it is pulled at its tip,

$$\frac{\partial \lVert a \rVert}{\partial a} = \frac{a}{\lVert a \rVert} = \left(\tfrac35, \tfrac45\right).$$

But in which direction does $(0, 0)$ point? The length has a kink there, the tip of a cone: a step to **any** side
makes it longer. By the formula it is $\frac00$.

`x` goes the way of the book, square, add up, take the root. The root of $0$ has the slope $\infty$, the square's
slope is $0$, and $\infty \cdot 0$ is `nan`. `s` goes through one gate that knows of this corner and chooses $0$,
which lies in the middle of all the slopes there are.

Question: a loss is the distance to a goal, $\lVert a \rVert$, and not its square. What does descent with a fixed rate
do close to the goal?

Answer: it jumps to and fro. This gradient has the length $1$ everywhere, so each step is as long as the rate, one
millimetre before the goal as well. The gradient of the square, $2a$, becomes shorter by itself on the way.
"""

import torch

# %% The same two arrows twice: x for the trap, s for the cure
x = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
s = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)

# %% Forward: the lengths, by hand and by one gate
trap = torch.sqrt((x**2).sum(1))
cure = torch.linalg.vector_norm(s, dim=1)
y = trap.sum() + cure.sum()
trap, cure

# %% Backward
y.backward()
x.grad, s.grad

# %% Proof: the trap has shut for the arrow of length zero
torch.equal(x.grad.isnan(), torch.tensor([[False, False], [True, True]]))

# %% Proof: the gate sends the direction, and zeros where there is none
torch.allclose(s.grad, torch.tensor([[3 / 5, 4 / 5], [0.0, 0.0]]))
