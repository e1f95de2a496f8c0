"""The small language of rules: an expression of Python, read into constants, names and calls."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["Call", "Constant", "Expression", "Name", "names_in", "parse"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a truth value, text, `None`, or a tuple of them."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """An argument, a received gradient or a result, by its name: `self`, `tensors[1]`, `grads[0]`, `results[0]`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A word of the vocabulary with its arguments. An operator of Python's is a word too: `a + b` is `add(a, b)`."""

    function: str
    arguments: "tuple[Expression, ...]"


Expression = Constant | Name | Call

_WORDS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "remainder",
    ast.MatMult: "matmul",
    ast.USub: "negative",
    ast.Not: "logical_not",
    ast.Invert: "logical_not",
    ast.And: "logical_and",
    ast.Or: "logical_or",
    ast.BitAnd: "logical_and",
    ast.BitOr: "logical_or",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
"""How NumPy calls Python's operators."""

_SHORT = {"grad": "grads[0]", "result": "results[0]"}
_NOTHING = ast.Constant(None)
_VALUES = frozenset({"pi", "inf", "nan"})
"""Words without arguments, written without brackets."""


@lru_cache(maxsize=4_096)
def parse(text: str) -> Expression:
    """`text` as an expression.

    `c if … else d` becomes `choose(…, c, d)`, decided before any tensor is looked at; `a[i]` becomes `item(a, i)`,
    `(a, b)` `tuple(a, b)`, `a is None` `is_none(a)`, and `pi` a word of its own.

    Raises:
        ValueError: the text is no such expression.
    """
    return _read(ast.parse(text.strip(), mode="eval").body)


def names_in(expression: Expression) -> frozenset[str]:
    """Every name that stands in an expression."""
    if isinstance(expression, Name):
        return frozenset({expression.name})
    if isinstance(expression, Constant):
        return frozenset()
    return frozenset().union(*map(names_in, expression.arguments))


def _read(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(value):
            return Constant(value)
        case ast.Name(name):
            return Call(name, ()) if name in _VALUES else Name(_SHORT.get(name, name))
        case ast.UnaryOp() | ast.BinOp() | ast.BoolOp() | ast.Compare():
            return _operation(node)
        case ast.Call(ast.Name(word), arguments, []):
            return _call(word, *arguments)
        case ast.IfExp(test, body, orelse):
            return _call("choose", test, body, orelse)
        case ast.Subscript(value, part):
            return _call("item", value, part)
        case ast.Slice(lower, upper):
            return _call("slice", lower or _NOTHING, upper or _NOTHING)
        case ast.Tuple(parts) | ast.List(parts):
            return _call("tuple", *parts)
    raise ValueError(f"{ast.unparse(node)!r} is not an expression of the rules' language")


def _operation(node: ast.UnaryOp | ast.BinOp | ast.BoolOp | ast.Compare) -> Expression:
    match node:
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            return Constant(-value)
        case ast.UnaryOp(op, operand):
            return _call(_word(op), operand)
        case ast.BinOp(left, op, right):
            return _call(_word(op), left, right)
        case ast.BoolOp(op, parts):
            return _folded(_word(op), list(map(_read, parts)))
        case ast.Compare(left, ops, others):
            return _compared(left, ops, others)


def _call(word: str, *arguments: ast.expr) -> Call:
    return Call(word, tuple(_read(argument) for argument in arguments))


def _word(op: ast.AST) -> str:
    try:
        return _WORDS[type(op)]
    except KeyError:
        raise ValueError(f"the rules' language has no operator {type(op).__name__}") from None


def _folded(word: str, parts: list[Expression]) -> Expression:
    whole = parts[0]
    for part in parts[1:]:
        whole = Call(word, (whole, part))
    return whole


def _compared(left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> Expression:
    """`a < b <= c` holds where both do."""
    sides = [left, *others]
    return _folded("logical_and", [_comparison(*each) for each in zip(ops, sides, others, strict=False)])


def _comparison(op: ast.cmpop, left: ast.expr, right: ast.expr) -> Expression:
    if isinstance(op, (ast.Is, ast.IsNot)):
        missing = _call("is_none", left)
        return missing if isinstance(op, ast.Is) else Call("logical_not", (missing,))
    return _call(_word(op), left, right)
