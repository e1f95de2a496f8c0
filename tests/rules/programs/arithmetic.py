"""Sums, products and quotients, of tensors that are broadcast, of numbers, of complex numbers."""

from collections.abc import Callable

import torch

__all__ = ["PROGRAMS", "leaf"]


def leaf(*shape: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """A tensor of random numbers that wants a gradient."""
    return torch.randn(shape, dtype=dtype, requires_grad=True)


def sums() -> object:
    a, b, c = leaf(2, 3), leaf(3), leaf(2, 1, dtype=torch.complex128)
    scaled = [torch.add(a, b, alpha=3), torch.sub(a, b, alpha=0.5), torch.rsub(a, b, alpha=2)]
    mixed = [a + c, torch.add(a, c, alpha=2 - 1j), torch.sub(c, c, alpha=1j), torch.rsub(c, c, alpha=1j)]
    return [a + b, a - b, a + 1, a - 1.5, 1 - a, -a, b + a[0], *scaled, *mixed]


def products() -> object:
    a, b, c, s = leaf(2, 3), leaf(3), leaf(3, dtype=torch.complex128), leaf()
    return [a * b, 3 * a, a * torch.arange(3), a * c, c * c, c * (2 - 1j), s * a, a * a]


def quotients() -> object:
    a, b, c = leaf(2, 3), leaf(3), leaf(3, dtype=torch.complex128)
    rounded = [torch.div(a, b, rounding_mode=mode) for mode in ("floor", "trunc", None)]
    return [a / b, a / 4, 2 / a, a / torch.tensor([1, 2, 4]), a / c, c / a, *rounded, *scalars(a)]


def scalars(a: torch.Tensor) -> list[torch.Tensor]:
    """Operators on a tensor and a number as PyTorch's own code calls them."""
    aten = torch.ops.aten
    plain = [operator.Scalar(a, 2.5) for operator in (aten.add, aten.sub, aten.mul, aten.div, aten.rsub)]
    return [*plain, *(aten.div.Scalar_mode(a, 0.3, rounding_mode=mode) for mode in ("floor", "trunc"))]


def in_place() -> object:
    a, b = leaf(2, 3), leaf(2, 3)
    y = a * 2
    y += b
    y *= b
    y /= 3
    y -= a
    return y.neg_()


PROGRAMS: dict[str, Callable[[], object]] = {
    "sums": sums,
    "products": products,
    "quotients": quotients,
    "in place": in_place,
}
