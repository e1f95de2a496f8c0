# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The quotient rule"
# tags = ["scalar", "product rule", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "(6*x*(x + 1) - (3*x**2 + 5))/(x + 1)**2"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 4.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 1.0
# ///
r"""
$y = u / v$ with $u = 3x^2 + 5 = 8$ and $v = x + 1 = 2$ at $x = 1$. The school's rule is

$$\left(\frac{u}{v}\right)' = \frac{u'v - uv'}{v^2} = \frac{6 \cdot 2 - 8 \cdot 1}{4} = 1.$$

The gate $/$ knows only two things: upwards it sends $\frac{1}{v} = 0.5$, downwards $-\frac{u}{v^2} = -2$. Times the
slopes $u' = 6$ and $v' = 1$, two gradients arrive at `x`: $3$ and $-2$. One pulls up, one pulls down, and their sum
is the rule.

Question: for which $u$ would `y` not change at all when `x` is moved a little, with $v$ and both slopes as they are?

Answer: $u = 12$, for then $6 \cdot 2 - 12 \cdot 1 = 0$: the two gradients that arrive, $3$ and $-3$, cancel. A
gradient of zero need not mean that nothing arrived.
"""

import torch

# %% A leaf
x = torch.tensor(1.0, requires_grad=True)

# %% Forward: numerator, denominator, quotient
u = 3 * x**2 + 5
v = x + 1
y = u / v
y

# %% Backward
y.backward()
x.grad

# %% Proof: (u'v - uv') / v²
x.grad == (6 * x * v - u) / v**2
