"""What the reader of a picture may choose."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Direction", "Leaves", "Look", "Preset", "Scope", "Theme"]

Preset = Literal["circuit", "micrograd", "pytorch"]
Direction = Literal["LR", "TB"]
Theme = Literal["light", "dark"]
Scope = Literal["backward", "all"]
Leaves = Literal["auto", "once", "per-use"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader of the picture chooses. Equal looks give equal pictures."""

    preset: Preset = "circuit"
    """`circuit`: operators as round gates on wires; `micrograd`: records of data and grad; `pytorch`: true names."""
    direction: Direction = "LR"
    theme: Theme = "light"
    values: bool = True
    """Forward values on nodes and edges."""
    grads: bool = True
    """Backward gradients on nodes and edges."""
    names: bool = True
    """The autograd name of each operator under its sign; `pytorch` shows it always."""
    digits: int = 4
    """Significant digits of every number."""
    scope: Scope = "backward"
    """`backward`: what the chosen pass could reach from its roots; `all`: everything that was recorded."""
    constants: bool = True
    """Tensors that need no gradient, where they feed an operator."""
    leaves: Leaves = "auto"
    """`per-use` draws a leaf beside each of its uses; `auto` does so for leaves with more uses than a layout bears."""
    budget: int = 300
    """How many nodes are drawn before repeats and chains are folded into boxes that say how many they hold."""
