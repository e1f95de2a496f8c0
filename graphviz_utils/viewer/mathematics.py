"""Formulas as MathML, which browsers show without a script and without a network."""

from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from graphviz_utils.viewer.cards import FormulaIndex

__all__ = ["Formulary", "mathml"]

_LONGEST = 3_000
_MOST = 400_000
"""Characters of LaTeX that are set for one scene: some seconds' work, were none of it known."""
_KEPT = 8_192


@lru_cache(maxsize=_KEPT)
def mathml(latex: str) -> str | None:
    """`latex` as MathML; `None` where it is longer than anybody reads, or nothing that can be set."""
    if len(latex) > _LONGEST:
        return None
    try:
        text = str(convert(latex))
        ElementTree.fromstring(text)  # noqa: S314 - well-formed? It begins with <math>, so it defines no entities
    except Exception:  # noqa: BLE001 - a recorded run may hold any text, and the reader is shown that instead
        return None
    return text


class Formulary:
    """The formulas of a scene; equal ones stand in it once."""

    def __init__(self) -> None:
        self._places: dict[str, FormulaIndex | None] = {}
        self._texts: dict[str, FormulaIndex] = {}
        self._characters = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them, as MathML."""
        return tuple(self._texts)

    def index(self, latex: str) -> FormulaIndex | None:
        """The place of a formula; `None` where it cannot be set, or where there are too many."""
        if latex not in self._places:
            self._characters += len(latex)
            found = mathml(latex) if self._characters <= _MOST else None
            self._places[latex] = None if found is None else self._texts.setdefault(found, len(self._texts))
        return self._places[latex]

    def sure(self, latex: str) -> FormulaIndex:
        """The place of a formula of ours; of one that cannot be set, of three dots."""
        found = self.index(latex)
        return found if found is not None else self._texts.setdefault(str(convert(r"\dots")), len(self._texts))
