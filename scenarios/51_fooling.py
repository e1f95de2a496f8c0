# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "Turn the input: how to fool a neuron"
# tags = ["vector", "neuron", "product rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# x = "w"
#
# [[tool.graphviz_utils.expect]]
# name = "score"
# value = 1.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = [2.0, -1.0, 1.0, -2.0]
#
# [[tool.graphviz_utils.expect]]
# name = "fooled"
# value = [0.75, 2.25, 2.75, 1.25]
#
# [[tool.graphviz_utils.expect]]
# name = "now"
# value = -0.5
# ///
r"""
A neuron has been trained, and its weights $w = (2, -1, 1, -2)$ stay as they are. It looks at a picture of four
pixels, $x = (1, 2, 3, 1)$, and says *yes* when its score is above $0$:

$$w \cdot x = 2 - 2 + 3 - 2 = 1$$

This time the **input** is the leaf. Its gradient says how each pixel sways the score: `x.grad` $= w$. The first and
the last pixel matter most, and that alone is worth knowing when one asks what a network looks at.

Now the other use. Every pixel is moved by $\frac14$ and no more, down where the gradient is positive, up where it is
negative. Each of the four moves lowers the score by $\frac14 |w_i|$, together by $\frac14 (2 + 1 + 1 + 2) = 1.5$. The
picture has hardly changed, and the neuron says *no*: $1 - 1.5 = -0.5$.

Question: a picture has $10{,}000$ pixels, the weights are about $1$ in size, and every pixel is moved by a hundredth.
By how much does the score move, and what would random moves of that size do?

Answer: by $10{,}000 \cdot 0.01 = 100$. Random moves cancel for the most part: about $\sqrt{10{,}000} \cdot 0.01 = 1$
is left. Many small steps that all agree make a large one, and it is the gradient that makes them agree.
"""

import torch

# %% A picture, which is the leaf, and weights that stay
x = torch.tensor([1.0, 2.0, 3.0, 1.0], requires_grad=True)
w = torch.tensor([2.0, -1.0, 1.0, -2.0])

# %% Forward
score = w @ x
score

# %% Backward, to the picture
score.backward()
x.grad

# %% A quarter against the gradient, in each pixel
with torch.no_grad():
    fooled = x - x.grad.sign() / 4
    now = w @ fooled
now

# %% Proof: an input receives its weight
torch.equal(x.grad, w)

# %% Proof: a quarter of all weights, whatever their sign
score - now == w.abs().sum() / 4
