"""The words for what takes many elements to one, and for spreading a gradient over them again."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Constant, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, Writer, applied

__all__ = ["WORDS", "axes", "named", "over", "restored", "same"]


def axes(dim: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions that `dim` means, counted from the front: all for `None` and for an empty list."""
    if dim is None or dim == () or ndim == 0:
        return tuple(range(ndim))
    return tuple(sorted(each % ndim for each in (dim if isinstance(dim, tuple) else (dim,))))


def restored(value: Any, dim: Any, keepdim: bool, ndim: int) -> Any:
    """What a reduction of `ndim` dimensions along `dim` gave, with the dimensions it took away as ones."""
    return np.asarray(value) if keepdim or ndim == 0 else np.expand_dims(value, axes(dim, ndim))


def over(pen: Pen, dim: Expression) -> str:
    """The dimensions as the index of a sign; nothing where they are all."""
    if isinstance(dim, Constant) and dim.value in (None, ()):
        return ""
    numbers = dim.value if isinstance(dim, Constant) and isinstance(dim.value, tuple) else None
    if numbers is None:
        return rf"_{{\text{{dim }} {pen.at(dim, Strength.FREE)}}}"
    return rf"_{{\text{{{'dims' if len(numbers) > 1 else 'dim'} }} {', '.join(map(str, numbers))}}}"


def same(pen: Pen, arguments: Sequence[Expression]) -> Text:
    """What only moves or repeats elements is not written down: the shape is not what a formula tells of."""
    return pen.text(arguments[0])


