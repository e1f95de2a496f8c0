# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Broadcasting: copies add up"
# tags = ["matrix", "broadcasting", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# A = "b.expand(2, 3)"
# b = "A.sum(0)"
# k = "6.0"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 466.0
#
# [[tool.graphviz_utils.expect]]
# name = "A.grad"
# value = [[10.0, 20.0, 30.0], [10.0, 20.0, 30.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = [5.0, 7.0, 9.0]
#
# [[tool.graphviz_utils.expect]]
# name = "k.grad"
# value = 6.0
# ///
r"""
`A` has two rows, `b` has one: in `A * b` the row `b` serves both. `k` is a single number and serves all six elements.
PyTorch makes no copies in memory, but for the derivative it is as if it had: whatever was used several times receives
the **sum** of what comes back to its copies.

$$\frac{\partial y}{\partial b_j} = \sum_i A_{ij} = (1 + 4,\; 2 + 5,\; 3 + 6)
\qquad \frac{\partial y}{\partial k} = 6$$

Compare the shapes on the arrows: two rows come out of `A * b`, and only one arrives at `b`. This is fan-out once
more, hidden in one gate.

Question: a layer of a network adds its bias to each example of a batch. What does the bias receive?

Answer: the sum of what comes back to all examples. With a loss that is a mean over the batch, that makes the mean of
their gradients.
"""

import torch

# %% A matrix, a row, a number
A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
b = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
k = torch.tensor(1.0, requires_grad=True)

# %% Forward: the row is used twice, the number six times
C = A * b + k
C

# %% Down to one number, and back
y = C.sum()
y.backward()
A.grad, b.grad, k.grad

# %% Proof: the columns of A, added up
torch.equal(b.grad, A.sum(0))

# %% Proof: as many as there are elements
k.grad == A.numel()
