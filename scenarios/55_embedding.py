# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Embedding: a row for each word"
# tags = ["matrix", "indexing", "layer"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# E = "torch.outer(torch.tensor([1.0, 1.0, 2.0, 0.0]), v / 4)"
# v = "rows.mean(0)"
#
# [[tool.graphviz_utils.expect]]
# name = "score"
# value = 3.0
#
# [[tool.graphviz_utils.expect]]
# name = "E.grad"
# value = [[1.0, 2.0], [1.0, 2.0], [2.0, 4.0], [0.0, 0.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "v.grad"
# value = [1.25, -0.25]
# ///
r"""
A network cannot compute with words. So each of the four words it knows owns a row of two numbers in the table `E`,
and a sentence is a list of row numbers, here $(2, 0, 2, 1)$. The rows are looked up and their mean is weighed by
$v = (4, 8)$:

$$\text{mean} = \left(\tfrac{2 + 1 + 2 + 0}{4},\; \tfrac{-1 + 0 - 1 + 1}{4}\right) = (1.25, -0.25),
\qquad \text{score} = 5 - 2 = 3$$

The way back to the four rows that were taken is easy: each receives $\frac14 v = (1, 2)$. Then every row is put back
where it came from. Word $2$ occurs **twice** and adds up, $(2, 4)$; words $0$ and $1$ occur once; word $3$ was not
said, and learns nothing from this sentence.

To look up a row is the same as a product with a matrix of zeros that has one $1$ per row. The proof shows it: that
product, turned over, gives the same gradient. It only takes longer, the more so the more words there are.

Question: and what is the gradient by the word numbers themselves, $(2, 0, 2, 1)$?

Answer: there is none. A slope needs something between $2$ and $3$, and there is no word number $2.5$. PyTorch lets
whole numbers have no gradient at all. What is learnt is not which word it is, but what it means.
"""

import torch

# %% A table with a row for each word, and weights
E = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0], [7.0, 7.0]], requires_grad=True)
v = torch.tensor([4.0, 8.0], requires_grad=True)

# %% A sentence of four words
words = torch.tensor([2, 0, 2, 1])

# %% Forward
rows = torch.nn.functional.embedding(words, E)
score = rows.mean(0) @ v
rows, score

# %% Backward
score.backward()
E.grad, v.grad

# %% Proof: as often as the word occurs, times a quarter of v
torch.equal(E.grad, torch.outer(torch.bincount(words, minlength=4).float(), v / 4))

# %% Proof: a product with zeros and ones does the same
chosen = torch.nn.functional.one_hot(words, 4).float()
torch.equal(E.grad, chosen.T @ (v / 4).expand(4, 2))
