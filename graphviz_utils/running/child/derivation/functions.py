"""Functions that SymPy does not have, and that a formula is easier to read with than with what they stand for."""

from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter

__all__ = ["Sigmoid"]


class Sigmoid(sympy.Function):
    """1 / (1 + exp(-x)), which is its own derivative's best name: σ' = σ (1 - σ)."""

    nargs = 1
    is_real = True
    is_positive = True

    @classmethod
    def class_key(cls) -> tuple[int, int, str]:
        """In a product it stands before sums: σ (1 - σ)."""
        return 2, 1, cls.__name__

    @classmethod
    def eval(cls, argument: Any) -> Any:
        """The exact value at 0."""
        return sympy.S.Half if argument is sympy.S.Zero else None

    def fdiff(self, argindex: int = 1) -> Any:
        """The derivative by its only argument."""
        if argindex != 1:
            raise sympy.ArgumentIndexError(self, argindex)
        return self * (1 - self)

    def _eval_evalf(self, precision: int) -> Any:
        return (1 / (1 + sympy.exp(-self.args[0])))._eval_evalf(precision)

    def _latex(self, printer: LatexPrinter, exp: str | None = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\sigma{power}\left({printer.doprint(self.args[0])}\right)"
