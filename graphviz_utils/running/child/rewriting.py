"""Puts other numbers, or another floating type, into a program before it runs: by its syntax tree, never its text."""

import ast
from collections.abc import Iterable
from typing import Any, TypeGuard

from graphviz_utils.running.job import Job
from graphviz_utils.scenario.literals import data_of, literal_tensors

__all__ = ["rewritten"]

_FLOATS = {"float", "double", "half", "float16", "bfloat16", "float32", "float64"}


def rewritten(trees: Iterable[ast.Module], job: Job) -> tuple[str, ...]:
    """Change `trees` in place as `job` asks, and say in words what was changed.

    A leaf's number is the first `NAME = torch.tensor(<literal>, …)`, also inside `Parameter(…)` or before
    `.requires_grad_()`. A dtype changes the default and every `dtype=torch.<float type>`.

    Raises:
        ValueError: no such literal stands in the program, or what is to replace it is no number.
    """
    trees = list(trees)
    notes = [_with_leaves(trees, job)] if job.leaves else []
    if job.dtype is not None:
        changed = sum(_with_dtype(tree, job.dtype) for tree in trees)
        written = f", and so was every dtype= in it ({changed})" if changed else ""
        notes.append(f"This run's default floating type was {job.dtype}{written}.")
    return tuple(notes)


def _with_leaves(trees: list[ast.Module], job: Job) -> str:
    places: dict[str, ast.Call] = {}
    for tree in trees:
        for name, call in literal_tensors(tree):
            places.setdefault(name, call)
    for name, value in job.leaves.items():
        if name not in places:
            known = ", ".join(places) or "none in this program"
            raise ValueError(
                f"no line  {name} = torch.tensor(<numbers>, …)  stands in the program; names that can be set: {known}"
            )
        call = places[name]
        holder = data_of(call)
        assert holder is not None
        expression = _expression(name, value, _holds_float(holder))
        _check_shape(name, ast.literal_eval(holder), value)
        _replace_data(call, expression)
    return "This run began with other numbers than the text: " + ", ".join(sorted(job.leaves)) + "."


def _check_shape(name: str, written: Any, value: Any) -> None:
    """The program was written for tensors of one shape: ValueError says which."""
    wanted, came = _shape(written), _shape(value)
    if wanted is not None and came != wanted:
        words = "rows of unequal length" if came is None else _shape_words(came)
        raise ValueError(f"{name} is to begin with {words}, but in the program it is {_shape_words(wanted)}")


def _shape(data: Any) -> tuple[int, ...] | None:
    """The shape of nested lists; `None` for rows of unequal length, and for what is no list of numbers."""
    if not isinstance(data, (list, tuple)):
        return () if isinstance(data, (bool, int, float, complex)) else None
    shapes = {_shape(part) for part in data}
    if not shapes:
        return (0,)
    inner = shapes.pop()
    return None if shapes or inner is None else (len(data), *inner)


def _shape_words(shape: tuple[int, ...]) -> str:
    return f"numbers of shape {'x'.join(map(str, shape))}" if shape else "a single number"


def _replace_data(call: ast.Call, data: ast.expr) -> None:
    if call.args:
        call.args[0] = ast.copy_location(data, call.args[0])
        return
    for keyword in call.keywords:
        if keyword.arg == "data":
            keyword.value = ast.copy_location(data, keyword.value)


def _holds_float(data: ast.expr) -> bool:
    return any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in ast.walk(data))


def _expression(name: str, value: Any, is_float: bool) -> ast.expr:
    if isinstance(value, (list, tuple)):
        return ast.List([_expression(name, part, is_float) for part in value], ast.Load())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is to begin with {value!r}, but a leaf begins with numbers or nested lists of them")
    return ast.Constant(float(value) if is_float else value)


def _with_dtype(tree: ast.Module, dtype: str) -> int:
    """How many `dtype=torch.<float type>` of `tree` now say `dtype`."""
    changed = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "dtype" and _is_float_type(node.value):
            node.value = ast.copy_location(ast.Attribute(node.value.value, dtype, ast.Load()), node.value)
            changed += 1
    return changed


def _is_float_type(value: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(value, ast.Attribute) and value.attr in _FLOATS and getattr(value.value, "id", None) == "torch"
