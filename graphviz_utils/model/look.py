"""What the reader of a picture may choose."""

from dataclasses import dataclass
from typing import Literal, get_args

from graphviz_utils.model.errors import LookError

__all__ = ["Direction", "Leaves", "Look", "Preset", "Scope", "Theme"]

Preset = Literal["circuit", "micrograd", "pytorch"]
Direction = Literal["LR", "TB"]
Theme = Literal["light", "dark"]
Scope = Literal["backward", "all"]
Leaves = Literal["auto", "once", "per-use"]


_WORDS = {"preset": Preset, "direction": Direction, "theme": Theme, "scope": Scope, "leaves": Leaves}
_MOST_DIGITS = 17  # a double has no more


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader of the picture chooses. Equal looks give equal pictures.

    Raises:
        LookError: there is no such choice; it names those that there are.
    """

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

    def __post_init__(self) -> None:
        for name, kind in _WORDS.items():
            chosen, known = getattr(self, name), get_args(kind)
            if chosen not in known:
                raise LookError(f"{name} is {chosen!r}, but there is only {', '.join(known[:-1])} and {known[-1]}")
        if not _is_count(self.digits) or self.digits > _MOST_DIGITS:
            raise LookError(f"digits is {self.digits!r}; a whole number from 1 to {_MOST_DIGITS} was expected")
        if not _is_count(self.budget):
            raise LookError(f"budget is {self.budget!r}; a whole number of nodes from 1 on was expected")


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1
