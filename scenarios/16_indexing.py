# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Indexing and views"
# tags = ["vector", "indexing", "fan-out"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "torch.stack([torch.tensor(3.0), 2*x[1], torch.tensor(0.0), 2*x[3] + 3])"
#
# [[tool.graphviz_utils.expect]]
# name = "y"
# value = 35.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [3.0, 4.0, 0.0, 11.0]
# ///
r"""
Four numbers, seen as a matrix of two rows (`view` copies nothing), and two ways to take some of them:

- a column of the matrix, $(2, 4)$, which is squared: $4 + 16$;
- the elements number $0$, $0$ and $3$, weighed by $1$, $2$ and $3$: $1 + 2 + 12$.

Taking elements is computing, too, and it has a backward: put the gradient back **where it was taken from**, and zeros
elsewhere. Element $2$ was never taken and receives $0$. Element $0$ was taken twice in one go and receives the sum
$1 + 2$. Element $3$ was taken in both ways and receives $8 + 3$.

Question: an embedding table has 50,000 rows and a sentence uses twelve of them. How does its gradient look?

Answer: zeros, but for the twelve rows; a word that occurs twice gives its row the sum of both. That is why PyTorch
offers sparse gradients for embeddings.
"""

import torch

# %% A leaf of four numbers
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)

# %% Forward: a column of its view, and some elements by number
column = x.view(2, 2)[:, 1]
taken = x[torch.tensor([0, 0, 3])]
weights = torch.tensor([1.0, 2.0, 3.0])
y = (column**2).sum() + (taken * weights).sum()
y

# %% Backward
y.backward()
x.grad

# %% Proof: twice the column where it stood, the weights where they were used
torch.equal(x.grad, torch.tensor([1.0 + 2.0, 4.0, 0.0, 8.0 + 3.0]))
