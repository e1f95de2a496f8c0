"""A tensor as plain data, at one moment."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from graphviz_utils.model.measures import Count, Name, Shape

__all__ = ["NON_FINITE", "Number", "Snapshot", "Stats"]


Number = bool | int | float | complex

NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
"""How strict JSON spells the floats it has no word for."""

_MOST_ELEMENTS = 2**63 - 1
_LEAST, _GREATEST = -(2**63), 2**64 - 1
_Grid = Annotated[tuple[Annotated[tuple[Any, ...], Meta(max_length=16)], ...], Meta(max_length=16)]


@dataclass(frozen=True, slots=True)
class Stats:
    """What all elements of a tensor say together.

    `min`, `max`, `mean` and `norm` (the 2-norm) are taken over the finite elements; `None` where there is none, and
    `min`, `max`, `mean` of a complex tensor are `None`. `nan` and `inf` count the others.
    """

    min: float | None
    max: float | None
    mean: float | None
    norm: float | None
    nan: Count
    inf: Count


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tensor's shape, type and content, frozen.

    `data` holds every element as nested tuples shaped like `shape` (a bare number for shape `()`); it is `None` for a
    tensor too large to keep, which then has `grid`: up to 16 x 16 of its own elements, evenly spaced over its last two
    dimensions at index 0 of the others.
    """

    shape: Shape
    dtype: Name
    device: Name
    data: Any
    stats: Stats
    grid: _Grid | None = None

    def __post_init__(self) -> None:
        if self.shape and (min(self.shape) < 0 or self.numel > _MOST_ELEMENTS):
            raise ValueError(f"the shape {list(self.shape)} is that of no tensor")
        if self.data is None and not self.shape:
            raise ValueError("a tensor without dimensions holds one number, and here it has none")
        # JSON gives lists, pairs for complex numbers and words for non-finite ones; here they become what they mean.
        is_number = not self.shape and type(self.data) in (float, bool, complex)
        if not (is_number or self.data is None or isinstance(self.data, tuple)):
            object.__setattr__(self, "data", _restored(self.data, self.shape, self))
        if self.grid is not None and any({*map(type, row)} != {float} for row in self.grid):
            rows = tuple(tuple(_element(element, self) for element in row) for row in self.grid)
            object.__setattr__(self, "grid", rows)

    @property
    def is_complex(self) -> bool:
        """Whether the elements are complex numbers."""
        return self.dtype.startswith("complex")

    @property
    def numel(self) -> int:
        """How many elements the tensor has; 1 for shape `()`."""
        return math.prod(self.shape)

    @property
    def is_finite(self) -> bool:
        """Whether no element is NaN or infinite."""
        return self.stats.nan == 0 and self.stats.inf == 0

    def item(self) -> Number:
        """The only element.

        Raises:
            ValueError: the tensor has not exactly one element, or its elements were not kept.
        """
        elements = tuple(self.elements())
        if len(elements) != 1:
            raise ValueError(f"a tensor of shape {self.shape} has no single element; read .data or .stats instead")
        return elements[0]

    def text(self, number: Callable[[Number], str], whole: int) -> str:
        """All elements in brackets, each written by `number`; of a tensor of more than `whole` its statistics."""
        if self.data is not None and self.numel <= whole:
            return _bracketed(self.data, number)
        stats = self.stats
        named = (("min", stats.min), ("mean", stats.mean), ("max", stats.max), ("norm", stats.norm))
        words = [f"{word} {number(found)}" for word, found in named if found is not None]
        words += [f"{number(count)} {word}" for word, count in (("nan", stats.nan), ("inf", stats.inf)) if count]
        return ", ".join(words) or "empty"

    def elements(self) -> Iterator[Number]:
        """All elements in row-major order; none when only statistics were kept."""
        return iter(()) if self.data is None else _flat(self.data)


def _flat(data: Any) -> Iterator[Number]:
    if not isinstance(data, tuple):
        yield data
        return
    for part in data:
        yield from _flat(part)


def _bracketed(data: Any, number: Callable[[Number], str]) -> str:
    if isinstance(data, tuple):
        return f"[{', '.join(_bracketed(part, number) for part in data)}]"
    return number(data)


def _restored(data: Any, shape: tuple[int, ...], whole: Snapshot) -> Any:
    if not shape:
        return _element(data, whole)
    if not isinstance(data, (list, tuple)) or len(data) != shape[0]:
        raise ValueError(f"data does not have the shape {list(whole.shape)} it announces")
    if len(shape) == 1 and {*map(type, data)} == {float}:
        return tuple(data)
    return tuple(_restored(part, shape[1:], whole) for part in data)


def _element(element: Any, whole: Snapshot) -> Number:
    """A number, from how JSON spells it. One that is not finite must be among those that the statistics count."""
    if whole.is_complex and isinstance(element, (list, tuple)) and len(element) == 2:
        return complex(*(_real(part, whole) for part in element))
    number: Number = _real(element, whole)
    return number


def _real(element: Any, whole: Snapshot) -> Any:
    if isinstance(element, str) and element in NON_FINITE:
        if whole.is_finite:
            raise ValueError(f"an element is {element}, but the statistics count none")
        return NON_FINITE[element]
    if isinstance(element, (bool, float, complex)) or (isinstance(element, int) and _LEAST <= element <= _GREATEST):
        return element
    told = repr(element[:20]) if isinstance(element, str) else f"a {type(element).__name__}"
    raise ValueError(f"an element is {told}, not a number of up to 64 bits")
