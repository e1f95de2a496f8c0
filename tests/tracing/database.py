"""PyTorch's own database of operators with sample inputs, as far as they have a derivative on the CPU."""

from collections.abc import Iterator
from typing import Any

import torch
from torch.testing._internal.common_methods_invocations import op_db

__all__ = ["differentiable", "tensors"]

_DTYPES = (torch.float64, torch.complex128, torch.float32)


def differentiable() -> Iterator[tuple[Any, torch.dtype]]:
    """Every operator with a derivative, and the best dtype it has one in."""
    for op in op_db:
        dtype = next((dtype for dtype in _DTYPES if dtype in op.supported_backward_dtypes("cpu")), None)
        if op.supports_autograd and dtype is not None:
            yield op, dtype


def tensors(nest: Any) -> Iterator[torch.Tensor]:
    """All tensors in a nest of tuples, lists and dicts."""
    if isinstance(nest, torch.Tensor):
        yield nest
    elif isinstance(nest, (tuple, list)):
        for part in nest:
            yield from tensors(part)
    elif isinstance(nest, dict):
        yield from tensors(tuple(nest.values()))
