"""Products of matrices, linear algebra, convolution and pooling."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from tests.rules.programs.arithmetic import leaf

__all__ = ["PROGRAMS"]


def matrices() -> object:
    a, b, v, w = leaf(2, 3), leaf(3, 4), leaf(3), leaf(4)
    sums = [torch.addmm(w, a, b, alpha=2, beta=0.5), torch.addmm(leaf(2, 1), a, b), torch.addmv(leaf(2), a, v, alpha=3)]
    outer = [torch.outer(v, w), torch.addr(b, v, w, beta=2, alpha=-1)]
    return [a @ b, a @ v, v @ v, torch.mv(a, v), *sums, *outer, a @ a.T, torch.trace(a), functional.linear(a, b.T, w)]


def batches() -> object:
    a, b, c = leaf(2, 3, 4), leaf(2, 4, 2), leaf(3, 2)
    added = [torch.baddbmm(c, a, b, beta=2, alpha=0.5), torch.addbmm(c, a, b, beta=0.5, alpha=2)]
    return [a @ b, a @ leaf(4), torch.einsum("bij,bjk->ik", a, b), torch.einsum("bij->ji", a), *added]


def complex_matrices() -> object:
    a, v = leaf(2, 2, dtype=torch.complex128), leaf(2, dtype=torch.complex128)
    added = [torch.addmm(a, a, a, alpha=1j), torch.addmv(v, a, v, beta=1j), torch.addr(a, v, v, alpha=2j)]
    return [a @ a, a @ v, torch.dot(v, v), torch.vdot(v, v * 1j), torch.linalg.inv(a), torch.linalg.det(a), *added]


def linear_algebra() -> object:
    a, b, v = leaf(3, 3), leaf(3, 2), leaf(3)
    spd = a @ a.T + torch.eye(3, dtype=torch.float64)
    of_many = leaf(2, 3, 3)
    solved = [torch.linalg.solve(a, b), torch.linalg.solve(a, v), torch.linalg.solve(of_many, leaf(2, 3))]
    triangles = [torch.linalg.solve_triangular(a, b, upper=upper) for upper in (True, False)]
    factors = [torch.linalg.cholesky(spd), torch.linalg.cholesky(spd, upper=True)]
    measures = [torch.linalg.det(a), torch.linalg.slogdet(a).logabsdet, torch.logdet(spd), torch.linalg.det(of_many)]
    return [
        torch.linalg.inv(a),
        torch.linalg.inv(of_many),
        *solved,
        *triangles,
        *factors,
        *measures,
        torch.linalg.cross(v, a[0]),
    ]


def singular() -> object:
    """Without an inverse."""
    a = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64, requires_grad=True)
    return torch.linalg.det(a)


def convolutions() -> object:
    x, y, z = leaf(2, 4, 7), leaf(2, 2, 5, 6), leaf(1, 2, 3, 4, 3)
    one = [functional.conv1d(x, leaf(3, 4, 3), leaf(3)), functional.conv1d(x, leaf(4, 2, 2), None, 2, 1, 2, 2)]
    two = [functional.conv2d(y, leaf(3, 2, 3, 2), leaf(3), (2, 1), (1, 0)), functional.conv2d(y[0], leaf(1, 2, 2, 2))]
    three = [functional.conv3d(z, leaf(2, 2, 2, 2, 2), padding=1)]
    back = [
        functional.conv_transpose1d(x, leaf(4, 3, 3), leaf(3), stride=2, padding=1, output_padding=1),
        functional.conv_transpose2d(y, leaf(2, 1, 2, 3), groups=2, dilation=(1, 2)),
    ]
    return [*one, *two, *three, *back]


def complex_convolutions() -> object:
    x, w = leaf(1, 2, 5, dtype=torch.complex128), leaf(2, 2, 3, dtype=torch.complex128)
    return [functional.conv1d(x, w), functional.conv_transpose1d(x, w, stride=2)]


def pooling() -> object:
    x, y, z = leaf(2, 3, 7), leaf(2, 2, 6, 5), leaf(1, 2, 4, 4, 4)
    largest = [
        functional.max_pool1d(x, 3, 2),
        functional.max_pool2d(y, 2),
        functional.max_pool2d(y[0], (3, 2), 1, 1, 2),
    ]
    means = [
        functional.avg_pool1d(x, 3, 2, 1),
        functional.avg_pool2d(y, 2, ceil_mode=True),
        functional.avg_pool2d(y, (3, 2), (2, 1), (1, 0), count_include_pad=False),
        functional.avg_pool2d(y, 2, divisor_override=3),
        functional.avg_pool3d(z, 2, 1, 1),
    ]
    adaptive = [
        functional.adaptive_avg_pool1d(x, 3),
        functional.adaptive_avg_pool2d(y, (4, 3)),
        functional.adaptive_avg_pool3d(z, 3),
        functional.adaptive_max_pool2d(y, (4, 3)),
        functional.adaptive_max_pool3d(z, 3),
        nn.FractionalMaxPool2d(2, output_size=3)(y),
        nn.FractionalMaxPool3d(2, output_size=2)(z),
    ]
    return [*largest, functional.max_pool3d(z, 2), *means, *adaptive]


PROGRAMS: dict[str, Callable[[], object]] = {
    "products of matrices": matrices,
    "products of batches of matrices": batches,
    "products of complex matrices": complex_matrices,
    "linear algebra": linear_algebra,
    "a singular matrix": singular,
    "convolutions": convolutions,
    "convolutions of complex numbers": complex_convolutions,
    "pooling": pooling,
}
