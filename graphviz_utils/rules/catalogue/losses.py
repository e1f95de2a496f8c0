"""Losses: how far predictions are from targets, element by element and then added up or averaged."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Rule

__all__ = ["RULES"]

_REDUCED = "mean({0}) if reduction == 1 else sum({0}) if reduction == 2 else {0}"
_SHARE = "(1 / numel(self) if reduction == 1 else 1)"
_MEAN = {"reduction": 1}
_AWAY = "(self - target)"


def _to_both(slope: str) -> dict[str, str]:
    """What a loss of the difference sends: to the target the same with the opposite sign."""
    return {"self": f"{_SHARE} * {slope} * grad", "target": f"-{_SHARE} * {slope} * grad"}


def _smooth(name: str, bound: str, inner: tuple[str, str], outer: tuple[str, str]) -> Rule:
    """Squares where the difference is below `bound`, a straight line beyond: values and slopes of both."""
    is_near = f"abs{_AWAY} < {bound}"
    return Rule(
        "scales",
        f"{name} sends small differences as squares do, and of large ones the sign alone.",
        _REDUCED.format(f"where({is_near}, {inner[0]}, {outer[0]})"),
        _to_both(f"where({is_near}, {inner[1]}, {outer[1]})"),
        defaults={**_MEAN, bound: 1.0},
    )


_ONE_HOT = "picked(target, weight, ignore_index, shape(self))"
_COUNT = "counted(target, weight, ignore_index, shape(self))"
_NLL = Rule(
    "routes",
    "The loss routes: the log-probability of each target's class receives minus its share of the gradient.",
    f"-sum({_ONE_HOT} * self) / {_COUNT} if reduction == 1 else "
    f"-sum({_ONE_HOT} * self) if reduction == 2 else -sum({_ONE_HOT} * self, class_dim(shape(self)))",
    {
        "self": f"-1 / {_COUNT} * {_ONE_HOT} * grad if reduction == 1 else "
        f"-{_ONE_HOT} * along_classes(grad, shape(self))"
    },
)

_WEIGHED = "(1 if weight is None else weight)"
_LOG, _LOG_OF_REST = "maximum(log(self), -100)", "maximum(log(1 - self), -100)"
_CROSS_ENTROPY = Rule(
    "scales",
    "Cross-entropy sends (p − t) / (p (1 − p)) times the gradient: a wrong answer given surely costs much.",
    _REDUCED.format(f"(-{_WEIGHED} * (target * {_LOG} + (1 - target) * {_LOG_OF_REST}))"),
    {
        "self": f"{_SHARE} * {_WEIGHED} * (self - target) / maximum(self * (1 - self), 1e-12) * grad",
        "target": f"{_SHARE} * {_WEIGHED} * ({_LOG_OF_REST} - {_LOG}) * grad",
    },
    defaults={**_MEAN, "weight": None},
)

_POSITIVE = "(1 if pos_weight is None else pos_weight)"
_WEIGHED_PULL = "((pos_weight * target + 1 - target) * sigmoid(self) - pos_weight * target)"
_PULL = f"((sigmoid(self) - target) if pos_weight is None else {_WEIGHED_PULL})"
_CROSS_ENTROPY_OF_LOGITS = Rule(
    "scales",
    "Cross-entropy of logits sends σ(x) − t times the gradient: how far the probability is from the target.",
    _REDUCED.format(f"(-{_WEIGHED} * ({_POSITIVE} * target * log_sigmoid(self) + (1 - target) * log_sigmoid(-self)))"),
    {
        "self": f"{_SHARE} * {_WEIGHED} * {_PULL} * grad",
        "target": f"{_SHARE} * {_WEIGHED} * (log_sigmoid(-self) - {_POSITIVE} * log_sigmoid(self)) * grad",
    },
    defaults={**_MEAN, "weight": None, "pos_weight": None},
)

RULES: Catalogue = {
    "MseLossBackward0": Rule(
        "scales",
        "The squared error sends twice the difference times the gradient: what is far off is pulled hard.",
        _REDUCED.format(f"{_AWAY} ** 2"),
        _to_both(f"2 * {_AWAY}"),
        defaults=_MEAN,
    ),
    "SmoothL1LossBackward0": _smooth(
        "The smooth absolute error",
        "beta",
        (f"{_AWAY} ** 2 / (2 * beta)", f"{_AWAY} / beta"),
        (f"abs{_AWAY} - beta / 2", f"sign{_AWAY}"),
    ),
    "HuberLossBackward0": _smooth(
        "Huber's loss",
        "delta",
        (f"{_AWAY} ** 2 / 2", _AWAY),
        (f"delta * (abs{_AWAY} - delta / 2)", f"delta * sign{_AWAY}"),
    ),
    "SoftMarginLossBackward0": Rule(
        "scales",
        "The soft margin loss sends −t σ(−t x) times the gradient: what is right by far is left alone.",
        _REDUCED.format("-log_sigmoid(target * self)"),
        {"self": f"-{_SHARE} * target * sigmoid(-target * self) * grad"},
        defaults=_MEAN,
    ),
    "NllLossBackward0": _NLL,
    "NllLoss2DBackward0": _NLL,
    "BinaryCrossEntropyBackward0": _CROSS_ENTROPY,
    "BinaryCrossEntropyWithLogitsBackward0": _CROSS_ENTROPY_OF_LOGITS,
}
"""Reductions are PyTorch's numbers: 0 for none, 1 for the mean, 2 for the sum."""
