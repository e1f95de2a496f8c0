# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Logistic regression, cross-entropy"
# tags = ["matrix", "loss", "neuron"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# w = "X.T @ (p - t) / 2"
# b = "((p - t) / 2).sum()"
#
# [[tool.graphviz_utils.expect]]
# name = "loss"
# value = 0.6931472
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "w.grad"
# value = [-0.25, -0.5]
# tolerance = 1e-6
#
# [[tool.graphviz_utils.expect]]
# name = "b.grad"
# value = 0.0
# tolerance = 1e-6
# ///
r"""
Two examples, two features, one question: yes or no? The model says $p = \sigma(Xw + b)$ and has not learnt anything
yet: with these weights both sums are $0$, and both times it says $p = \frac12$. The right answers are $t = (1, 0)$,
and the cross-entropy takes the logarithm of what was said about the right answer:

$$L = -\frac12 \sum_i \bigl( t_i \ln p_i + (1 - t_i) \ln (1 - p_i) \bigr) = \ln 2$$

Follow the first example. The cross-entropy sends $-\frac12 \cdot \frac{1}{p} = -1$, the sigmoid multiplies by
$p\,(1 - p) = \frac14$, and $-\frac14$ is left: exactly $\frac12 (p - t)$. The two fractions have cancelled, and they
always do. That is why sigmoid and cross-entropy belong together:

$$\frac{\partial L}{\partial w} = \frac12 X^\top (p - t)$$

Question: the bias receives $-\frac14 + \frac14 = 0$. Has it found its best value?

Answer: for these weights, yes: as many yes are said too weakly as no. After a step of `w` the errors change, and `b`
may receive something again.
"""

import torch

# %% Two examples and what is right
X = torch.tensor([[2.0, 4.0], [1.0, 2.0]])
t = torch.tensor([1.0, 0.0])

# %% Two weights and a bias
w = torch.tensor([2.0, -1.0], requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)

# %% Forward
p = torch.sigmoid(X @ w + b)
loss = torch.nn.functional.binary_cross_entropy(p, t)
loss

# %% Backward
loss.backward()
w.grad, b.grad

# %% Proof: the error times the input
torch.allclose(w.grad, X.T @ (p - t) / 2)

# %% Proof: the cross-entropy by hand
torch.isclose(loss, -(t * p.log() + (1 - t) * (1 - p).log()).mean())
