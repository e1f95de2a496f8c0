"""Formulas as MathML, which browsers show without a script and without a network."""

from dataclasses import dataclass, field
from functools import lru_cache

from latex2mathml.converter import convert

from graphviz_utils.viewer.cards import FormulaIndex

__all__ = ["Formulary", "mathml"]

_LONGEST = 6_000
_KEPT = 8_192


@lru_cache(maxsize=_KEPT)
def mathml(latex: str) -> str | None:
    """`latex` as MathML; `None` where it is longer than anybody reads, or nothing that can be set."""
    if len(latex) > _LONGEST:
        return None
    try:
        return str(convert(latex))
    except Exception:  # noqa: BLE001 - a recorded run may hold any text, and the reader is shown that instead
        return None


@dataclass(frozen=True)
class Formulary:
    """The formulas of a scene; equal ones stand in it once."""

    texts: dict[str, FormulaIndex] = field(default_factory=dict)

    def index(self, latex: str) -> FormulaIndex | None:
        """The place of a formula; `None` where it cannot be set."""
        found = mathml(latex)
        return None if found is None else self.texts.setdefault(found, len(self.texts))

    def sure(self, latex: str) -> FormulaIndex:
        """The place of a formula of ours; of one that is too long, of three dots."""
        found = self.index(latex)
        return found if found is not None else self.sure(r"\dots")
