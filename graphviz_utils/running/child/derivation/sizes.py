"""How large expressions are, known without walking through what they share again and again."""

import sympy

__all__ = ["Sizes"]

_MOST = 60
_MOST_OF_A_ROOT = 160
_DEEPEST = 24


class Sizes:
    """Counts operations, numbers and letters, and how deep they are nested."""

    def __init__(self) -> None:
        self._known: dict[sympy.Basic, tuple[int, int]] = {}

    def is_too_large(self, expression: sympy.Expr, most: int = _MOST) -> bool:
        """Whether an expression is too long to go on with: to be read within others."""
        size, depth = self._measured(expression)
        return size > most or depth > _DEEPEST

    def is_too_large_for_a_root(self, expression: sympy.Expr) -> bool:
        """Whether it is too long to end with."""
        return self.is_too_large(expression, _MOST_OF_A_ROOT)

    def _measured(self, expression: sympy.Basic) -> tuple[int, int]:
        known = self._known.get(expression)
        if known is None:
            parts = [self._measured(part) for part in expression.args]
            known = 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)
            self._known[expression] = known
        return known
