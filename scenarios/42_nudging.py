# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Nudging: a slope without any rule"
# tags = ["scalar", "numerics", "product rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# a = "2*(a*b + c)*b"
# b = "2*(a*b + c)*a"
# c = "2*(a*b + c)"
#
# [[tool.graphviz_utils.expect]]
# name = "L"
# value = 16.0
#
# [[tool.graphviz_utils.expect]]
# name = "right"
# value = 24.9
# tolerance = 1e-9
#
# [[tool.graphviz_utils.expect]]
# name = "left"
# value = 23.1
# tolerance = 1e-9
#
# [[tool.graphviz_utils.expect]]
# name = "middle"
# value = 24.0
# tolerance = 1e-9
#
# [[tool.graphviz_utils.expect]]
# name = "too_small"
# value = 0.0
#
# [[tool.graphviz_utils.expect]]
# name = "a.grad"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 16.0
#
# [[tool.graphviz_utils.expect]]
# name = "c.grad"
# value = 8.0
# ///
r"""
A slope says how much the result moves when a leaf is moved a little. One can find it without any calculus: move the
leaf, and look. Here $L = (a b + c)^2 = (6 - 2)^2 = 16$, and $a = 2$ is nudged by $h = 0.1$:

| $a$ | $ab + c$ | $L$ | slope |
| --- | --- | --- | --- |
| $2.1$ | $4.3$ | $18.49$ | $(18.49 - 16)/0.1 = 24.9$ |
| $2$ | $4$ | $16$ | |
| $1.9$ | $3.7$ | $13.69$ | $(16 - 13.69)/0.1 = 23.1$ |

One nudge says a little too much, the other one a little too little, for $L$ is curved. The mean of both says $24$.
The picture arrives at the same number by the chain rule, $2 \cdot 4 \cdot 3 = 24$: the square sends $8$, and the
product sends it on to `a` times $b = 3$.

Is a smaller $h$ better? At first, yes. But with $h = 10^{-8}$ nothing moves at all: single precision has about seven
digits, and there $2 + 10^{-8}$ **is** $2$. The slope comes out as $0$.

Question: nudging needs no rules and is hard to get wrong. Why is no network trained with it?

Answer: it has to run the network once more for every single weight, or twice. A million weights make a million runs
for one step. The walk back gives all slopes at once, here $24$, $16$ and $8$, for about the price of two runs.
Nudging is the judge: a few weights are enough to find out whether somebody's backward is wrong.
"""

import torch


def loss(a, b, c):
    return (a * b + c) ** 2


# %% Three leaves
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = torch.tensor(-2.0, requires_grad=True)

# %% Forward
L = loss(a, b, c)
L

# %% Backward: all slopes at once
L.backward()
a.grad, b.grad, c.grad

# %% Nudge a, to the right and to the left
h = 0.1
right = (loss(2 + h, 3, -2) - loss(2, 3, -2)) / h
left = (loss(2, 3, -2) - loss(2 - h, 3, -2)) / h
middle = (right + left) / 2
right, left, middle

# %% A nudge that is too small for single precision
with torch.no_grad():
    too_small = (loss(a + 1e-8, b, c) - L) / 1e-8
too_small

# %% Proof: the mean of both nudges is what came back
torch.isclose(a.grad, torch.tensor(middle))

# %% Proof: the chain rule by hand
[a.grad, b.grad, c.grad] == [2 * (a * b + c) * b, 2 * (a * b + c) * a, 2 * (a * b + c)]
