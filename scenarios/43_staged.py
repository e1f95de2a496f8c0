# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A long formula, stage by stage"
# tags = ["scalar", "chain rule", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "1/den - num/den**2*(2*(x + y) + r*(1 - r)*y)"
# y = "s*(1 - s)/den - num/den**2*(2*(x + y) + r*(1 - r)*x)"
#
# [[tool.graphviz_utils.expect]]
# name = "num"
# value = 1.5
#
# [[tool.graphviz_utils.expect]]
# name = "den"
# value = 1.5
#
# [[tool.graphviz_utils.expect]]
# name = "f"
# value = 1.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = -0.6666667
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "y.grad"
# value = -1.3333333
# tolerance = 1e-6
# ///
r"""
Nobody wants to differentiate this in one go:

$$f = \frac{x + \sigma(y)}{\sigma(x y) + (x + y)^2}$$

Nobody has to. Give every part a name, $s = \sigma(y)$, $r = \sigma(xy)$, $t = x + y$, and walk forward at $x = 1$,
$y = 0$: $s = r = \frac12$, $t = 1$, so numerator and denominator are both $1.5$ and $f = 1$. Then walk back through
the names, the last one first. Each line needs one rule and values that are known already:

- the fraction: $\frac{1}{1.5} = \frac23$ for the numerator, $-\frac{1.5}{1.5^2} = -\frac23$ for the denominator;
- the square: $-\frac23 \cdot 2t = -\frac43$ for $t$, and so for `x` and for `y`;
- the two sigmoids, of slope $\frac14$: $\frac16$ from $s$ to `y`, and $-\frac16$ from $r$ to the product $xy$, which
  swaps: $-\frac16 \cdot 0$ for `x` and $-\frac16 \cdot 1$ for `y`.

Both leaves are used three times and add up three gradients: `x` gets $\frac23 - \frac43 - 0 = -\frac23$ and `y` gets
$\frac16 - \frac43 - \frac16 = -\frac43$. The cell *Back by hand* is this walk as a program. PyTorch writes the same
one by itself.

Question: somebody writes `dx = …` in all three places of that cell, in place of `dx = dx + …`. What is left of the
gradient of `x`?

Answer: the last part alone, $-\frac16 \cdot y = 0$. Each later line overwrites the earlier ones. Where a value forks
on the way forward, gradients **add** on the way back; to forget that is the classic slip of a backward written by
hand.
"""

import torch

# %% Two leaves
x = torch.tensor(1.0, requires_grad=True)
y = torch.tensor(0.0, requires_grad=True)

# %% Forward: every part has a name
s = torch.sigmoid(y)
num = x + s
r = torch.sigmoid(x * y)
t = x + y
den = r + t**2
f = num / den
f

# %% Backward
f.backward()
x.grad, y.grad

# %% Back by hand, the last stage first
with torch.no_grad():
    dnum, dden = 1 / den, -num / den**2
    dx = dnum
    dy = dnum * s * (1 - s)
    dt = dden * 2 * t
    dx, dy = dx + dt, dy + dt
    dproduct = dden * r * (1 - r)
    dx, dy = dx + dproduct * y, dy + dproduct * x
dx, dy

# %% Proof: both walks arrive at the same numbers
torch.allclose(torch.stack([x.grad, y.grad]), torch.stack([dx, dy]))
