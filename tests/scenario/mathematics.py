"""What each ready scenario differentiates, once more in NumPy: double precision, and no automatic differentiation."""

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MATHEMATICS", "Array", "Function", "one_sided", "slopes"]

Array = NDArray[np.float64] | NDArray[np.complex128]
Function = Callable[[Any, Any], float]
"""From the leaves as they are moved, and as they stood (which is what a cut path sees), to what backward began at."""

_STEP = 1e-4


def slopes(function: Function, leaves: Mapping[str, Array], name: str) -> Array:
    """The gradient of `function` by the leaf `name`, by central differences."""
    above, below = one_sided(function, leaves, name)
    return (above + below) / 2


def one_sided(function: Function, leaves: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    """The slopes of `function` to the right and to the left of each element of the leaf `name`."""
    held = SimpleNamespace(**leaves)
    here = function(held, held)
    leaf = leaves[name]
    above, below = np.zeros_like(leaf), np.zeros_like(leaf)
    for index, unit in _directions(leaf):
        for result, step in ((above, _STEP), (below, -_STEP)):
            moved = leaf.copy()
            moved[index] += step * unit
            there = function(SimpleNamespace(**{**leaves, name: moved}), held)
            result[index] += (there - here) / step * unit
    return above, below


def _directions(leaf: Array) -> Iterator[tuple[tuple[int, ...], complex]]:
    for index in np.ndindex(leaf.shape):
        yield index, 1.0
        if np.iscomplexobj(leaf):
            yield index, 1.0j


def _sigmoid(x: Any) -> Any:
    return (1 + np.tanh(x / 2)) / 2


def _tower(h: Any, floors: int, kept: float) -> Any:
    """Floors of a sigmoid less a half, which is tanh(h / 2) / 2; `kept` is how much of h goes around each."""
    for _ in range(floors):
        h = kept * h + np.tanh(h / 2) / 2
    return h


def _cross_entropy(m: Any, _: Any) -> Any:
    said = np.array([[2.0, 4.0], [1.0, 2.0]]) @ m.w + m.b
    return (np.log1p(np.exp(-said[0])) + np.log1p(np.exp(said[1]))) / 2


def _batch_norm(m: Any, _: Any) -> Any:
    v = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 8.0], [6.0, 8.0]])
    return (v * (m.gamma * (m.x - m.x.mean(0)) / m.x.std(0) + m.beta)).sum()


def _attention(m: Any, _: Any) -> Any:
    weights = np.exp(np.outer(m.q, m.k))
    return (weights @ m.v / weights.sum(1, keepdims=True)).sum()


def _lstm(m: Any, _: Any) -> Any:
    c = m.c0
    for x in (1.0, 2.0):
        c = _sigmoid(m.wf * x) * c + _sigmoid(m.wi * x) * np.tanh(m.wg * x)
    return c


def _staged(m: Any, _: Any) -> Any:
    return (m.x + _sigmoid(m.y)) / (_sigmoid(m.x * m.y) + (m.x + m.y) ** 2)


def _hinge(m: Any, _: Any) -> Any:
    scores = m.W @ np.array([1.0, 2.0])
    return np.maximum(scores[1:] - scores[0] + 1, 0).sum()


def _bent_line(m: Any, _: Any) -> Any:
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    return ((np.maximum(x * m.w, 0) @ m.v - abs(x)) ** 2).sum()


def _pooled(m: Any, _: Any) -> Any:
    return sum((2 * i + j + 1) * m.x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() for i in (0, 1) for j in (0, 1))


