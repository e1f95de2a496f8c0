"""The words for special functions, element by element, reckoned with NumPy alone."""

import math
from typing import Any

import numpy as np

from graphviz_utils.rules.text import Strength
from graphviz_utils.rules.vocabulary.function import Function, Vocabulary, called

__all__ = ["WORDS"]

_FAR, _FARTHEST = 10, 1_000
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_ANGLES = (np.arange(200) + 0.5) * np.pi / 200
_STEPS = 60

_erf = np.vectorize(math.erf, otypes=[float])
_erfc = np.vectorize(math.erfc, otypes=[float])
_lgamma = np.vectorize(math.lgamma, otypes=[float])


def _erfinv(y: Any) -> Any:
    """By halving the interval: slow, and right to the last digits."""
    y = np.asarray(y, float)
    low, high = np.full(y.shape, -6.0), np.full(y.shape, 6.0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        is_below = _erf(middle) < y
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    found = (low + high) / 2
    return np.where(np.abs(y) == 1, np.copysign(np.inf, y), np.where(np.abs(y) > 1, np.nan, found))


def _polygamma_of_one(n: Any, number: Any) -> float:
    """The derivative number `n` of digamma, moved to the right, where its series converges."""
    order, x, total = int(n), float(number), 0.0
    if x <= 0 and (x == int(x) or x < -_FARTHEST):
        return math.nan if order == 0 or x < -_FARTHEST else math.inf
    while x < _FAR:
        total += 1 / x if order == 0 else math.factorial(order) / x ** (order + 1)
        x += 1
    if order == 0:
        tail = sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))
        return math.log(x) - 1 / (2 * x) - tail - total
    total += math.factorial(order - 1) / x**order + math.factorial(order) / (2 * x ** (order + 1))
    total += sum(
        b * math.factorial(2 * k + order - 1) / (math.factorial(2 * k) * x ** (2 * k + order))
        for k, b in enumerate(_BERNOULLI, 1)
    )
    return total if order % 2 else -total


_polygamma = np.vectorize(_polygamma_of_one, otypes=[float])


def _bessel(order: int, x: Any) -> Any:
    """The modified Bessel function divided by e to the size of x: the mean of its integrand over half a circle."""
    x = np.asarray(x, float)[..., None]
    return np.mean(np.exp(x * np.cos(_ANGLES) - np.abs(x)) * np.cos(order * _ANGLES), axis=-1)


def _grown(order: int, x: Any) -> Any:
    return _bessel(order, x) * np.exp(np.abs(x))


def _ndtr(x: Any) -> Any:
    return _erfc(-np.asarray(x) / math.sqrt(2)) / 2


def _density(x: Any) -> Any:
    return np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)


def _softplus(x: Any) -> Any:
    return np.logaddexp(0, x)


def _log_sigmoid(x: Any) -> Any:
    return -np.logaddexp(0, -np.asarray(x))


def _xlog(x: Any, y: Any) -> Any:
    """0 where `x` is 0, whatever the logarithm."""
    return np.where((np.asarray(x) == 0) & ~np.isnan(y), 0, x * np.log(y))


WORDS: Vocabulary = {
    "erf": called(r"\operatorname{erf}", _erf),
    "erfc": called(r"\operatorname{erfc}", _erfc),
    "erfinv": Function(_erfinv, r"\operatorname{erf}^{-1}\left(<0>\right)", pointwise=True),
    "ndtr": called(r"\Phi", _ndtr),
    "density": called(r"\varphi", _density),
    "lgamma": called(r"\ln \Gamma", _lgamma),
    "digamma": called(r"\psi", lambda x: _polygamma(0, x)),
    "polygamma": Function(_polygamma, r"\psi^{(<0>)}\left(<1>\right)", pointwise=True),
    "i0": called(r"I_{0}", lambda x: _grown(0, x)),
    "i1": called(r"I_{1}", lambda x: _grown(1, x)),
    "i0e": Function(lambda x: _bessel(0, x), r"e^{-\left|<0>\right|} I_{0}\left(<0>\right)", pointwise=True),
    "i1e": Function(lambda x: _bessel(1, x), r"e^{-\left|<0>\right|} I_{1}\left(<0>\right)", pointwise=True),
    "softplus": Function(_softplus, r"\ln\left(1 + e^{<0>}\right)", Strength.PRODUCT, pointwise=True),
    "log_sigmoid": Function(_log_sigmoid, r"\ln \sigma\left(<0>\right)", Strength.PRODUCT, pointwise=True),
    "logaddexp": Function(np.logaddexp, r"\ln\left(e^{<0>} + e^{<1>}\right)", Strength.PRODUCT, pointwise=True),
    "logaddexp2": Function(np.logaddexp2, r"\log_{2}\left(2^{<0>} + 2^{<1>}\right)", Strength.PRODUCT, pointwise=True),
    "xlog": Function(_xlog, r"<0:factor> \cdot \ln <1:word>", Strength.PRODUCT, pointwise=True),
}
"""`ndtr` and `density` are the normal distribution's; `xlog(x, y)` is x ln y, and 0 where x is."""
