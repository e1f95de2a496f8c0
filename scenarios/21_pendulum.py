# /// script
# requires-python = ">=3.11"
# dependencies = ["torch"]
#
# [tool.graphviz_utils]
# title = "The energy of a pendulum"
# tags = ["scalar", "physics", "chain rule"]
# level = "beginner"
#
# [tool.graphviz_utils.closed_forms]
# theta = "m*g*r*torch.sin(theta)"
# omega = "m*r**2*omega"
#
# [[tool.graphviz_utils.expect]]
# name = "E"
# value = 13.0
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "theta.grad"
# value = 12.0
# tolerance = 1e-5
#
# [[tool.graphviz_utils.expect]]
# name = "omega.grad"
# value = 6.0
# ///
r"""
A mass $m = 2$ on a string of length $r = 1$, at the angle $\theta$ from the vertical, turning with $\omega = 3$. Its
energy is

$$E = \underbrace{\tfrac12 m r^2 \omega^2}_{9} + \underbrace{m g r\,(1 - \cos\theta)}_{4} = 13.$$

The angle is that of the triangle with the sides $3$, $4$ and $5$: $\sin\theta = 0.6$ and $\cos\theta = 0.8$, and
$g = 10$. Both gradients have names in physics: $\partial E/\partial\omega = m r^2\omega = 6$ is the angular momentum,
and $\partial E/\partial\theta = m g r \sin\theta = 12$ is the torque that pulls the mass back, but for its sign.

The pendulum obeys $\dot\theta = \omega$ and $\dot\omega = -\frac{g}{r}\sin\theta = -6$. The chain rule then tells how
fast the energy changes:

$$\frac{dE}{dt} = \frac{\partial E}{\partial\theta}\,\dot\theta + \frac{\partial E}{\partial\omega}\,\dot\omega
= 12 \cdot 3 + 6 \cdot (-6) = 0$$

Question: air slows the pendulum down, $\dot\omega = -6 - \frac12\omega$. How fast is energy lost at this moment?

Answer: $12 \cdot 3 + 6 \cdot (-7.5) = -9$ a second. The two gradients are the same; only the motion is another one.
"""

import torch

# %% The state: an angle and a speed of turning
theta = torch.tensor(0.6435011, requires_grad=True)
omega = torch.tensor(3.0, requires_grad=True)
m, r, g = 2.0, 1.0, 10.0

# %% Forward: energy of motion and energy of height
motion = 0.5 * m * r**2 * omega**2
height = m * g * r * (1 - torch.cos(theta))
E = motion + height
E

# %% Backward
E.backward()
theta.grad, omega.grad

# %% Proof: torque and angular momentum
torch.allclose(torch.stack([theta.grad, omega.grad]), torch.stack([m * g * r * torch.sin(theta), m * r**2 * omega]))

# %% Proof: energy is conserved
rate = theta.grad * omega + omega.grad * (-g / r * torch.sin(theta))
torch.allclose(rate, torch.tensor(0.0), atol=1e-5)
