"""Tensors become plain data here, and the program never notices: no mode, no graph, no random number."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from graphviz_utils.model import Snapshot, Stats

__all__ = ["DEFAULT_FILM", "GRID", "KEPT_ELEMENTS", "Camera", "Shot", "grid_of", "unseen", "version_of"]

DEFAULT_FILM = 250_000
"""How many tensors a recording takes snapshots of before it goes on with structure alone."""

KEPT_ELEMENTS = 1024
"""Tensors up to this many elements are kept whole; larger ones as statistics and a grid."""

EXACT_STATS = 64
"""Up to this many elements Python's exact sums are faster than PyTorch's kernels."""

SAFE_IN_FLOAT32 = 1e15
"""Up to this size the squares of a million elements can be added up in float32."""

GRID = 16

Shot = tuple[torch.Tensor, Snapshot | None]
"""A live tensor and what it holds now."""


@contextmanager
def unseen() -> Iterator[None]:
    """What happens inside is seen by no mode and by no graph."""
    with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(), torch.no_grad():
        yield


def version_of(tensor: torch.Tensor) -> int:
    """The version counter of a tensor's storage; 0 for inference tensors, which keep none."""
    return 0 if tensor.is_inference() else tensor._version


class Camera:
    """Takes snapshots until `film` of them are taken; after that `None`, and `is_out_of_film` says so."""

    def __init__(self, film: int) -> None:
        self._film = film
        self.taken = 0
        self.elements_kept = 0
        self.is_out_of_film = False

    def snapshot(
        self, tensor: torch.Tensor | None, at_hand: Sequence[Shot] = (), kept: int = KEPT_ELEMENTS
    ) -> Snapshot | None:
        """`tensor` now, or `None` where it cannot be read (wrapped by a function transform, no data, fake).

        What is `at_hand` saves a second look at the same memory: a view of all of a tensor has its statistics. Up to
        `kept` elements are kept whole.
        """
        if tensor is None:
            return None
        if self.taken == self._film:
            self.is_out_of_film = True
            return None
        self.taken += 1
        try:
            with unseen():
                return self._taken(tensor.detach(), at_hand, kept)
        except Exception:  # noqa: BLE001  # wrapped tensors may raise anything, the program must not
            return None

    def _taken(self, tensor: torch.Tensor, at_hand: Sequence[Shot], kept: int) -> Snapshot:
        stats: Stats | None = None
        for like, snapshot in at_hand if tensor.numel() > EXACT_STATS else ():
            if snapshot is not None and _is_same_memory(tensor, like):
                if tensor.shape == like.shape and tensor.stride() == like.stride():
                    return snapshot
                stats = snapshot.stats
        snapshot = _snapshot(tensor, stats, kept)
        if snapshot.data is not None and snapshot.shape:
            self.elements_kept += snapshot.numel
        return snapshot


def _is_same_memory(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two live tensors have the very same elements, in whatever order."""
    return (
        one.numel() == other.numel()
        and one.dtype == other.dtype
        and one.layout is torch.strided
        and other.layout is torch.strided
        and one.is_conj() == other.is_conj()
        and one.is_neg() == other.is_neg()
        and one.data_ptr() == other.data_ptr()
        and _is_dense(one)
        and _is_dense(other)
    )


def _is_dense(tensor: torch.Tensor) -> bool:
    """Whether the elements fill a block of memory, each place once, in some order of the dimensions."""
    size = 1
    for stride, length in sorted(each for each in zip(tensor.stride(), tensor.shape, strict=True) if each[1] != 1):
        if stride != size:
            return False
        size *= length
    return True


def _snapshot(tensor: torch.Tensor, stats: Stats | None, kept: int) -> Snapshot:
    """`tensor` as data, up to `kept` elements whole, with its `stats` where they are known."""
    shape = tuple(tensor.shape)
    dtype = str(tensor.dtype).removeprefix("torch.")
    device = str(tensor.device)
    plain = _plain(tensor)
    if plain.numel() > kept:
        return Snapshot(shape, dtype, device, None, stats or _stats_of_large(plain), _grid(plain))
    data = _tuples(plain.tolist())
    if stats is None:
        stats = _stats_of_numbers(data, plain) if plain.numel() <= EXACT_STATS else _stats_of_large(plain)
    return Snapshot(shape, dtype, device, data, stats)


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
    numbers = [abs(number) if isinstance(number, complex) else float(number) for number in tensor.flatten().tolist()]
    finite = [number for number in numbers if math.isfinite(number)]
    nan = sum(map(math.isnan, numbers))
    inf = len(numbers) - len(finite) - nan
    if not finite:
        return Stats(None, None, None, None, nan, inf)
    norm = _representable(math.hypot(*finite))
    if tensor.is_complex():
        return Stats(None, None, None, norm, nan, inf)
    return Stats(min(finite), max(finite), math.fsum(number / len(finite) for number in finite), norm, nan, inf)


def _stats_of_large(tensor: torch.Tensor) -> Stats:
    """Statistics from fused passes. NaN and infinities show in the extremes for nothing; only then are they counted."""
    sizes = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    if not sizes.is_floating_point():
        sizes = sizes.to(torch.float64)
    low, high = (float(extreme) for extreme in torch.aminmax(sizes))
    nan = inf = 0
    if not (math.isfinite(low) and math.isfinite(high)):
        nan, inf = int(tensor.isnan().sum()), int((tensor.isinf() & ~tensor.isnan()).sum())
        sizes = tensor[tensor.isfinite()]
        if not sizes.numel():
            return Stats(None, None, None, None, nan, inf)
        sizes = torch.view_as_real(sizes) if tensor.is_complex() else sizes
        low, high = (float(extreme) for extreme in torch.aminmax(sizes))
    is_wide = sizes.dtype is torch.float64 or max(abs(low), abs(high)) > SAFE_IN_FLOAT32
    wide = torch.float64 if is_wide else torch.float32
    norm = _representable(float(torch.linalg.vector_norm(sizes, dtype=wide)))
    if tensor.is_complex():
        return Stats(None, None, None, norm, nan, inf)
    return Stats(low, high, _representable(float(sizes.mean(dtype=wide))), norm, nan, inf)


def _representable(number: float) -> float | None:
    """A statistic, or None where it is beyond the largest float."""
    return number if math.isfinite(number) else None


def _grid(tensor: torch.Tensor) -> tuple[tuple[Any, ...], ...]:
    """Up to 16 x 16 evenly spaced elements of the last two dimensions, at index 0 of the others."""
    while tensor.dim() > 2:
        tensor = tensor[0]
    tensor = tensor.reshape(-1, tensor.shape[-1])
    rows, columns = (_step(size) for size in tensor.shape)
    grid = tensor[::rows, ::columns]
    if not (grid.is_floating_point() or grid.is_complex()):
        grid = grid.to(torch.float64)
    return tuple(map(tuple, grid.tolist()))


def grid_of(data: Any, dimensions: int) -> tuple[tuple[Any, ...], ...]:
    """The same grid, of elements that were kept as nested tuples with one level per dimension."""
    for _ in range(dimensions - 2):
        data = data[0]
    rows = (data,) if dimensions == 1 else data
    number = complex if any(isinstance(element, complex) for element in rows[0]) else float
    steps = _step(len(rows)), _step(len(rows[0]))
    return tuple(tuple(map(number, row[:: steps[1]])) for row in rows[:: steps[0]])


def _step(size: int) -> int:
    return max(1, -(-size // GRID))
