"""Puts what is known into an expression before any tensor is looked at: `4 x³` instead of `4 x⁴⁻¹`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType
from typing import Any

from graphviz_utils.rules.expressions import Call, Constant, Expression, Name, names_in
from graphviz_utils.rules.simplifying import SIMPLER
from graphviz_utils.rules.vocabulary import WORDS

__all__ = ["NO_FACTS", "Facts", "folded", "is_pointwise", "local"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of names: arguments that are no tensors, the shapes of those that are, which of them are complex.

    `lists` says how many tensors there are in an argument that is a list: `tensors` stands for `tensors[0]`, ….
    """

    literals: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    complexes: frozenset[str] = frozenset()
    lists: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def is_tensor(self, name: str) -> bool:
        """Whether `name` is known to have more than one element, or none."""
        return prod(self.shapes.get(name, ())) != 1


NO_FACTS = Facts()


def folded(expression: Expression, facts: Facts = NO_FACTS) -> Expression:
    """`expression` with what is known put in, and made simpler where that is possible."""
    if isinstance(expression, Constant):
        return expression
    if isinstance(expression, Name):
        return _known(expression, facts)
    if not expression.arguments and expression.function in facts.literals:
        return Constant(facts.literals[expression.function])  # an argument called like a word: `nan`
    if expression.function == "choose":
        return _chosen(expression, facts)
    if (asked := _ASKED.get(expression.function)) is not None and (told := asked(expression, facts)) is not None:
        return told
    arguments = tuple([folded(argument, facts) for argument in expression.arguments])
    return _simplified(Call(expression.function, arguments), facts)


def local(expression: Expression) -> Expression | None:
    """The derivative alone: what is sent back for a received gradient of one.

    `None` where elements mix, so that there is a matrix of derivatives and no single formula for them.
    """
    if _is_split(expression):
        return None
    found = folded(expression, _UNIT)
    return found if is_pointwise(found) else None


_PARTS = frozenset({"real", "imag", "conj", "abs"})


def _is_split(expression: Expression) -> bool:
    """Whether the parts of a complex gradient go different ways, so that no number is the slope."""
    if not isinstance(expression, Call):
        return False
    is_part = expression.function in _PARTS and names_in(expression) >= _GRAD
    return is_part or any(map(_is_split, expression.arguments))


_GRAD = frozenset({"grads[0]"})
_UNIT = Facts(literals=MappingProxyType({"grads[0]": 1}))


def is_pointwise(expression: Expression) -> bool:
    """Whether each element of an expression is made of the elements at the same place alone."""
    if not isinstance(expression, Call):
        return True
    word = WORDS.get(expression.function)
    return word is not None and word.pointwise and all(map(is_pointwise, expression.arguments))


def _known(name: Name, facts: Facts) -> Expression:
    if name.name in facts.literals:
        return Constant(facts.literals[name.name])
    if name.name in facts.lists:
        parts = [Name(f"{name.name}[{i}]") for i in range(facts.lists[name.name])]
        return Call("tuple", tuple(_known(part, facts) for part in parts))
    return name


def _chosen(choice: Call, facts: Facts) -> Expression:
    """One of the two, if it is known which: the other may not even make sense."""
    test, first, second = choice.arguments
    known = folded(test, facts)
    if isinstance(known, Constant):
        return folded(first if known.value else second, facts)
    return Call("choose", (known, folded(first, facts), folded(second, facts)))


def _simplified(call: Call, facts: Facts) -> Expression:
    word = WORDS.get(call.function)
    if word is None:
        return call
    if call.function == "item":
        part = _part(call)
        return _known(part, facts) if isinstance(part, Name) else part
    if call.function == "is_none" and isinstance(call.arguments[0], Name):
        return Constant(False)  # a tensor
    if word.folds and all(isinstance(argument, Constant) for argument in call.arguments):
        return Constant(
            word.numeric(*(argument.value for argument in call.arguments if isinstance(argument, Constant)))
        )
    if word.moves and isinstance(call.arguments[0], Constant) and _is_number(call.arguments[0].value):
        return call.arguments[0]
    if call.function in ("conj", "real") and _is_real(call, facts):
        return call.arguments[0]
    simpler = SIMPLER.get(call.function)
    return simpler(*call.arguments) if simpler is not None else call


def _part(call: Call) -> Expression:
    """Part of a list: of a known one the part itself, of the argument `tensors` the one called `tensors[0]`."""
    whole, part = call.arguments
    if not isinstance(part, Constant):
        return call
    match whole:
        case Constant(value):
            return Constant(value[part.value])
        case Call("tuple", parts) if isinstance(part.value, slice):
            return Call("tuple", parts[part.value])
        case Call("tuple", parts):
            found: Expression = parts[part.value]
            return found
        case Name(name):
            return Name(f"{name}[{part.value}]")
    return call


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex)) or hasattr(value, "numerator")


_MAKES_COMPLEX = frozenset({"complex", "whole"})


def _is_real(expression: Expression, facts: Facts) -> bool:
    """Whether nothing complex goes into an expression."""
    if isinstance(expression, Constant):
        return not isinstance(expression.value, complex)
    if isinstance(expression, Name):
        return expression.name in facts.shapes and expression.name not in facts.complexes
    within = expression.function not in _MAKES_COMPLEX
    return within and all(_is_real(argument, facts) for argument in expression.arguments)


def _shape(call: Call, facts: Facts) -> tuple[int, ...] | None:
    of = folded(call.arguments[0], facts)
    if isinstance(of, Constant) and _is_number(of.value):
        return ()
    return facts.shapes.get(of.name) if isinstance(of, Name) and of.name not in facts.literals else None


def _told(tell: Callable[[tuple[int, ...]], Any]) -> Callable[[Call, Facts], Expression | None]:
    def told(call: Call, facts: Facts) -> Expression | None:
        shape = _shape(call, facts)
        return None if shape is None else Constant(tell(shape))

    return told


def _shapes(call: Call, facts: Facts) -> Expression | None:
    of = call.arguments[0]
    count = facts.lists.get(of.name) if isinstance(of, Name) else None
    known = [facts.shapes.get(f"{of.name}[{i}]") for i in range(count or 0)] if isinstance(of, Name) else []
    return Constant(tuple(known)) if count and None not in known else None


def _size(call: Call, facts: Facts) -> Expression | None:
    shape, dim = _shape(call, facts), folded(call.arguments[1], facts)
    return Constant(shape[dim.value]) if shape and isinstance(dim, Constant) else None


def _complexity(call: Call, facts: Facts) -> Expression | None:
    names = names_in(call)
    return Constant(bool(names & facts.complexes)) if names <= facts.shapes.keys() else None


_ASKED: Mapping[str, Callable[[Call, Facts], Expression | None]] = {
    "shape": _told(lambda shape: shape),
    "shapes": _shapes,
    "ndim": _told(len),
    "numel": _told(prod),
    "size": _size,
    "is_complex": _complexity,
}
"""What a name's shape and type answer, without its numbers."""
