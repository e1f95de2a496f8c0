"""Sums, means, products and spreads: what takes many elements to one."""

from graphviz_utils.rules.catalogue.entry import Catalogue
from graphviz_utils.rules.rule import Bend, Rule

__all__ = ["RULES"]

_ALL = {"dim": None, "keepdim": False}
_GRAD = "spread(grad, dim, keepdim, shape(self))"
_RESULT = "spread(result, dim, keepdim, shape(self))"
_CORRECTION = "(1 if correction is None else correction)"
_LEFT = f"(count(shape(self), dim) - {_CORRECTION})"
_AWAY = "(self - middle(self, dim))"

_SUM = "`sum` spreads: every term receives the gradient of the sum as it is."
_MEAN = "`mean` spreads: every element receives the gradient divided by how many there are."
_PROD = "`prod` swaps: each factor receives the gradient times the product of all the others."
_VAR = "The variance sends each element twice its distance from the mean, over n − 1, times the gradient."
_STD = "The standard deviation σ sends each element its distance from the mean, over (n − 1) σ, times the gradient."
_RISE = f"sqrt((count(shape(self), dim) - 1) / (count(shape(self), dim) * {_LEFT}))"
_STD_BEND = Bend(f"{_RESULT} == 0", f"-{_RISE}", _RISE)


def _variance(grad: str) -> str:
    """What a variance sends back; PyTorch's answer where no degree of freedom is left is kept too."""
    spread = f"spread({grad}, dim, keepdim, shape(self))"
    none_left = f"where({_AWAY} == 0, nan, inf) * {spread}"
    return f"2 / {_LEFT} * {_AWAY} * {spread} if {_LEFT} > 0 else {none_left}"


def _deviation(grad: str, result: str) -> str:
    spread, width = (f"spread({each}, dim, keepdim, shape(self))" for each in (grad, result))
    return f"1 / {_LEFT} * share({_AWAY}, {width}) * {spread} if {_LEFT} > 0 else nan * {spread}"


_MEAN_OF = "1 / count(shape(self), dim) * spread({}, dim, keepdim, shape(self))"
_SPREADS = {"dim": None, "correction": None, "keepdim": False}

RULES: Catalogue = {
    "SumBackward0": Rule("spreads", _SUM, "sum(self)", {"self": "grad"}),
    "SumBackward1": Rule("spreads", _SUM, "sum(self, dim, keepdim)", {"self": _GRAD}, defaults=_ALL),
    "NansumBackward0": Rule(
        "spreads",
        "`nansum` spreads: every term that is a number receives the gradient of the sum, and NaN receives nothing.",
        "nansum(self, dim, keepdim)",
        {"self": f"where(is_nan(self), 0, {_GRAD})"},
        defaults=_ALL,
    ),
    "MeanBackward0": Rule("spreads", _MEAN, "mean(self)", {"self": "1 / numel(self) * grad"}),
    "MeanBackward1": Rule(
        "spreads", _MEAN, "mean(self, dim, keepdim)", {"self": _MEAN_OF.format("grad")}, defaults=_ALL
    ),
    "ProdBackward0": Rule("swaps", _PROD, "prod(self)", {"self": "conj(others(self)) * grad"}),
    "ProdBackward1": Rule(
        "swaps",
        _PROD,
        "prod(self, dim, keepdim)",
        {"self": f"conj(others(self, dim)) * {_GRAD}"},
        defaults={"keepdim": False},
    ),
    "VarBackward0": Rule(
        "spreads", _VAR, f"variance(self, dim, {_CORRECTION}, keepdim)", {"self": _variance("grad")}, defaults=_SPREADS
    ),
    "StdBackward0": Rule(
        "spreads",
        _STD,
        f"deviation(self, dim, {_CORRECTION}, keepdim)",
        {"self": _deviation("grad", "result")},
        defaults=_SPREADS,
        bends={"self": _STD_BEND},
    ),
    "VarMeanBackward0": Rule(
        "spreads",
        "Variance and mean send back what each of them would, added up.",
        f"(variance(self, dim, {_CORRECTION}, keepdim), mean(self, dim, keepdim))",
        {"self": f"({_variance('grads[0]')}) + {_MEAN_OF.format('grads[1]')}"},
        defaults=_SPREADS,
    ),
    "StdMeanBackward0": Rule(
        "spreads",
        "Standard deviation and mean send back what each of them would, added up.",
        f"(deviation(self, dim, {_CORRECTION}, keepdim), mean(self, dim, keepdim))",
        {"self": f"({_deviation('grads[0]', 'results[0]')}) + {_MEAN_OF.format('grads[1]')}"},
        defaults=_SPREADS,
    ),
    "LogsumexpBackward0": Rule(
        "spreads",
        "`logsumexp` shares out: each element receives the part of the gradient that its softmax says.",
        "logsumexp(self, dim, keepdim)",
        {"self": f"(conj(exp(self - {_RESULT})) if is_complex(self) else softmax(self, dim)) * {_GRAD}"},
        defaults={"keepdim": False},
    ),
    "CumsumBackward0": Rule(
        "sums",
        "A running sum sends each element all the gradients from its place on, added up.",
        "cumsum(self, dim)",
        {"self": "from_here_on(grad, dim)"},
    ),
    "CumprodBackward0": Rule(
        "sums",
        "A running product sends each factor, from its place on, the gradients times the product of the other factors.",
        "cumprod(self, dim)",
        {"self": "products_with(grad, conj(self), dim)"},
    ),
}
"""`VarBackward0` and its like divide by n − correction, which is n − 1 unless something else was asked for."""
