"""Programs that use every operator with a curated rule, on random numbers: the rules stand trial on their runs."""

from collections.abc import Callable, Mapping

from tests.rules.programs import arithmetic, layers, multiplying, placing, pointwise, reducing

__all__ = ["PROGRAMS"]

PROGRAMS: Mapping[str, Callable[[], object]] = (
    arithmetic.PROGRAMS
    | pointwise.PROGRAMS
    | reducing.PROGRAMS
    | multiplying.PROGRAMS
    | layers.PROGRAMS
    | placing.PROGRAMS
)
"""By what they are about. A program gives back the tensors to differentiate; a module of programs is one more `|`."""
