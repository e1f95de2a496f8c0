"""The words for matrices: the last two dimensions are rows and columns, those before count matrices."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Call, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, applied
from graphviz_utils.rules.vocabulary.reductions import same

__all__ = ["WORDS"]


def _product(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """Matrices stand side by side, and what is multiplied element by element in brackets."""
    left, right = (pen.at(each, _place(pen, each)) for each in arguments)
    return Text(rf"{left} \, {right}", Strength.PRODUCT)


def _place(pen: Pen, of: Expression) -> Strength:
    is_elementwise = isinstance(of, Call) and of.function == "multiply" and all(map(pen.is_tensor, of.arguments))
    return Strength.POWER if is_elementwise else Strength.PRODUCT


def _transposed(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """Of an inverse both signs share the exponent."""
    of = arguments[0]
    if isinstance(of, Call) and of.function == "inverse":
        return Text(rf"{pen.at(of.arguments[0], Strength.ATOM)}^{{-\top}}", Strength.POWER)
    return Text(rf"{pen.at(of, Strength.ATOM)}^{{\top}}", Strength.POWER)


def _transpose(x: Any) -> Any:
    return np.swapaxes(x, -1, -2) if np.ndim(x) > 1 else np.asarray(x)


def _inverse(a: Any) -> Any:
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return np.full(np.shape(a), np.nan)


def _outer(a: Any, b: Any) -> Any:
    return np.expand_dims(a, -1) * np.expand_dims(b, -2)


def _outer_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    left, right = pen.at(arguments[0], Strength.PRODUCT), pen.at(arguments[1], Strength.ATOM)
    return Text(rf"{left} \, {right}^{{\top}}", Strength.PRODUCT)


def _cofactors(a: Any) -> Any:
    """det(A) A⁻ᵀ; zeros for a singular matrix, as PyTorch has it."""
    size = np.linalg.det(a)[..., None, None]
    invertible = np.where(size == 0, np.eye(np.shape(a)[-1]), a)
    return np.where(size == 0, 0, size * _transpose(_inverse(invertible)))


def _lower_half(a: Any) -> Any:
    """The lower triangle, with half of the diagonal."""
    return np.tril(a) - np.asarray(a) * np.eye(np.shape(a)[-1]) / 2


def _symmetric(a: Any) -> Any:
    return (np.asarray(a) + np.conj(_transpose(a))) / 2


def _column(x: Any) -> Any:
    return np.expand_dims(x, -1)


def _identity(shape: tuple[int, ...]) -> Any:
    return np.eye(shape[-2], shape[-1])


WORDS: Vocabulary = {
    "matmul": Function(np.matmul, _product, Strength.PRODUCT, keeps=True),
    "transpose": Function(_transpose, _transposed, moves=True),
    "outer": Function(_outer, _outer_written, keeps=True),
    "dot": Function(lambda a, b: np.sum(np.multiply(a, b)), r"\left\langle <0>, <1> \right\rangle"),
    "inverse": Function(_inverse, "<0:base>^{-1}", keeps=True),
    "determinant": Function(np.linalg.det, r"\det <0:word>", Strength.PRODUCT),
    "log_determinant": Function(lambda a: np.linalg.slogdet(a)[1], r"\ln \left|\det <0:word>\right|", Strength.PRODUCT),
    "cofactors": Function(_cofactors, r"\det <0:word> \cdot <0:base>^{-\top}", Strength.PRODUCT, keeps=True),
    "cholesky": Function(np.linalg.cholesky, applied(r"\operatorname{chol}")),
    "lower_half": Function(_lower_half, applied(r"\Phi")),
    "symmetric": Function(_symmetric, applied(r"\operatorname{sym}")),
    "trace": Function(np.trace, r"\operatorname{tr} <0:word>", Strength.PRODUCT),
    "identity": Function(_identity, "I", Strength.ATOM),
    "column": Function(_column, same, moves=True),
    "without_column": Function(lambda x: np.squeeze(x, -1), same, moves=True),
    "cross": Function(lambda a, b, dim: np.cross(a, b, axis=dim), r"<0:base> \times <1:base>", Strength.PRODUCT),
}
"""`lower_half` (Φ) and `symmetric`, half the sum with the transpose, are for the derivative of Cholesky's factor."""
