"""Sums, means, extremes and norms: of everything and along dimensions, with and without ties and zeros."""

import warnings
from collections.abc import Callable

import torch

from tests.rules.programs.arithmetic import leaf

__all__ = ["PROGRAMS"]

aten = torch.ops.aten


def tied() -> torch.Tensor:
    """Few different numbers, so that some of them tie."""
    return torch.randint(-1, 2, (3, 4)).double().requires_grad_()


def sums() -> object:
    x, c = leaf(2, 3, 4), leaf(2, 3, dtype=torch.complex128)
    gaps = torch.where(torch.rand(2, 3) < 0.3, torch.nan, torch.randn(2, 3)).requires_grad_()
    along = [x.sum(1), x.sum((0, 2), keepdim=True), x.sum(-1), x.mean(1), x.mean((-1, 0), keepdim=True)]
    return [x.sum(), x.mean(), c.sum(0), c.mean(), *along, gaps.nansum(), gaps.nansum(1, keepdim=True)]


def products() -> object:
    x, c, zeros = leaf(2, 3, 2), leaf(3, dtype=torch.complex128), tied()
    return [x.prod(), x.prod(1), x.prod(-1, keepdim=True), c.prod(), zeros.prod(), zeros.prod(0), zeros.prod(1)]


def spreads() -> object:
    x, flat = leaf(3, 4), torch.ones(3, 4, requires_grad=True)
    plain = [x.var(), x.std(), x.var(0), x.std(1, keepdim=True), x.var(1, correction=0), x.std(0, correction=2)]
    pairs = [*torch.var_mean(x), *torch.std_mean(x, 1), *torch.var_mean(x, 0, correction=0, keepdim=True)]
    alone = [torch.var_mean(x, 1)[0], torch.std_mean(x, 1)[1], torch.std_mean(x, 0)[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of one element there is no variance
        single = [x[:1].var(0), x[0, :1].std()]
    return [*plain, *pairs, *alone, *single, flat.std(), leaf(3, dtype=torch.complex128).var()]


def running() -> object:
    x, zeros, c = leaf(3, 4), tied(), leaf(4, dtype=torch.complex128)
    return [x.cumsum(0), x.cumsum(-1), x.cumprod(1), zeros.cumprod(0), zeros.cumprod(1), c.cumprod(0), c.cumsum(0)]


def logsumexp() -> object:
    x = leaf(3, 4)
    return [x.logsumexp(0), x.logsumexp((0, 1)), x.logsumexp(-1, keepdim=True), (100 * x).logsumexp(1)]


def extremes() -> object:
    found: list[torch.Tensor] = []
    for x in (leaf(3, 4), tied()):
        found += [x.max(), x.min(), x.median(), x.nanmedian(), x.amax(), x.amin(), *torch.aminmax(x)]
        found += [x.amax(0), x.amin((0, 1), keepdim=True), x.amax(-1), *torch.aminmax(x, dim=1, keepdim=True)]
        found += [torch.aminmax(x, dim=0).min, torch.aminmax(x, dim=0).max]
    return found


def picked() -> object:
    found: list[torch.Tensor] = []
    for x in (leaf(3, 4), tied()):
        for pick in (torch.max, torch.min, torch.median, torch.nanmedian, torch.mode):
            found += [pick(x, 0).values, pick(x, -1, keepdim=True).values]
        found += [x.kthvalue(2).values, x.kthvalue(1, 0, keepdim=True).values]
        found += [
            x.sort().values,
            torch.sort(x, dim=0, descending=True, stable=True).values,
            x.topk(2).values,
            x.topk(1, 0).values,
        ]
        found += [x.cummax(0).values, x.cummin(1).values]
    return found


def norms() -> object:
    x, zero, ties, c = leaf(3, 4), torch.zeros(2, 2, requires_grad=True), tied(), leaf(3, dtype=torch.complex128)
    found: list[torch.Tensor] = []
    for p in (0, 0.5, 1, 1.5, 2, 3, float("inf"), -float("inf")):
        for y in (x, zero, ties, c):
            found += [torch.linalg.vector_norm(y, p), torch.linalg.vector_norm(y, p, dim=0, keepdim=True)]
        found += [
            aten.norm.Scalar(x, p),
            x.norm(p, -1),
            x.norm(p),
            aten.norm.ScalarOpt_dtype(x, p, dtype=torch.float64),
        ]
        found += [aten.norm.ScalarOpt_dim_dtype(ties, p, [1], True, dtype=torch.float64)]
        found += [torch.dist(x, ties, p), torch.dist(x, x * 1, p)] if p else []  # with 0, PyTorch fails
    return [*found, aten.norm.ScalarOpt_dim(x, None, [0]), aten.norm.Scalar(x)]


PROGRAMS: dict[str, Callable[[], object]] = {
    "sums of everything and along dimensions": sums,
    "products of many": products,
    "variances and deviations": spreads,
    "running sums and products": running,
    "logsumexp": logsumexp,
    "extremes that share": extremes,
    "elements picked along a dimension": picked,
    "norms": norms,
}
