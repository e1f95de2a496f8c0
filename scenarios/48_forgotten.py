# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A loop that forgets to clear"
# tags = ["scalar", "accumulation", "optimiser"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# w = "w"
# v = "v"
#
# [[tool.graphviz_utils.expect]]
# name = "clean"
# value = [8.0, 0.0, 0.0]
#
# [[tool.graphviz_utils.expect]]
# name = "path"
# value = [8.0, 0.0, -8.0, -8.0, 0.0, 8.0, 8.0]
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = 0.0
# ///
r"""
Two loops walk down the bowl $L = \frac12 w^2$, whose slope is $w$ itself. Both begin at $8$ and take the whole slope
as their step. The first loop clears the gradient before each backward call. It is at the bottom after one step, and
stays.

The second loop lacks that one line. Its weight `v` should stand still at the bottom, but `v.grad` still holds the $8$
of the step before:

| step | slope | `v.grad` | `v` |
| --- | --- | --- | --- |
| begin | | | 8 |
| 1 | 8 | 8 | 0 |
| 2 | 0 | 8 | −8 |
| 3 | −8 | 0 | −8 |
| 4 | −8 | −8 | 0 |
| 5 | 0 | −8 | 8 |
| 6 | 8 | 0 | 8 |

After six steps it is back where it began, and will swing for ever. Go through the backward passes of `v` one after
the other: what a pass **sends** is always right, only the sum in `v.grad` is not.

Question: no error, no warning. Which well-known method does the forgetful loop carry out, and what does it lack?

Answer: momentum. The sum of all earlier slopes is a velocity, and the weight rolls like a ball. But this velocity is
kept whole, and a ball without friction never comes to rest. Real momentum keeps half of it, or nine tenths.
"""

import torch

# %% Two weights at the same place
w = torch.tensor(8.0, requires_grad=True)
v = torch.tensor(8.0, requires_grad=True)
clean, path = [w.item()], [v.item()]

# %% The loop as it should be
for _ in range(2):
    w.grad = None
    loss = w**2 / 2
    loss.backward()
    with torch.no_grad():
        w -= w.grad
    clean.append(w.item())
clean

# %% The loop that forgets to clear
for _ in range(6):
    loss = v**2 / 2
    loss.backward()
    with torch.no_grad():
        v -= v.grad
    path.append(v.item())
path

# %% Proof: one is at the bottom, the other one back at the beginning
[w, v] == [0, path[0]]
