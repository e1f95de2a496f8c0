"""What the schema of an operator says of a call: its arguments by name, the tensors in them, what is written into."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import torch

__all__ = [
    "UNFILLED",
    "Names",
    "argument_names",
    "flat",
    "is_pointwise",
    "is_unfilled",
    "literal",
    "named_tensors",
    "pairs",
    "written",
]

Names = tuple[tuple[str, bool], ...]
"""Each argument's name in the schema, and whether the schema means a tensor there."""

UNFILLED = {
    torch.ops.aten.empty,
    torch.ops.aten.empty_like,
    torch.ops.aten.empty_permuted,
    torch.ops.aten.empty_strided,
    torch.ops.aten.new_empty,
    torch.ops.aten.new_empty_strided,
}
"""What gives memory without writing into it."""

_UNFILLED_NAMES = frozenset(map(str, UNFILLED))


def is_unfilled(operator: str) -> bool:
    """Whether what the operator called so gave means nothing yet."""
    return operator.rpartition(".")[0] in _UNFILLED_NAMES


@cache
def is_pointwise(operator: str) -> bool:
    """Whether each element of what the operator called so gives depends on one element of each tensor alone."""
    found: Any = torch.ops
    for part in operator.split("."):
        found = getattr(found, part, None)
    return torch.Tag.pointwise in getattr(found, "tags", ())


@cache
def argument_names(func: Any) -> Names:
    """Each argument's name in the schema, and whether the schema means a tensor there."""
    return tuple((argument.name, "Tensor" in str(argument.type)) for argument in func._schema.arguments)


@cache
def written(func: Any) -> frozenset[str]:
    """The names of the arguments an operator writes into."""
    arguments = func._schema.arguments
    return frozenset(each.name for each in arguments if each.alias_info is not None and each.alias_info.is_write)


def pairs(names: Names, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, bool, Any]]:
    """The arguments of a call: name, whether a tensor is meant, and what was given."""
    for (name, is_tensor), value in zip(names, args, strict=False):
        yield name, is_tensor, value
    for name, is_tensor in names[len(args) :]:
        if name in kwargs:
            yield name, is_tensor, kwargs[name]


def named_tensors(names: Names, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of a call by name, those in lists by name and index."""
    for name, _, value in pairs(names, args, kwargs):
        if isinstance(value, torch.Tensor):
            yield name, value
        elif isinstance(value, (tuple, list)):
            yield from ((f"{name}[{i}]", part) for i, part in enumerate(value) if isinstance(part, torch.Tensor))


def flat(data: Any) -> Iterator[torch.Tensor]:
    """All tensors in a nest of tuples and lists."""
    if isinstance(data, torch.Tensor):
        yield data
    elif isinstance(data, (tuple, list)):
        for part in data:
            yield from flat(part)


def literal(value: Any) -> Any:
    """An argument as JSON has it: numbers, text, lists; anything else (dtypes, devices, generators) as its text."""
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    if isinstance(value, (tuple, list)):
        return tuple(literal(part) for part in value)
    return str(value).removeprefix("torch.")
