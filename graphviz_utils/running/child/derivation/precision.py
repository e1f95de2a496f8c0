"""How exactly a run computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

__all__ = ["Precision"]

_EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
_SMALLEST = {"float16": 2.0**-24, "bfloat16": 2.0**-133, "float32": 2.0**-149, "float64": 2.0**-1074}


@dataclass(frozen=True, slots=True)
class Precision:
    """A floating type, the distance from 1 to its next number, and from 0."""

    dtype: str
    epsilon: float
    smallest: float

    @classmethod
    def coarsest(cls, dtypes: Iterable[str]) -> Self:
        """That of the coarsest of these types; of float64 where none of them is floating."""
        known = {dtype for dtype in dtypes if dtype in _EPSILON}
        dtype = max(known, key=lambda each: (_EPSILON[each], each), default="float64")
        return cls(dtype, _EPSILON[dtype], _SMALLEST[dtype])
