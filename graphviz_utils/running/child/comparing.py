"""Are two tensors equal, unequal only by rounding, or different, and where first?"""

from dataclasses import dataclass
from typing import Any, Literal

import torch

__all__ = ["Comparison", "as_tensor", "compared", "is_all_true", "two_texts"]

_EPSILONS = 8
"""So many units of rounding relative to its own size may an element differ, and one relative to the largest element."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two tensors compare. `index`, `left` and `right` tell of the first element that differs."""

    verdict: Literal["equal", "rounding", "different"]
    index: tuple[int, ...] = ()
    left: str = ""
    right: str = ""
    largest: float = 0.0
    dtype: str = ""
    reason: str = ""

    def sentence(self, left: str, right: str) -> str:
        """The comparison in words, calling the two sides `left` and `right`; empty for equal ones."""
        if self.verdict == "equal" or self.reason:
            return self.reason
        if self.verdict == "rounding":
            return f"the largest difference is {self.largest:.2g}, within the rounding of {self.dtype}"
        place = "".join(f"[{number}]" for number in self.index)
        where = f" at {place}, where the first difference is" if place else ""
        return f"{left} is {self.left} and {right} is {self.right}{where}"


def compared(left: Any, right: Any, tolerance: float = 0.0) -> Comparison:
    """Compare element by element, broadcasting; differences up to `tolerance` count as equal.

    *Rounding* is a difference of at most 8 ε of the element, or 1 ε of the largest element (sums that cancel), where
    ε belongs to the coarser floating type of the two.
    """
    a, b = _beside(right, left), _beside(left, right)
    try:
        torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError:
        shapes = f"the shapes {tuple(a.shape)} and {tuple(b.shape)} do not fit"
        return Comparison("different", reason=shapes)
    epsilon, dtype = _epsilon(left, right)
    a, b = torch.broadcast_tensors(a, b)
    unequal = a != b
    if not bool(unequal.any()):
        return Comparison("equal")
    wide = torch.complex128 if a.is_complex() or b.is_complex() else torch.float64
    wide_a, wide_b = a.to(wide), b.to(wide)
    size = torch.maximum(wide_a.abs(), wide_b.abs())
    finite = size[size.isfinite()]
    largest_size = float(finite.max()) if finite.numel() else 0.0
    difference = (wide_a - wide_b).abs()
    within = difference <= torch.clamp(epsilon * (_EPSILONS * size + largest_size), min=tolerance)
    beyond = unequal & ~(within & size.isfinite())
    if not bool(beyond.any()):
        largest = float(difference[unequal].max())
        return Comparison("equal" if largest <= tolerance else "rounding", largest=largest, dtype=dtype)
    index = tuple(beyond.nonzero()[0].tolist())
    return Comparison("different", index, *two_texts(a[index].item(), b[index].item()))


def as_tensor(value: Any) -> torch.Tensor:
    """`value` as a tensor cut off from its graph; Python's own floats keep all their digits."""
    tensor = torch.as_tensor(value).detach()
    if hasattr(value, "dtype") or not (tensor.is_floating_point() or tensor.is_complex()):
        return tensor
    return torch.as_tensor(value, dtype=torch.complex128 if tensor.is_complex() else torch.float64)


def is_all_true(result: Any) -> bool:
    """Whether a comparison holds: everywhere, if it has elements."""
    if isinstance(result, torch.Tensor):
        return bool(result.all())
    return bool(result.all()) if hasattr(result, "all") else bool(result)


def _beside(other: Any, value: Any) -> torch.Tensor:
    """`value` as a tensor: a Python number beside a floating tensor is rounded to its type, as PyTorch does."""
    tensor = as_tensor(value)
    if isinstance(value, float) and isinstance(other, torch.Tensor) and other.is_floating_point():
        return tensor.to(other.dtype)
    return tensor


def _epsilon(left: Any, right: Any) -> tuple[float, str]:
    """ε of the coarser floating type of both, and the type's name; Python's own numbers take the other side's."""
    types = [dtype for side in (left, right) if (dtype := _dtype(side)) is not None]
    floating = [dtype for dtype in types if dtype.is_floating_point or dtype.is_complex]
    if not floating:
        both_exact = not any(isinstance(side, (float, complex)) for side in (left, right))
        return (0.0, "integers") if both_exact else (torch.finfo(torch.float64).eps, "float64")
    coarsest = max(floating, key=lambda dtype: torch.finfo(dtype).eps)
    return torch.finfo(coarsest).eps, str(coarsest).removeprefix("torch.")


def _dtype(side: Any) -> torch.dtype | None:
    if isinstance(side, torch.Tensor):
        return side.dtype
    return torch.as_tensor(side).dtype if hasattr(side, "dtype") else None


def two_texts(left: Any, right: Any) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 17):
        texts = tuple(f"{number:.{digits}g}" if isinstance(number, float) else str(number) for number in (left, right))
        if texts[0] != texts[1]:
            break
    return texts[0], texts[1]
