"""The words for what makes numbers comparable: standardising, softmax, and the probabilities that losses pick."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_utils.rules.expressions import Constant, Expression
from graphviz_utils.rules.text import Strength, Text
from graphviz_utils.rules.vocabulary.function import Function, Pen, Vocabulary, applied
from graphviz_utils.rules.vocabulary.reductions import axes, named, over, same

__all__ = ["WORDS"]

Sizes = tuple[int, ...]


def _last(sizes: Sizes) -> Sizes:
    """The dimensions that `sizes` are the last ones of."""
    return tuple(range(-len(sizes), 0))


def _leading(ndim: int, sizes: Sizes) -> Sizes:
    """The dimensions before those that `sizes` are the last ones of."""
    return tuple(range(ndim - len(sizes)))


def _all_but(dim: int, ndim: int) -> Sizes:
    return tuple(axis for axis in range(ndim) if axis != dim)


def _per_channel(x: Any, ndim: int) -> Any:
    return np.reshape(x, (1, -1, *[1] * (ndim - 2)))


def _grouped(x: Any, groups: int) -> Any:
    """Of each example its channels in groups, as (example, group, elements)."""
    return np.reshape(x, (len(x), groups, np.size(x) // max(len(x) * groups, 1)))


def _middle(x: Any, dim: Any) -> Any:
    return np.mean(x, axis=axes(dim, np.ndim(x)), keepdims=True)


def _width(x: Any, dim: Any, eps: float) -> Any:
    return np.sqrt(np.var(x, axis=axes(dim, np.ndim(x)), keepdims=True) + eps)


def _standardised(x: Any, dim: Any, eps: float) -> Any:
    return (x - _middle(x, dim)) / _width(x, dim, eps)


def _width_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    x, dim, _ = arguments
    variance = rf"\operatorname{{Var}}{over(pen, dim)}\left({pen.at(x, Strength.FREE)}\right)"
    return Text(rf"\sqrt{{{variance} + \varepsilon}}", Strength.POWER)


def _softmax(x: Any, dim: Any) -> Any:
    x = np.asarray(x)
    along = axes(dim, x.ndim)
    powers = np.exp(x - np.max(x, axis=along, keepdims=True, initial=-np.inf))
    return powers / np.sum(powers, axis=along, keepdims=True)


def _safe_softmax(x: Any, dim: int) -> Any:
    """Where everything is masked by −∞ there are no probabilities, but zeros."""
    found = _softmax(x, dim)
    return np.where(np.all(np.isneginf(x), axis=dim, keepdims=True), 0, found) if np.ndim(x) else found


def _log_softmax(x: Any, dim: int) -> Any:
    x = np.asarray(x)
    if x.ndim == 0:
        return np.zeros(())
    shifted = x - np.max(x, axis=dim, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))


def _weights(target: Any, weight: Any, ignored: int, classes: int) -> Any:
    """How much each target counts: 1, or the weight of its class; 0 if it is the one to ignore."""
    per_class = np.ones(classes) if weight is None else np.asarray(weight)
    return np.where(target == ignored, 0, per_class[np.where(target == ignored, 0, target)])


def _picked(target: Any, weight: Any, ignored: int, shape: Sizes) -> Any:
    """Zeros of `shape`, with what the target counts at its class, along dimension 1 (0 of a single example)."""
    dim = min(len(shape) - 1, 1)
    is_it = np.expand_dims(target, dim) == np.arange(shape[dim]).reshape(-1, *[1] * (len(shape) - 1 - dim))
    return is_it * np.expand_dims(_weights(target, weight, ignored, shape[dim]), dim)


def _counted(target: Any, weight: Any, ignored: int, shape: Sizes) -> Any:
    return np.sum(_weights(target, weight, ignored, shape[min(len(shape) - 1, 1)]))


def _picked_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    target, weight = arguments[:2]
    index = pen.at(target, Strength.FREE)
    factor = "" if weight == Constant(None) else rf"{{{pen.at(weight, Strength.ATOM)}}}_{{{index}}} \, "
    return Text(rf"{factor}\mathbf{{1}}_{{{index}}}", Strength.PRODUCT if factor else Strength.POWER)


def _counted_written(pen: Pen, arguments: Sequence[Expression]) -> Text:
    target, weight = arguments[:2]
    if weight == Constant(None):
        return Text("N")
    index = pen.at(target, Strength.FREE)
    return Text(rf"\sum {{{pen.at(weight, Strength.ATOM)}}}_{{{index}}}", Strength.PRODUCT)


def _along_classes(grad: Any, shape: Sizes) -> Any:
    """What came back for each example, with a dimension for the classes again."""
    return np.expand_dims(grad, min(len(shape) - 1, 1)) if np.ndim(grad) == len(shape) - 1 else np.asarray(grad)


def _attention(query: Any, key: Any, mask: Any, is_causal: bool, scale: Any) -> Any:
    """How much each query looks at each key: the softmax of their scaled products."""
    scale = 1 / np.sqrt(query.shape[-1]) if scale is None else scale
    score = scale * (query @ np.swapaxes(key, -1, -2))
    if is_causal:
        score = np.where(np.tri(*score.shape[-2:]) > 0, score, -np.inf)
    if mask is not None:
        mask = np.asarray(mask)
        score = np.where(mask, score, -np.inf) if mask.dtype == bool else score + mask
    return _softmax(score, -1)


WORDS: Vocabulary = {
    "last": Function(_last, applied(r"\operatorname{last}"), folds=True),
    "leading": Function(_leading, applied(r"\operatorname{leading}", 2), folds=True),
    "all_but": Function(_all_but, applied(r"\operatorname{all but}", 2), folds=True),
    "per_channel": Function(_per_channel, same, moves=True),
    "grouped": Function(_grouped, same, moves=True),
    "middle": Function(_middle, named(r"\operatorname{mean}")),
    "width": Function(_width, _width_written),
    "standardised": Function(_standardised, r"\hat{<0>}", keeps=True),
    "softmax": Function(_softmax, applied(r"\operatorname{softmax}"), keeps=True),
    "safe_softmax": Function(_safe_softmax, applied(r"\operatorname{softmax}")),
    "log_softmax": Function(_log_softmax, applied(r"\ln \operatorname{softmax}"), keeps=True),
    "picked": Function(_picked, _picked_written, keeps=True),
    "class_dim": Function(lambda shape: min(len(shape) - 1, 1), r"\mathrm{class}", folds=True),
    "counted": Function(_counted, _counted_written),
    "along_classes": Function(_along_classes, same, moves=True),
    "attention": Function(_attention, "P", Strength.ATOM, keeps=True),
    "one_over_root": Function(lambda n: 1 / np.sqrt(n), r"\frac{1}{\sqrt{<0>}}"),
}
"""`picked` is one-hot: 1 (or the weight of the class) where a target points; `counted` is what all targets count."""
