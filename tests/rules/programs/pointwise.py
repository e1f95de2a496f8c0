"""Functions of one number and of several, element by element, on both sides of their kinks and on complex numbers."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tests.rules.programs.arithmetic import leaf

__all__ = ["PROGRAMS"]

aten = torch.ops.aten


def numbers(low: float, high: float, *shape: int) -> torch.Tensor:
    """Random numbers between two, that want a gradient."""
    return torch.empty(shape or (2, 4), dtype=torch.float64).uniform_(low, high).requires_grad_()


def each(functions: Sequence[Callable[[torch.Tensor], Any]], *tensors: torch.Tensor) -> list[Any]:
    return [function(tensor) for function in functions for tensor in tensors]


def powers() -> object:
    x, n, c = numbers(0.2, 3), leaf(2, 4), leaf(3, dtype=torch.complex128)
    fixed = [x**4, x**-2, x**0.5, x**1.5, x**0, x**1, leaf(3) ** 3, c**2, c**-1.5]
    return [*fixed, x**n, 2**n, leaf(4).abs() ** n, c ** leaf(3), torch.pow(torch.zeros(4), n.abs()), (n - n) ** 0]


def power_of_a_number() -> object:
    return [aten.pow.Scalar(2.5, leaf(3)), aten.pow.Scalar(0, leaf(3).abs())]


def exponentials() -> object:
    x, c = numbers(0.2, 3), leaf(3, dtype=torch.complex128)
    every = [torch.exp, torch.exp2, torch.expm1, torch.log, torch.log2, torch.log10, torch.log1p]
    roots = [torch.sqrt, torch.rsqrt, torch.reciprocal]
    return each([*every, *roots], x, c)


def logarithms_of_two() -> object:
    x, y, p = leaf(2, 4), leaf(4), numbers(0.05, 0.95)
    mixed = [torch.xlogy(x, p), torch.xlogy(x * torch.tensor([0, 1, 1, 0]), p), aten.xlogy.Scalar_Self(2.0, p)]
    one_more = [torch.special.xlog1py(x, p), torch.special.entr(p)]
    odds = [torch.logit(p), torch.logit(p, eps=0.2)]
    sums = [torch.logaddexp(x, y), torch.logaddexp2(x, y), torch.ldexp(x, y)]
    return [*mixed, aten.xlogy.Scalar_Other(x, 2.5), *one_more, *odds, *sums]


def trigonometry() -> object:
    x, c = numbers(-0.9, 0.9), leaf(3, dtype=torch.complex128)
    inverse = [torch.asin, torch.acos, torch.atan, torch.asinh, torch.atanh]
    every = [torch.sin, torch.cos, torch.tan, torch.sinh, torch.cosh, torch.tanh, torch.sinc]
    above = torch.acosh(numbers(1.1, 3))
    return [*each([*every, *inverse], x, c), above, torch.acosh(c), torch.sinc(x * 0), torch.deg2rad(x), x.rad2deg()]


def angles() -> object:
    return [torch.atan2(leaf(2, 3), leaf(3)), torch.hypot(leaf(2, 3), leaf(2, 1))]


def special() -> object:
    x, p = leaf(2, 4), numbers(0.05, 0.95)
    bells = [*each([torch.erf, torch.erfc, torch.special.ndtri], p), torch.erfinv(x / x.detach().abs().max() * 0.9)]
    gammas = each([torch.lgamma, torch.digamma], x, 12 * p) + [torch.polygamma(n, 9 * p) for n in (1, 2, 3)]
    bessel = each([torch.special.i0, torch.special.i0e, torch.special.i1, torch.special.i1e], x, 5 * x)
    return [*bells, *gammas, *bessel, torch.special.log_ndtr(x)]


def rounding() -> object:
    x, y = 3 * leaf(2, 4), leaf(4)
    stairs = each([torch.floor, torch.ceil, torch.round, torch.trunc, torch.frac, torch.sign, torch.sgn], x)
    rest = [torch.fmod(x, 0.7), torch.fmod(x, y), torch.remainder(x, 0.7), torch.remainder(x, y), x.round(decimals=1)]
    return [*stairs, *rest, torch.copysign(x, y), torch.copysign(x, -2.0), torch.nextafter(x, y)]


def sizes() -> object:
    odd = torch.tensor([float("nan"), float("inf"), float("-inf"), 2.0], dtype=torch.float64)
    return [leaf(2, 3).abs(), leaf(3, dtype=torch.complex128).abs(), torch.nan_to_num(leaf(2, 4) + odd, nan=1.0)]


def activations() -> object:
    x = 4 * leaf(3, 4)
    names = "sigmoid logsigmoid silu mish gelu softplus elu selu celu relu relu6 leaky_relu hardtanh hardsigmoid"
    f = torch.nn.functional
    plain = [getattr(f, name)(x) for name in f"{names} hardswish softshrink hardshrink tanhshrink softsign glu".split()]
    chosen = [f.elu(x, 0.3), f.celu(x, 2.0), f.gelu(x, approximate="tanh"), f.softplus(x, beta=2, threshold=3)]
    chosen += [f.leaky_relu(x, 0.2), f.hardtanh(x, -2, 0.5), f.softshrink(x, 1.0), f.hardshrink(x, 1.0), f.glu(x, 1)]
    return [*plain, *chosen, f.threshold(x, 0.5, 2.0), f.prelu(x, leaf()), f.prelu(x, leaf(4))]


def kinks() -> object:
    """At the kinks themselves: a choice of PyTorch's that the rules share."""
    f = torch.nn.functional
    x = torch.tensor([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0], dtype=torch.float64, requires_grad=True)
    plain = each(
        [f.relu, f.relu6, f.hardtanh, f.hardsigmoid, f.hardswish, f.softshrink, f.hardshrink, f.elu, f.celu], x
    )
    bounds = [x.clamp(-1, 1), x.clamp(min=0), x.clamp(max=0.5), x.abs(), f.leaky_relu(x), f.threshold(x, 1.0, 1.0)]
    ties = [torch.maximum(x, leaf(8).round()), torch.minimum(x, x.detach()), torch.fmax(x, x.detach())]
    return [*plain, *bounds, *ties, torch.fmin(x, x.detach()), f.prelu(x, leaf())]


