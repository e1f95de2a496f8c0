# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A million paths, twenty gates"
# tags = ["scalar", "fan-out", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "2.0**3"
# deep = "2.0**20"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 24.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 8.0
#
# [[tool.graphviz_utils.expect]]
# name = "deep.grad"
# value = 1048576.0
# ///
r"""
Each floor adds the number to itself, $h \leftarrow h + h$. After three floors it is $8x$, and the slope is $8$.

In the picture two arrows run from each floor to the next. A path from `x` to `y` takes one of the two on each floor,
so there are $2 \cdot 2 \cdot 2 = 8$ paths. Each carries $1$, for additions change nothing, and together they carry
$8$: the derivative is the **sum over all paths**.

Nobody walks them one by one. The backward pass comes to each gate once, adds up what has arrived, $1 + 1 = 2$, sends
that on, and on the next floor it is $2 + 2 = 4$. The backward pass before this one went through twenty floors, with

$$2^{20} = 1\,048\,576$$

paths, in twenty steps.

Question: sixty floors, and a computer that follows a million paths each second. How long would it take, and how many
steps does the backward pass need?

Answer: $2^{60} \approx 1.15 \cdot 10^{18}$ paths take $1.15 \cdot 10^{12}$ seconds, some $36{,}500$ years. The
backward pass needs sixty steps. To add first and then multiply once, $(1 + 1)(1 + 1)(1 + 1)$ in place of eight
products, is all that is clever about it.
"""

import torch


def tower(h, floors):
    for _ in range(floors):
        h = h + h
    return h


# %% Twenty floors
deep = torch.tensor(1.0, requires_grad=True)
tower(deep, 20).backward()
deep.grad

# %% Three floors, to look at
x = torch.tensor(3.0, requires_grad=True)
y = tower(x, 3)
y.backward()
x.grad

# %% Proof: as many as there are paths, each of them carries 1
[x.grad, deep.grad] == [2**3, 2**20]
