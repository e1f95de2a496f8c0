"""The numbers that a program's tensors begin with, as they stand in its text: found, and replaced."""

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Literal", "data_of", "literal_tensors", "literals", "with_literal"]

_MOST = 2**63
"""Whole numbers from here on find no room in a tensor."""


@dataclass(frozen=True, slots=True)
class Literal:
    """`name = torch.tensor(value, …)` in line `line`: a number or nested lists of numbers of one shape."""

    name: str
    value: Any
    line: int


def literals(source: str) -> tuple[Literal, ...]:
    """The first literal of each name, in the order of the text; none in a text that is no program."""
    found: dict[str, Literal] = {}
    for name, call in literal_tensors(_tree(source)):
        data = data_of(call)
        value = None if data is None else ast.literal_eval(data)
        if name not in found and _is_numbers(value):
            found[name] = Literal(name, value, call.lineno)
    return tuple(found.values())


def with_literal(source: str, name: str, value: Any) -> str:
    """`source` with other numbers where `name` begins; the same text if it begins with none, or in another shape."""
    for found, call in literal_tensors(_tree(source)):
        data = data_of(call)
        if found == name and data is not None:
            written = ast.literal_eval(data)
            if not _is_numbers(written) or not _is_box(value, _shape(written)):
                return source
            return _replaced(source, data, repr(_like(written, value)))
    return source


def literal_tensors(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Names and the `tensor(<literal>)` calls that they are assigned, in the order of the text."""
    assignments = [node for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.AnnAssign))]
    for node in sorted(assignments, key=lambda node: (node.lineno, node.col_offset)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        call = None if node.value is None else _tensor_call(node.value)
        if call is not None:
            yield from ((target.id, call) for target in targets if isinstance(target, ast.Name))


def data_of(call: ast.Call) -> ast.expr | None:
    """The literal that `call` makes a tensor of; `None` if it is something computed."""
    keywords = [keyword.value for keyword in call.keywords if keyword.arg == "data"]
    data = call.args[0] if call.args else keywords[0] if keywords else None
    try:
        return data if data is not None and ast.literal_eval(data) is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ast.Module([], [])


def _tensor_call(value: ast.expr) -> ast.Call | None:
    """The `tensor(<literal>)` in `tensor(…)`, `Parameter(tensor(…))` or `tensor(…).requires_grad_()`."""
    while isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", None)
        if called == "tensor":
            return value if data_of(value) is not None else None
        if called == "Parameter" and value.args:
            value = value.args[0]
        elif isinstance(value.func, ast.Attribute):
            value = value.func.value
        else:
            return None
    return None


def _is_numbers(value: Any) -> bool:
    """Whether it is a finite number, or lists of such that make a box."""
    shape = _shape(value)
    return 0 not in shape and _is_box(value, shape)


def _is_box(value: Any, shape: tuple[int, ...]) -> bool:
    """Whether it has this shape, however deep it goes, and holds nothing but numbers that a tensor can take."""
    if shape:
        is_row = isinstance(value, (list, tuple)) and len(value) == shape[0]
        return is_row and all(_is_box(part, shape[1:]) for part in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < _MOST if isinstance(value, int) else math.isfinite(value)


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        return ()
    return (len(value), *_shape(value[0])) if value else (0,)


def _like(written: Any, value: Any) -> Any:
    """`value` as it would have been written: whole numbers stay whole where all were, and have a point elsewhere."""
    is_float = "." in repr(written) or "e" in repr(written)
    if isinstance(value, (list, tuple)):
        return [_like(1.0 if is_float else 1, part) for part in value]
    is_whole = float(value).is_integer() and abs(value) < _MOST
    return int(value) if is_whole and not is_float else float(value)


def _replaced(source: str, node: ast.expr, text: str) -> str:
    """`source` with `text` where `node` stands; Python counts columns in bytes of UTF-8."""
    lines = source.encode().splitlines(keepends=True)
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    end = node.end_lineno or node.lineno
    after = lines[end - 1][node.end_col_offset :] + b"".join(lines[end:])
    return (before + text.encode() + after).decode()