def bounds() -> object:
    x, low, high = leaf(3, 4), leaf(4) - 1, leaf(3, 1) + 1
    tensors = [x.clamp(low, high), x.clamp(min=low), x.clamp(max=high), aten.clamp_min.Tensor(x, low)]
    numbers = [x.clamp(-0.5, 0.5), x.clamp(min=0.1), x.clamp(max=0.1), x.clamp(1, -1), aten.clamp_min(x, 0.2)]
    direct = [aten.clamp_max(x, 0.2), aten.clamp_max.Tensor(x, high)]
    return [*tensors, *numbers, *direct, torch.fmax(x, low), torch.fmin(x, high), x.max(low), x.min(high)]


def choices() -> object:
    x, y, w = leaf(3, 4), leaf(4), leaf(3, 1)
    blends = [torch.lerp(x, y.expand(3, 4), 0.3), torch.lerp(x, y.expand(3, 4), w)]
    fused = [torch.addcmul(x, y, w, value=2), torch.addcdiv(x, y, w, value=0.5)]
    return [torch.where(x > 0, x, y), torch.where(x > y, 0.0, x), *blends, *fused]


def complexes() -> object:
    z, a, b = leaf(2, 3, dtype=torch.complex128), leaf(3), leaf(3)
    whole = [torch.complex(a, b), torch.polar(a.abs(), b), torch.view_as_complex(leaf(3, 2)), z.conj() * 1, a.angle()]
    physical = torch.conj_physical(z)
    return [*whole, physical, z.real, z.imag, z.angle(), torch.view_as_real(z), z.abs(), z.sgn(), z.conj().imag * 1]


def copies() -> object:
    x, y = leaf(2, 3), leaf(2, 3)
    kept = [x.clone(), x.to(torch.float32), aten.alias(x), x.to(torch.complex128), aten.alias_copy(x)]
    over = (2 * x).copy_(y)
    return [*kept, aten.lift(2 * x), over, (2 * x).copy_(y[0]), torch._neg_view(x)]


def overwritten() -> object:
    x, number = leaf(2, 3), leaf()
    filled = [(2 * x).fill_(3.0), (2 * x).fill_(number), (2 * x).zero_(), (2 * x).uniform_(), (2 * x).normal_()]
    filled += [aten.fill(x, 3.0), aten.fill(x, number)]
    drawn = [torch.bernoulli(x.sigmoid()), (2 * x).bernoulli_(0.5), (2 * x).bernoulli_(x.detach().sigmoid())]
    drawn += [torch.normal(x, 0.5), torch.normal(0.5, x.exp()), torch.normal(x, x.exp())]
    return [*filled, *drawn, *torch.native_dropout(x, 0.4, True), *torch.native_dropout(x, 0.4, False)]


def slopes_of_slopes() -> object:
    x = leaf(2, 3)
    y = [x.sigmoid(), x.tanh(), x.relu()]
    return [torch.autograd.grad(each, x, leaf(2, 3), create_graph=True)[0] for each in y]


PROGRAMS: dict[str, Callable[[], object]] = {
    "powers": powers,
    "power of a number": power_of_a_number,
    "exponentials": exponentials,
    "logarithms of two": logarithms_of_two,
    "trigonometry": trigonometry,
    "angles": angles,
    "special functions": special,
    "rounding": rounding,
    "sizes": sizes,
    "activations": activations,
    "kinks": kinks,
    "bounds": bounds,
    "choices": choices,
    "complex numbers": complexes,
    "copies": copies,
    "overwritten": overwritten,
    "slopes of slopes": slopes_of_slopes,
}
