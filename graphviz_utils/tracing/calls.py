"""What a program asks of the autograd engine, whichever of the three ways it asks."""

from inspect import Signature, signature
from typing import Any, NamedTuple

import torch

__all__ = ["Call", "call_of", "is_call"]


class Call(NamedTuple):
    """Roots with their seed gradients (`None`: ones), and the inputs asked for (none: all leaves)."""

    name: str
    roots: tuple[tuple[Any, torch.Tensor | None], ...]
    inputs: tuple[Any, ...]
    returns: bool


_CALLS: dict[Any, tuple[str, Signature]] = {
    torch.Tensor.backward: ("backward", signature(torch.Tensor.backward)),
    torch.autograd.backward: ("autograd.backward", signature(torch.autograd.backward)),
    torch.autograd.grad: ("autograd.grad", signature(torch.autograd.grad)),
}


def is_call(func: Any) -> bool:
    """Whether `func` starts the engine."""
    return func in _CALLS


def call_of(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | None:
    """What calling `func` asks for; None where the arguments are wrong, which PyTorch will say itself."""
    name, parameters = _CALLS[func]
    try:
        given = parameters.bind(*args, **kwargs).arguments
    except TypeError:
        return None
    roots = _many(next(given[key] for key in ("self", "tensors", "outputs") if key in given))
    seeds = _many(next((given[key] for key in ("gradient", "grad_tensors", "grad_outputs") if key in given), None))
    seeds = seeds or (None,) * len(roots)
    if len(seeds) != len(roots):
        return None
    return Call(name, tuple(zip(roots, seeds, strict=True)), _many(given.get("inputs")), func is torch.autograd.grad)


def _many(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)
