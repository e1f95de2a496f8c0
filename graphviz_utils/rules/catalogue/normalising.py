"""What makes numbers comparable: softmax, the layers that standardise, and attention."""

from graphviz_utils.model import Node
from graphviz_utils.rules.catalogue.calls import given
from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]


_ALONG = "(None if ndim(self) < 2 else dim)"


def _softmax(forward: str) -> Rule:
    return Rule(
        "normalises",
        "Softmax sends each element its probability times how far its gradient is from their mean by probability.",
        f"{forward}(self, dim)",
        {"self": f"result * (grad - inner(grad, result, {_ALONG}))"},
    )


_LOG_SOFTMAX = Rule(
    "normalises",
    "Log-softmax sends each element its gradient, less its probability times the sum of all gradients.",
    "log_softmax(self, dim)",
    {"self": f"grad - softmax(self, dim) * sum(grad, {_ALONG}, True)"},
)


def _standardised(x: str, dims: str, received: str) -> str:
    """What x̂ = (x − μ) / σ along `dims` sends back, where x̂ itself received `received`."""
    hat = f"standardised({x}, {dims}, eps)"
    away = f"{received} - middle({received}, {dims}) - {hat} * middle({received} * {hat}, {dims})"
    return f"1 / width({x}, {dims}, eps) * ({away})"


_SENTENCE = "{} sends the gradient less its mean and its part along x̂, over σ, where x̂ = (x − μ) / σ."
_AFFINE = {"weight": None, "bias": None}

_LAST = "last(normalized_shape)"
_LAYER_HAT = f"standardised(input, {_LAST}, eps) * grad"
_LEADING = "leading(ndim(input), normalized_shape)"
_LAYER_NORM = Rule(
    "normalises",
    _SENTENCE.format("Layer norm"),
    f"(1 if weight is None else weight) * standardised(input, {_LAST}, eps) + (0 if bias is None else bias)",
    {
        "input": _standardised("input", _LAST, "((1 if weight is None else weight) * grad)"),
        "weight": f"sum({_LAYER_HAT}, {_LEADING}) if {_LEADING} else {_LAYER_HAT}",
        "bias": "grad",
    },
    defaults=_AFFINE,
)

_OTHERS = "all_but(1, ndim(input))"
_SCALE = "(1 if weight is None else per_channel(weight, ndim(input)))"
_SHIFT = "(0 if bias is None else per_channel(bias, ndim(input)))"
_TRAINED_HAT = f"standardised(input, {_OTHERS}, eps)"
_RUNNING_WIDTH = "sqrt(per_channel(running_var, ndim(input)) + eps)"
_RUNNING_HAT = f"(input - per_channel(running_mean, ndim(input))) / {_RUNNING_WIDTH}"


def _batch_norm(sentence: str, hat: str, to_input: str) -> Rule:
    return Rule(
        "normalises",
        sentence,
        f"{_SCALE} * {hat} + {_SHIFT}",
        {"input": to_input, "weight": f"sum({hat} * grads[0], {_OTHERS})", "bias": f"sum(grads[0], {_OTHERS})"},
        defaults=_AFFINE,
    )


_IN_TRAINING = _batch_norm(
    _SENTENCE.format("Batch norm"), _TRAINED_HAT, _standardised("input", _OTHERS, f"({_SCALE} * grads[0])")
)
_IN_USE = _batch_norm(
    "Batch norm out of training scales: μ and σ are those it remembers, so the gradient is multiplied by weight / σ.",
    _RUNNING_HAT,
    f"{_SCALE} / {_RUNNING_WIDTH} * grads[0]",
)


def _batch_norm_of(node: Node) -> Rule:
    is_in_training = given(node, "training", "no_training" not in (node.operator or ""))
    return _IN_TRAINING if is_in_training else _IN_USE


_GROUPED = "grouped(input, group)"
_GROUP_HAT = f"reshape(standardised({_GROUPED}, 2, eps), shape(input))"
_IN_GROUPS = _standardised(_GROUPED, "2", f"grouped({_SCALE} * grads[0], group)")
_OF_MEAN = f"column(grads[1]) / size({_GROUPED}, 2)"
_OF_WIDTH = (
    f"column(grads[2]) * ({_GROUPED} - middle({_GROUPED}, 2)) / width({_GROUPED}, 2, eps) ** 3 / size({_GROUPED}, 2)"
)
_GROUP_NORM = Rule(
    "normalises",
    _SENTENCE.format("Group norm"),
    f"{_SCALE} * {_GROUP_HAT} + {_SHIFT}",
    {
        "input": f"reshape({_IN_GROUPS} + {_OF_MEAN} - {_OF_WIDTH}, shape(input))",
        "weight": f"sum({_GROUP_HAT} * grads[0], {_OTHERS})",
        "bias": f"sum(grads[0], {_OTHERS})",
    },
    defaults=_AFFINE,
)

_DIRECTION = "(v / norm(v, 2, all_but(dim, ndim(v)), True))"
_WEIGHT_NORM = Rule(
    "normalises",
    "Weight norm sends the gradient across the direction of v to v, and its part along that direction to g.",
    f"g * {_DIRECTION}",
    {
        "v": f"g / norm(v, 2, all_but(dim, ndim(v)), True) "
        f"* (grad - {_DIRECTION} * inner(grad, {_DIRECTION}, all_but(dim, ndim(v))))",
        "g": f"inner(grad, {_DIRECTION}, all_but(dim, ndim(v)))",
    },
    defaults={"dim": 0},
)

_WEIGHTS = "attention(query, key, attn_mask, is_causal, scale)"
_FACTOR = "(one_over_root(size(query, -1)) if scale is None else scale)"
_TO_WEIGHTS = "matmul(grad, transpose(value))"
_TO_SCORES = f"({_WEIGHTS} * ({_TO_WEIGHTS} - inner({_TO_WEIGHTS}, {_WEIGHTS}, -1)))"
_ATTENTION = Rule(
    "mixes",
    "Attention sends Pᵀ ȳ to the values, and through softmax to queries and keys, where P = softmax(Q Kᵀ / √d).",
    f"matmul({_WEIGHTS}, value)",
    {
        "query": f"{_FACTOR} * matmul({_TO_SCORES}, key)",
        "key": f"{_FACTOR} * matmul(transpose({_TO_SCORES}), query)",
        "value": f"matmul(transpose({_WEIGHTS}), grad)",
    },
    defaults={"attn_mask": None, "is_causal": False, "scale": None, "dropout_p": 0.0},
)


def _attention(node: Node) -> Rule | None:
    return None if given(node, "dropout_p", 0.0) else _ATTENTION


RULES: Catalogue = {
    "SoftmaxBackward0": _softmax("softmax"),
    "SafeSoftmaxBackward0": _softmax("safe_softmax"),
    "LogSoftmaxBackward0": _LOG_SOFTMAX,
    "NativeLayerNormBackward0": _LAYER_NORM,
    "NativeBatchNormBackward0": _batch_norm_of,
    "NativeBatchNormLegitBackward0": _batch_norm_of,
    "NativeBatchNormLegitBackward1": _batch_norm_of,
    "NativeBatchNormLegitNoTrainingBackward0": _batch_norm_of,
    "BatchNormWithUpdateBackward0": _batch_norm_of,
    "NativeGroupNormBackward0": _GROUP_NORM,
    "WeightNormInterfaceBackward0": _WEIGHT_NORM,
    "ScaledDotProductFlashAttentionForCpuBackward0": _attention,
}
