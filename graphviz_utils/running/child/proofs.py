"""Proof cells: a cell that ends in `==`, `equal`, `allclose` or `isclose` proves something, and is judged here.

The last statement is rewritten so that both sides pass through `keep` on their way into the comparison: they are
computed once, at their own line, and can be looked at afterwards.
"""

import ast
from typing import Any

import torch

from graphviz_utils.running.child.comparing import compared, is_all_true

__all__ = ["KEEP", "Kept", "watched"]

KEEP = "<keep>"
"""The name under which `Kept.keep` is called: one that no program can spell."""

_PROVING = {"equal", "allclose", "isclose", "array_equal"}
_WRAPPING = {"print", "bool", "all"}
_UNWRAPPING = {"all", "item"}


class Kept:
    """What passed through `keep` while a cell ran."""

    def __init__(self) -> None:
        self._seen: dict[str, Any] = {}

    def keep(self, part: str, value: Any) -> Any:
        """Remember `value` as `part` and hand it on."""
        self._seen[part] = value
        return value

    @property
    def display(self) -> object:
        """The value of the cell's last expression; `None` if there is nothing to display."""
        return self._seen.get("display")

    def judged(self) -> tuple[bool | None, str | None]:
        """The verdict of a proof cell, and what is to be said about it."""
        if "result" not in self._seen:
            return None, None
        try:
            return self._judged()
        except Exception as error:  # noqa: BLE001 - operands may be anything
            return None, f"the two sides cannot be compared: {type(error).__name__}: {str(error)[:200]}"

    def _judged(self) -> tuple[bool | None, str | None]:
        if is_all_true(self._seen["result"]):
            return True, None
        owner, first, second = (self._seen.get(part) for part in ("owner", "first", "second"))
        is_method = hasattr(owner, "shape")
        left, right = (owner, first) if is_method else (first, second)
        if left is None or right is None:
            return False, None
        with torch.no_grad():
            comparison = compared(left, right)
        if comparison.verdict == "rounding":
            return None, f"not bit for bit equal, but only by rounding: {comparison.sentence('left', 'right')}"
        if comparison.verdict == "equal":
            return False, f"the numbers are equal, but not what holds them: {_holder(left)} and {_holder(right)}"
        return False, comparison.sentence("left", "right") or None


def _holder(side: Any) -> str:
    return f"{side.dtype} of shape {tuple(side.shape)}" if hasattr(side, "shape") else type(side).__name__


def watched(tree: ast.Module, *, displays: bool) -> ast.Module:
    """`tree` with the sides of what it proves, and what it `displays`, passing through `keep`."""
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Assert):
        _watch_proof(last, "test")
    elif isinstance(last, ast.Expr):
        _watch_proof(last, "value")
        last.value = _kept("display", last.value) if displays else last.value
    return ast.fix_missing_locations(tree)


def _watch_proof(holder: Any, place: str) -> None:
    """Find the proof in the expression at `holder.place`, through print(), bool(), all() and .all(), and watch it."""
    while True:
        expression = getattr(holder, place)
        if _is_proof(expression):
            _watch_sides(expression)
            setattr(holder, place, _kept("result", expression))
            return
        if not isinstance(expression, ast.Call):
            return
        if isinstance(expression.func, ast.Attribute) and expression.func.attr in _UNWRAPPING and not expression.args:
            holder, place = expression.func, "value"
        elif _called(expression) in _WRAPPING and expression.args:
            proofs = [index for index, argument in enumerate(expression.args) if _is_proof(argument)]
            index = proofs[0] if proofs else len(expression.args) - 1
            holder, place = _Item(expression.args, index), "item"
        else:
            return


class _Item:
    """A place in a list of arguments, to be read and set like an attribute."""

    def __init__(self, arguments: list[ast.expr], index: int) -> None:
        self._arguments = arguments
        self._index = index

    @property
    def item(self) -> ast.expr:
        return self._arguments[self._index]

    @item.setter
    def item(self, expression: ast.expr) -> None:
        self._arguments[self._index] = expression


def _is_proof(expression: ast.expr) -> bool:
    if isinstance(expression, ast.Compare):
        return len(expression.ops) == 1 and isinstance(expression.ops[0], ast.Eq)
    return isinstance(expression, ast.Call) and _called(expression) in _PROVING


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _watch_sides(proof: ast.expr) -> None:
    if isinstance(proof, ast.Compare):
        proof.left = _kept("first", proof.left)
        proof.comparators = [_kept("second", proof.comparators[0])]
    elif isinstance(proof, ast.Call):
        if isinstance(proof.func, ast.Attribute):
            proof.func.value = _kept("owner", proof.func.value)
        for index, part in enumerate(("first", "second")[: len(proof.args)]):
            if isinstance(proof.args[index], ast.Starred):
                return
            proof.args[index] = _kept(part, proof.args[index])


def _kept(part: str, expression: ast.expr) -> ast.expr:
    call = ast.Call(ast.Name(KEEP, ast.Load()), [ast.Constant(part), expression], [])
    return ast.fix_missing_locations(ast.copy_location(call, expression))