MATHEMATICS: dict[str, Function] = {
    "01_polynomial": lambda m, _: 2 * m.x**4 + m.x**3 + 3 * m.x**2 + 5 * m.x + 1,
    "02_matrix_sum": lambda m, _: (m.A + m.B).sum(),
    "03_multistep_seed": lambda m, _: (2 * (3 * m.x + 2) ** 2).sum(),
    "04_multistep_mean": lambda m, _: (2 * (3 * m.x + 2) ** 2).mean(),
    "05_fan_out": lambda m, _: 3 * m.x * (m.x + 1),
    "06_gates": lambda m, _: 2 * (m.x * m.y + max(m.z, m.w)),
    "07_product_rule": lambda m, _: 3 * m.x**3 + m.x**2,
    "08_quotient_rule": lambda m, _: (3 * m.x**2 + 5) / (m.x + 1),
    "09_chain_rule": lambda m, _: np.hypot(2 * m.x + 1, 4),
    "10_sigmoid_gates": lambda m, _: _sigmoid(m.x),
    "11_neuron": lambda m, _: _sigmoid(m.x1 * m.w1 + m.x2 * m.w2 + m.b),
    "12_kinks": lambda m, _: (3 * np.maximum(m.x, 0) + abs(m.x)).sum(),
    "13_matrix_product": lambda m, _: np.einsum("ij,jk->", m.A, m.B),
    "14_broadcasting": lambda m, _: (m.A[0] * m.b).sum() + (m.A[1] * m.b).sum() + 6 * m.k,
    "15_reductions": lambda m, _: m.x.sum() * 5 / 4 + max(m.x),
    "16_indexing": lambda m, _: m.x[1] ** 2 + m.x[3] ** 2 + 3 * m.x[0] + 3 * m.x[3],
    "17_accumulation": lambda m, _: m.x**2,
    "18_detach": lambda m, held: m.x * (m.x + held.x + 2 * held.x),
    "19_sgd_step": lambda m, _: (2 * m.w - 4) ** 2,
    "20_curve_fitting": lambda m, _: (m.b - m.a + 1) ** 2 + (m.b + m.a - 3) ** 2,
    "21_pendulum": lambda m, _: m.omega**2 + 20 * (1 - np.cos(m.theta)),
    "22_in_place": lambda m, _: 2 * (10 + m.x[1] + m.x[2]),
    "23_two_layers": lambda m, _: (m.v @ np.maximum(m.W @ m.x, 0) - 4) ** 2,
    "24_logistic_regression": _cross_entropy,
    "25_softmax": lambda m, _: np.log1p(np.exp(m.z[0] - m.z[1])),
    "26_momentum": lambda m, _: m.w**2,
    "27_vanishing": lambda m, _: _tower(m.x, 3, 0) + _tower(m.deep, 20, 0),
    "28_residual": lambda m, _: _tower(m.x, 2, 1) + _tower(m.deep, 20, 1),
    "29_exploding": lambda m, _: m.x * m.w**4,
    "30_nan_trap": lambda m, _: np.sqrt(np.maximum(m.s, 0)).sum(),
    "31_convolution": lambda m, _: np.convolve(m.x, m.k[::-1], "valid").sum(),
    "32_layer_norm": lambda m, _: (m.x - m.x.mean()) @ m.v / m.x.std(),
    "33_batch_norm": _batch_norm,
    "34_attention": _attention,
    "35_lstm": _lstm,
    "36_second_derivative": lambda m, _: 3 * m.c * m.x**2,
    "37_hessian_vector": lambda m, _: m.u * 2 * m.a * m.b + m.v * m.a**2,
    "38_custom_function": lambda m, _: 2 * m.x**3,
    "39_straight_through": lambda m, held: ((m.x + held.x.round() - held.x) ** 2).sum(),
    "40_checkpoint": lambda m, _: (m.x**2 + 1) ** 2,
    "41_complex": lambda m, _: abs(m.z) ** 2,
    "42_nudging": lambda m, _: (m.a * m.b + m.c) ** 2,
    "43_staged": _staged,
    "44_tanh_neuron": lambda m, _: np.tanh(m.x1 * m.w1 + m.x2 * m.w2 + m.b),
    "45_waiting": lambda m, _: 3 * m.x**4 - 9 * m.x**2,
    "46_doubling": lambda m, _: 8 * m.x + 1_048_576 * m.deep,
    "47_batch_layer": lambda m, _: np.array([1, 2, -1]) @ (m.X @ m.W[:, 0] + m.b),
    "48_forgotten": lambda m, _: (m.w**2 + m.v**2) / 2,
    "49_two_losses": lambda m, _: (m.w - 6) ** 2 + m.w**2 / 2,
    "50_frozen": lambda m, _: (3 * m.a * m.c - 4) ** 2,
    "51_fooling": lambda m, _: 2 * m.x[0] - m.x[1] + m.x[2] - 2 * m.x[3],
    "52_used_up": lambda m, _: m.x**2 + 2 * m.s,
    "53_hinge": _hinge,
    "54_small_network": _bent_line,
    "55_embedding": lambda m, _: (m.E[0] + m.E[1] + 2 * m.E[2]) @ m.v / 4,
    "56_max_pooling": _pooled,
    "57_dropout": lambda m, _: 2 * m.x[1] * m.v[1] + 2 * m.x[2] * m.v[2],
    "58_log_sum_exp": lambda m, _: np.logaddexp.reduce(m.s),
    "59_norm_at_zero": lambda m, _: np.hypot(m.s[:, 0], m.s[:, 1]).sum(),
    "60_adam": lambda m, _: 50 * m.a**2 + m.b**2 / 200,
    "61_jacobian": lambda m, _: m.r * np.cos(m.theta) + 2 * m.r * np.sin(m.theta),
    "62_chance": lambda m, _: m.mu**2 + m.sigma**2,
    "63_half_precision": lambda m, _: m.s / 2**16,
}
