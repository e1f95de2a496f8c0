# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "A graph serves once"
# tags = ["scalar", "memory", "accumulation"]
# level = "intermediate"
#
# [tool.graphviz_utils.closed_forms]
# x = "2*x"
# s = "2.0"
#
# [[tool.graphviz_utils.expect]]
# name = "once"
# value = 6.0
#
# [[tool.graphviz_utils.expect]]
# name = "x.grad"
# value = 18.0
#
# [[tool.graphviz_utils.expect]]
# name = "s.grad"
# value = 4.0
# ///
r"""
On the way forward a gate puts aside what it will need on the way back: the square keeps its input, for its slope is
$2x$. After the backward pass this is thrown away, since it fills the memory and hardly anybody needs it twice. The
graph is used up.

- `backward` for `y` sends $6$. A second call for the same `y` is refused, and the error says why.
- For `z` the first call asks to keep everything, `retain_graph=True`. The second call then works, and the gradients
  add up as always: $6 + 6 + 6 = 18$.
- For $t = s + s$ two calls work without asking. An addition has the slope $1$ whatever its inputs are, so it keeps
  nothing, and nothing is missing the second time.

Question: a program computes $h = w x$ once, **before** its training loop, and the loss from `h` inside. The second
round fails. Is `retain_graph=True` the cure?

Answer: hardly ever. It silences the error, but `h` still belongs to the weight as it was before the first step, so
the gradients are those of yesterday. What belongs to a round is computed in that round: move the line into the loop.
"""

import torch

# %% A square, twice: the second call is refused
x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.backward()
once = x.grad.clone()
try:
    y.backward()
    message = ""
except RuntimeError as error:
    message = str(error)
message.partition("(")[0]

# %% A square that is asked to remember
z = x**2
z.backward(retain_graph=True)
z.backward()
once, x.grad

# %% A sum has nothing to remember
s = torch.tensor(1.0, requires_grad=True)
t = s + s
t.backward()
t.backward()
s.grad

# %% Proof: three passes reached x, and two reached s
[x.grad, s.grad] == [3 * 2 * x, 2 * 2]

# %% Proof: one was refused
message.count("Trying to backward") == 1
