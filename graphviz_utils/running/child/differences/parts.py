"""The plain parts of what an operator takes and gives, in order, and the same with some of them replaced."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["given_parts", "parts", "rebuilt", "with_given"]

_Given = tuple[tuple[Any, ...], dict[str, Any]]


def parts(nest: Any) -> list[Any]:
    """All that stands in `nest`, a value or tuples and lists of them, from left to right."""
    if not isinstance(nest, (tuple, list)):
        return [nest]
    found: list[Any] = []
    for part in nest:
        if isinstance(part, (tuple, list)):
            found += parts(part)
        else:
            found.append(part)
    return found


def rebuilt(nest: Any, replacements: Iterator[Any]) -> Any:
    """The like of `nest` made of `replacements`, one for each of its parts."""
    if not isinstance(nest, (tuple, list)):
        return next(replacements)
    return type(nest)([rebuilt(part, replacements) for part in nest])


def given_parts(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
    """The parts of all arguments, those with a keyword last."""
    return parts((args, tuple(kwargs.values())))


def with_given(args: tuple[Any, ...], kwargs: Mapping[str, Any], replacements: Iterator[Any]) -> _Given:
    """The same arguments with other parts."""
    changed = rebuilt(args, replacements)
    return changed, {name: rebuilt(value, replacements) for name, value in kwargs.items()}
