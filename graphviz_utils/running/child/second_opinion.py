"""The same run as torchviz draws it."""

from typing import TypeGuard

import torch

from graphviz_utils.model import Trace
from graphviz_utils.running.child.program import Finished

__all__ = ["dot_by_torchviz"]


def dot_by_torchviz(finished: Finished) -> tuple[str | None, str]:
    """torchviz's DOT of the last pass's root, or of the tensor displayed or bound last; else a sentence why not."""
    root = _root(finished)
    if root is None:
        return None, "torchviz has nothing to draw: no tensor of this program has a grad_fn."
    try:
        import torchviz

        return str(torchviz.make_dot(root, params=_leaves(finished.namespace)).source), ""
    except RecursionError:
        return None, "torchviz cannot draw this graph: it is deeper than torchviz can follow."
    except Exception as error:  # noqa: BLE001 - whatever torchviz stumbles over must not cost the run's own record
        return None, f"torchviz cannot draw this graph: {type(error).__name__}: {str(error)[:200]}"


def _root(finished: Finished) -> torch.Tensor | None:
    named = {name: value for name, value in finished.namespace.items() if _has_graph(value)}
    if finished.trace is not None and finished.trace.passes:
        wanted = _names_of_roots(finished.trace)
        if found := [named[name] for name in wanted if name in named]:
            return found[-1]
    if _has_graph(finished.displayed):
        return finished.displayed
    return list(named.values())[-1] if named else None


def _names_of_roots(trace: Trace) -> list[str]:
    outermost = [pass_ for pass_ in trace.passes if pass_.parent is None]
    roots = {(root.node, root.output) for root in outermost[-1].roots} if outermost else set()
    return [name for name, binding in trace.names.items() if (binding.node, binding.output) in roots]


def _leaves(namespace: dict[str, object]) -> dict[str, torch.Tensor]:
    leaves: dict[str, torch.Tensor] = {}
    for name, value in list(namespace.items()):
        if isinstance(value, torch.nn.Module):
            leaves |= {f"{name}.{inner}": parameter for inner, parameter in value.named_parameters()}
        elif isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf:
            leaves[name] = value
    return leaves


def _has_graph(value: object) -> TypeGuard[torch.Tensor]:
    return isinstance(value, torch.Tensor) and value.grad_fn is not None
