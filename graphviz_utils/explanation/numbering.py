"""Formulas with numbers put in: those of small tensors as matrices, or those of one element."""

from collections.abc import Sequence
from itertools import zip_longest
from math import prod

from graphviz_utils.model import Formula, Number, Operand, Snapshot
from graphviz_utils.rules import WORDS, Call, Expression, Strength, Text, is_pointwise, number_text, written

__all__ = ["at_element", "collected", "numbered"]

_MOST_IN_A_ROW = 8
_MOST_IN_A_MATRIX = 4
_MOST_TERMS = 12
_CHOICE = r"\begin{cases}"
_NEXT_ROW = r" \\ "


def numbered(formula: Formula | None, expression: Expression | None, result: Snapshot | None) -> str | None:
    """A formula with the numbers of its operands, and what they come to.

    A tensor of one dimension lies as a row where the `expression` behind the formula takes elements one by one, else it
    stands as a column. `None` where a tensor was not seen or is larger than 4 by 4, and where a choice is made for each
    element of one: `at_element` writes that.
    """
    if formula is None or expression is None or result is None:
        return None
    is_row = is_pointwise(expression)
    tensors = [operand.tensor for operand in formula.operands]
    if _CHOICE in formula.template and any(tensor is not None and tensor.shape for tensor in tensors):
        return None
    texts = {operand.sign: _tensor(operand.tensor, is_row) for operand in formula.operands}
    total = _tensor(result, is_row)
    if total is None or None in texts.values():
        return None
    found = formula.written(lambda operand: (texts[operand.sign] or total).at(operand.place))
    shapes = [tensor.shape for tensor in tensors if tensor is not None]
    if found != total.latex and (_is_spread(shapes, result.shape) if is_row else _hides_a_move(expression)):
        return rf"{found} \to {total.latex}"
    return _equated(found, total.latex, is_truth=result.dtype == "bool")


def at_element(formula: Formula, element: int, shape: Sequence[int], result: Snapshot | None = None) -> str | None:
    """A pointwise formula with the numbers of one element: the flat index `element` of what has `shape`.

    `None` where a number was not seen.
    """
    if not formula.pointwise:
        return None
    index = _index(element, shape)
    numbers = {operand.sign: _broadcast(operand.tensor, index) for operand in formula.operands}
    if None in numbers.values():
        return None

    def text(operand: Operand) -> str:
        number = numbers[operand.sign]
        return "" if number is None else number_text(number).at(operand.place)

    found = formula.written(text).replace(r"\odot", r"\cdot")
    total = _broadcast(result, index)
    return found if total is None else _equated(found, number_text(total).latex, is_truth=isinstance(total, bool))


def collected(terms: Sequence[Snapshot | None], total: Snapshot | None) -> str | None:
    """How several gradients add up: `64 + 12 + 5 = 81`; `None` for a single one, and where one was not seen."""
    texts = [_tensor(term, is_row=True) for term in terms]
    whole = _tensor(total, is_row=True)
    if len(terms) < 2 or whole is None or None in texts:
        return None
    numbers = [text.at(Strength.SUM) for text in texts if text is not None]
    if len(numbers) > _MOST_TERMS:
        numbers = [*numbers[: _MOST_TERMS - 2], r"\cdots", numbers[-1]]
    return f"{' + '.join(numbers).replace('+ -', '- ')} = {whole.latex}"


def _is_spread(shapes: Sequence[tuple[int, ...]], to: tuple[int, ...]) -> bool:
    """Whether what is computed element by element is repeated afterwards, to fill a larger tensor."""
    return prod(map(max, zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1))) < prod(to)


def _hides_a_move(expression: Expression) -> bool:
    """Whether elements are repeated or laid out anew in a way that the formula does not show."""
    if not isinstance(expression, Call):
        return False
    word, arguments = WORDS.get(expression.function), expression.arguments
    if word is not None and word.moves and _plain(expression) == _plain(arguments[0]):
        return True
    return any(map(_hides_a_move, arguments))


def _plain(expression: Expression) -> str:
    return written(expression, Text).latex


def _tensor(tensor: Snapshot | None, is_row: bool) -> Text | None:
    """A tensor's numbers; those along one dimension as a row or as a column."""
    if tensor is None or tensor.data is None:
        return None
    if not tensor.shape:
        return number_text(tensor.data)
    if tensor.numel == 0 or len(tensor.shape) > 2:
        return None
    if len(tensor.shape) == 1:
        numbers = [number_text(number).latex for number in tensor.elements()]
        is_short = tensor.numel <= _MOST_IN_A_ROW
        return _matrix([numbers] if is_row else [[number] for number in numbers]) if is_short else None
    if max(tensor.shape) > _MOST_IN_A_MATRIX:
        return None
    return _matrix([[number_text(number).latex for number in row] for row in tensor.data])


def _matrix(rows: Sequence[Sequence[str]]) -> Text:
    return Text(rf"\begin{{pmatrix}} {_NEXT_ROW.join(' & '.join(row) for row in rows)} \end{{pmatrix}}")


def _equated(found: str, total: str, is_truth: bool) -> str:
    if found == total:
        return found
    return rf"\left({found}\right) = {total}" if is_truth else f"{found} = {total}"


def _broadcast(tensor: Snapshot | None, index: Sequence[int]) -> Number | None:
    """The element of a tensor that is spread to `index`."""
    if tensor is None or tensor.data is None or len(tensor.shape) > len(index):
        return None
    part = tensor.data
    for place, size in zip(index[len(index) - len(tensor.shape) :], tensor.shape, strict=True):
        if size != 1 and place >= size:
            return None
        part = part[0 if size == 1 else place]
    number: Number = part
    return number


def _index(element: int, shape: Sequence[int]) -> list[int]:
    """Where a flat index is, in row-major order."""
    index: list[int] = []
    for size in reversed(shape):
        element, place = divmod(element, max(size, 1))
        index.insert(0, place)
    return index
