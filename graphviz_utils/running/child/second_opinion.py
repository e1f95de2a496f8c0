"""The same run as torchviz draws it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

import torch
from torch.overrides import TorchFunctionMode

__all__ = ["RootKeeper", "dot_by_torchviz"]


class RootKeeper(TorchFunctionMode):
    """Keeps the tensors that the last backward pass began from, which a program need not have a name for."""

    def __init__(self) -> None:
        super().__init__()
        self.roots: tuple[torch.Tensor, ...] = ()

    def __torch_function__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in (torch.Tensor.backward, torch.autograd.backward, torch.autograd.grad):
            given = args[0] if args else (kwargs or {}).get("tensors", (kwargs or {}).get("outputs"))
            self.roots = tuple(filter(_has_graph, [given] if isinstance(given, torch.Tensor) else given or ()))
        return func(*args, **(kwargs or {}))


def dot_by_torchviz(
    roots: tuple[torch.Tensor, ...], displayed: torch.Tensor | None, namespace: Mapping[str, object]
) -> tuple[str | None, str]:
    """torchviz's DOT of `roots`, or of the tensor displayed or else bound last; or a sentence why there is none."""
    last = [value for value in (*namespace.values(), displayed) if _has_graph(value)][-1:]
    drawn = roots or tuple(last)
    if not drawn:
        return None, "torchviz has nothing to draw: no tensor of this program has a grad_fn."
    try:
        import torchviz

        return str(torchviz.make_dot(drawn, params=_leaves(namespace)).source), ""
    except RecursionError:
        return None, "torchviz cannot draw this graph: it is deeper than torchviz can follow."
    except Exception as error:  # noqa: BLE001 - whatever torchviz stumbles over must not cost the run's own record
        return None, f"torchviz cannot draw this graph: {type(error).__name__}: {str(error)[:200]}"


def _leaves(namespace: Mapping[str, object]) -> dict[str, torch.Tensor]:
    leaves: dict[str, torch.Tensor] = {}
    for name, value in namespace.items():
        if isinstance(value, torch.nn.Module):
            leaves |= {f"{name}.{inner}": parameter for inner, parameter in value.named_parameters()}
        elif isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf:
            leaves[name] = value
    return leaves


def _has_graph(value: object) -> TypeGuard[torch.Tensor]:
    return isinstance(value, torch.Tensor) and value.grad_fn is not None
