"""Tensors become plain data here, and the program never notices: no mode, no graph, no random number."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from graphviz_utils.model import Snapshot, Stats

__all__ = ["DEFAULT_FILM", "KEPT_ELEMENTS", "Camera", "unseen"]

DEFAULT_FILM = 1_000_000
"""How many tensors a recording takes snapshots of before it goes on with structure alone."""

KEPT_ELEMENTS = 1024
"""Tensors up to this many elements are kept whole; larger ones as statistics and a grid."""

EXACT_STATS = 64
"""Up to this many elements Python's exact sums are faster than PyTorch's kernels."""

GRID = 16


@contextmanager
def unseen() -> Iterator[None]:
    """What happens inside is seen by no mode and by no graph."""
    with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(), torch.no_grad():
        yield


class Camera:
    """Takes snapshots until `film` of them are taken; after that `None`, and `is_out_of_film` says so."""

    def __init__(self, film: int) -> None:
        self._film = film
        self.taken = 0
        self.is_out_of_film = False

    def snapshot(self, tensor: torch.Tensor | None) -> Snapshot | None:
        """`tensor` now, or `None` where it cannot be read (wrapped by a function transform, no data, fake)."""
        if tensor is None:
            return None
        if self.taken == self._film:
            self.is_out_of_film = True
            return None
        self.taken += 1
        try:
            with unseen():
                return _snapshot(tensor.detach())
        except Exception:  # noqa: BLE001  # wrapped tensors may raise anything, the program must not
            return None


def _snapshot(tensor: torch.Tensor) -> Snapshot:
    shape = tuple(tensor.shape)
    dtype = str(tensor.dtype).removeprefix("torch.")
    device = str(tensor.device)
    plain = _plain(tensor)
    if plain.numel() <= KEPT_ELEMENTS:
        data = _tuples(plain.tolist())
        stats = _stats_of_numbers(data, plain) if plain.numel() <= EXACT_STATS else _stats_of_large(plain)
        return Snapshot(shape, dtype, device, data, stats)
    return Snapshot(shape, dtype, device, None, _stats_of_large(plain), _grid(plain))


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """The same elements as an ordinary dense tensor whose `tolist` gives numbers."""
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.resolve_conj().resolve_neg()
    if tensor.dtype is torch.complex32:
        return tensor.to(torch.complex64)
    return tensor


def _tuples(data: Any) -> Any:
    return tuple(map(_tuples, data)) if isinstance(data, list) else data


def _stats_of_numbers(data: Any, tensor: torch.Tensor) -> Stats:
    """Statistics of a small tensor, in Python floats, where they are exact and cheap."""
    if tensor.dim() == 0 and isinstance(data, (bool, int, float)) and math.isfinite(data):
        number = float(data)
        return Stats(number, number, number, abs(number), 0, 0)
    numbers = tensor.flatten().tolist()
    if tensor.is_complex():
        sizes = [abs(number) for number in numbers]
        finite = [size for size in sizes if math.isfinite(size)]
        nan = sum(map(math.isnan, sizes))
        return Stats(None, None, None, math.hypot(*finite) if finite else None, nan, len(sizes) - len(finite) - nan)
    finite = [float(number) for number in numbers if math.isfinite(number)]
    nan = sum(map(math.isnan, numbers))
    inf = len(numbers) - len(finite) - nan
    if not finite:
        return Stats(None, None, None, None, nan, inf)
    return Stats(min(finite), max(finite), math.fsum(finite) / len(finite), math.hypot(*finite), nan, inf)


def _stats_of_large(tensor: torch.Tensor) -> Stats:
    """Statistics from fused passes. NaN and infinities show in the extremes for nothing; only then are they counted."""
    if tensor.is_complex():
        norm = float(torch.linalg.vector_norm(tensor))
        if math.isfinite(norm):
            return Stats(None, None, None, norm, 0, 0)
        nan, inf = int(tensor.isnan().sum()), int(tensor.isinf().sum())
        finite = tensor[tensor.isfinite()]
        return Stats(None, None, None, float(torch.linalg.vector_norm(finite)) if finite.numel() else None, nan, inf)
    if not tensor.is_floating_point():
        tensor = tensor.to(torch.float64)
    low, high = (float(extreme) for extreme in torch.aminmax(tensor))
    wide = torch.float64 if tensor.dtype is torch.float64 else torch.float32
    if math.isfinite(low) and math.isfinite(high):
        mean = float(tensor.mean(dtype=wide))
        return Stats(low, high, mean, float(torch.linalg.vector_norm(tensor, dtype=wide)), 0, 0)
    nan, inf = int(tensor.isnan().sum()), int(tensor.isinf().sum())
    finite = tensor[tensor.isfinite()]
    if not finite.numel():
        return Stats(None, None, None, None, nan, inf)
    low, high = (float(extreme) for extreme in torch.aminmax(finite))
    norm = float(torch.linalg.vector_norm(finite, dtype=wide))
    return Stats(low, high, float(finite.mean(dtype=wide)), norm, nan, inf)


def _grid(tensor: torch.Tensor) -> tuple[tuple[Any, ...], ...]:
    """Up to 16 x 16 evenly spaced elements of the last two dimensions, at index 0 of the others."""
    while tensor.dim() > 2:
        tensor = tensor[0]
    tensor = tensor.reshape(-1, tensor.shape[-1])
    rows, columns = (_evenly(size) for size in tensor.shape)
    grid = tensor[rows][:, columns]
    number = complex if grid.is_complex() else float
    return tuple(tuple(map(number, row)) for row in grid.tolist())


def _evenly(size: int) -> list[int]:
    count = min(size, GRID)
    return [i * size // count for i in range(count)]
