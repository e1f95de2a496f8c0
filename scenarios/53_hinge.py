# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The hinge loss, and who must move"
# tags = ["matrix", "loss", "kink"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# W = "torch.tensor([[-2.0], [1.0], [1.0], [0.0]]) @ x.T"
#
# [[tool.graphviz_utils.expect]]
# name = "scores"
# value = [[2.0], [3.0], [1.5], [-1.0]]
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 2.5
#
# [[tool.graphviz_utils.expect]]
# name = "W.grad"
# value = [[-2.0, -4.0], [1.0, 2.0], [1.0, 2.0], [0.0, 0.0]]
# ///
r"""
Four classes, a row of weights for each, and one example $x = (1, 2)$ of class $0$. The scores are
$s = W x = (2,\; 3,\; 1.5,\; -1)$. The hinge loss wants the right score to be ahead of every other one by at least
$1$, and adds up what is missing:

$$L = \sum_{j \neq 0} \max(0,\; s_j - s_0 + 1) = 2 + 0.5 + 0 = 2.5$$

Class $1$ is even ahead of the right one, class $2$ is behind but too close, and class $3$ is out of the question.

Back again, relu lets a $1$ through for each class that is too close, and a $0$ for the third, however wrong its score
may be: **whoever is far enough away is left alone**. The right class is met by every comparison, so it hears from
each of them, $-1 - 1 = -2$. Times the example, these are the rows of `W.grad`: the right one is pulled towards $x$
twice, the two others are pushed away from it once.

Question: a training begins with tiny weights, so all scores are about $0$. What must the loss be, and why is it good
to look?

Answer: $3$, for each of the three comparisons lacks the whole $1$; with $n$ classes it is $n - 1$. If the first loss
is anything else there is a mistake in the program, and it has been found before the training.
"""

import torch

# %% An example of class 0, and a row of weights for each class
x = torch.tensor([[1.0], [2.0]])
W = torch.tensor([[1.0, 0.5], [1.0, 1.0], [0.5, 0.5], [1.0, -1.0]], requires_grad=True)

# %% Forward
scores = W @ x
lacking = torch.relu(scores[1:] - scores[0] + 1)
loss = lacking.sum()
scores, lacking

# %% Backward
loss.backward()
W.grad

# %% Proof: how often each class was too close, times the example
torch.equal(W.grad, torch.tensor([[-2.0], [1.0], [1.0], [0.0]]) @ x.T)

# %% Proof: PyTorch's own loss, which takes the mean over the classes
loss == 4 * torch.nn.functional.multi_margin_loss(scores.T, torch.tensor([0]))