def _reduced(reduce: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction of NumPy's that takes PyTorch's `dim` and `keepdim`."""

    def reduced(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return reduce(np.asarray(x), axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim))

    return reduced


def _big(sign: str) -> Writer:
    r"""As in `\sum_{\text{dim } 1} x`."""

    def write(pen: Pen, arguments: Sequence[Expression]) -> Text:
        index = over(pen, arguments[1]) if len(arguments) > 1 else ""
        return Text(rf"{sign}{index} {pen.at(arguments[0], Strength.PRODUCT)}", Strength.PRODUCT)

    return write


def named(word: str) -> Writer:
    r"""As in `\operatorname{mean}_{\text{dim } 1}\left(x\right)`."""

    def write(pen: Pen, arguments: Sequence[Expression]) -> Text:
        index = over(pen, arguments[1]) if len(arguments) > 1 else ""
        return Text(rf"{word}{index}\left({pen.at(arguments[0], Strength.FREE)}\right)", Strength.POWER)

    return write


def _spread(value: Any, dim: Any, keepdim: bool, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(restored(value, dim, keepdim, len(shape)), shape)


def _count(shape: tuple[int, ...], dim: Any = None) -> int:
    return prod(shape[axis] for axis in axes(dim, len(shape)))


def _tally(mask: Any, dim: Any = None) -> Any:
    return np.sum(mask, axis=axes(dim, np.ndim(mask)), keepdims=True)


def _ties(x: Any, y: Any) -> Any:
    """Where both are the same; NaN is the same as NaN."""
    return (x == y) | (np.isnan(x) & np.isnan(y))


def _is_as_large(x: Any, size: Any) -> Any:
    """Where |x| is `size`; two libraries round the size of a complex number differently."""
    return np.isclose(np.abs(x), size, 1e-6, 0) if np.iscomplexobj(x) else np.abs(x) == size


def _share(total: Any, parts: Any) -> Any:
    total, parts = np.broadcast_arrays(total, parts)
    return np.where(parts == 0, 0, np.divide(total, np.where(parts == 0, 1, parts)))


def _inner(a: Any, b: Any, dim: Any = None) -> Any:
    return np.sum(np.multiply(a, b), axis=axes(dim, np.ndim(b)), keepdims=True)


def _inner_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    a, b = (pen.at(each, Strength.FREE) for each in arguments[:2])
    index = over(pen, arguments[2]) if len(arguments) > 2 else ""
    return Text(rf"\left\langle {a}, {b} \right\rangle{index}", Strength.POWER)


def _others(x: Any, dim: Any = None) -> Any:
    """At each element the product of all others along `dim`, exact where some are zero."""
    x = np.asarray(x)
    along = axes(dim, x.ndim)
    zeros = np.sum(x == 0, axis=along, keepdims=True)
    product = np.prod(np.where(x == 0, 1, x), axis=along, keepdims=True)
    without = np.where(x == 0, product, product / np.where(x == 0, 1, x))
    return np.where(zeros - (x == 0) > 0, 0, without)


def _from_here_on(x: Any, dim: int) -> Any:
    x = np.asarray(x)
    return x if x.ndim == 0 else np.flip(np.cumsum(np.flip(x, dim), dim), dim)


def _products_with(grad: Any, x: Any, dim: int) -> Any:
    """At i the sum over k ≥ i of what k received, times the product of all but i among the first k."""
    if np.ndim(x) == 0:
        return grad
    grad, x = np.moveaxis(grad, dim, 0), np.moveaxis(x, dim, 0)
    sent = np.zeros_like(x)
    for i in range(len(x)):
        others = np.concatenate([np.prod(x[:i], 0)[None], x[i + 1 :]])
        sent[i] = np.sum(grad[i:] * np.cumprod(others, 0), 0)
    return np.moveaxis(sent, 0, dim)


def _median(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The lower one of two in the middle; NaN counts as the largest of all, and spoils the whole."""
    x = np.asarray(x)
    flat = np.reshape(x, -1) if dim is None else np.moveaxis(np.atleast_1d(x), dim, -1)
    ranked = np.sort(flat, -1)
    found = np.where(np.isnan(ranked[..., -1]), np.nan, ranked[..., (ranked.shape[-1] - 1) // 2])
    return restored(found, dim, not keepdim, x.ndim) if x.ndim else found


def _kth(x: Any, k: int, dim: int, keepdim: bool) -> Any:
    if np.ndim(x) == 0:
        return np.asarray(x)
    return restored(np.take(np.sort(x, dim), k - 1, dim), dim, not keepdim, np.ndim(x))


def _ordered(x: Any, dim: int, descending: bool) -> Any:
    if np.ndim(x) == 0:
        return np.asarray(x)
    return np.flip(np.sort(x, dim), dim) if descending else np.sort(x, dim)


def _foremost(x: Any, count: int, dim: int, descending: bool) -> Any:
    return np.take(_ordered(x, dim, descending), np.arange(count), dim) if np.ndim(x) else np.asarray(x)


def _logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    x = np.asarray(x)
    along = axes(dim, x.ndim)
    top = np.max(x, axis=along, keepdims=True) if x.size else np.zeros(1)
    top = np.where(np.isfinite(top), top, 0)
    found = np.log(np.sum(np.exp(x - top), axis=along, keepdims=True)) + top
    return found if keepdim else np.squeeze(found, along)


def _logsumexp_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, index = pen.at(arguments[0], Strength.FREE), over(pen, arguments[1])
    return Text(rf"\ln \sum{index} e^{{{x}}}", Strength.PRODUCT)


def _cumulated(cumulate: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, dim: cumulate(x, axis=dim) if np.ndim(x) else np.asarray(x)


def _variance(x: Any, dim: Any, correction: float, keepdim: bool = False) -> Any:
    x = np.asarray(x)
    along = axes(dim, x.ndim)
    far = np.abs(x - np.mean(x, axis=along, keepdims=True)) ** 2
    left: float = max(prod(x.shape[axis] for axis in along) - correction, 0)
    return np.divide(np.sum(far, axis=along, keepdims=bool(keepdim)), left)


def _norm(x: Any, p: Any, dim: Any = None, keepdim: bool = False) -> Any:
    size, along = np.abs(x), axes(dim, np.ndim(x))
    if p == 0:
        return np.sum(size != 0, axis=along, keepdims=bool(keepdim)).astype(float)
    if abs(p) == np.inf:
        return (np.max if p > 0 else np.min)(size, axis=along, keepdims=bool(keepdim))
    return np.sum(size**p, axis=along, keepdims=bool(keepdim)) ** (1 / p)


def _norm_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, p = (pen.at(each, Strength.FREE) for each in arguments[:2])
    return Text(rf"\left\lVert {x} \right\rVert_{{{p}}}", Strength.POWER)


WORDS: Vocabulary = {
    "sum": Function(_reduced(np.sum), _big(r"\sum")),
    "nansum": Function(_reduced(np.nansum), _big(r"\sum")),
    "prod": Function(_reduced(np.prod), _big(r"\prod")),
    "mean": Function(_reduced(np.mean), named(r"\operatorname{mean}")),
    "largest": Function(_reduced(np.max), named(r"\max")),
    "smallest": Function(_reduced(np.min), named(r"\min")),
    "variance": Function(_variance, named(r"\operatorname{Var}")),
    "deviation": Function(lambda *of: np.sqrt(_variance(*of)), named(r"\operatorname{std}")),
    "norm": Function(_norm, _norm_written),
    "logsumexp": Function(_logsumexp, _logsumexp_written),
    "cumsum": Function(_cumulated(np.cumsum), r"\sum_{j \le i} <0:base>_{j}", Strength.PRODUCT),
    "cumprod": Function(_cumulated(np.cumprod), r"\prod_{j \le i} <0:base>_{j}", Strength.PRODUCT),
    "from_here_on": Function(_from_here_on, r"\sum_{j \ge i} <0:base>_{j}", Strength.PRODUCT),
    "products_with": Function(
        _products_with, r"\sum_{k \ge i} <0:base>_{k} \prod_{j \le k,\, j \ne i} <1:base>_{j}", Strength.PRODUCT
    ),
    "others": Function(_others, r"\prod_{j \ne i} <0:base>_{j}", Strength.PRODUCT, keeps=True),
    "median": Function(_median, named(r"\operatorname{median}")),
    "kth": Function(_kth, r"<0:base>_{(<1>)}"),
    "ordered": Function(_ordered, named(r"\operatorname{sort}"), keeps=True),
    "foremost": Function(_foremost, r"\operatorname{top}_{<1>}\left(<0>\right)", keeps=True),
    "largest_so_far": Function(_cumulated(np.maximum.accumulate), r"\max_{j \le i} <0:base>_{j}", Strength.PRODUCT),
    "smallest_so_far": Function(_cumulated(np.minimum.accumulate), r"\min_{j \le i} <0:base>_{j}", Strength.PRODUCT),
    "inner": Function(_inner, _inner_written),
    "spread": Function(_spread, same, moves=True),
    "share": Function(_share, r"\frac{<0>}{<1>}", pointwise=True),
    "ties": Function(_ties, "<0> = <1>", Strength.FREE, pointwise=True),
    "as_large": Function(_is_as_large, r"\left|<0>\right| = <1>", Strength.FREE, pointwise=True),
    "tally": Function(_tally, r"\#\left\{<0>\right\}"),
    "count": Function(_count, applied(r"\operatorname{count}"), folds=True),
}
"""`spread` undoes the loss of dimensions, `share` is a quotient that is 0 where its denominator is, `tally` counts."""
