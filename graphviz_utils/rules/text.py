"""LaTeX that knows how tightly it holds together, so that brackets stand where they are needed and nowhere else."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Strength", "Text"]


class Strength(IntEnum):
    """How tightly a formula holds together, and how tightly a place asks it to. At a tighter place it gets brackets."""

    FREE = 0
    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


@dataclass(frozen=True, slots=True)
class Text:
    """LaTeX, and how tightly it holds together."""

    latex: str
    strength: Strength = Strength.ATOM

    def at(self, place: int) -> str:
        """The LaTeX as it stands at `place`."""
        return self.latex if self.strength >= place else rf"\left({self.latex}\right)"
