"""Softmax, layers that standardise, attention and losses, with every way to add the losses up."""

from collections.abc import Callable
from itertools import product

import torch
from torch import nn
from torch.nn import functional

from tests.rules.programs.arithmetic import leaf

__all__ = ["PROGRAMS"]

aten = torch.ops.aten
REDUCTIONS = ("none", "mean", "sum")


def softmaxes() -> object:
    x = leaf(3, 4)
    masked = x.masked_fill(torch.rand(3, 4) < 0.3, -torch.inf).index_fill(0, torch.tensor(1), -torch.inf)
    return [x.softmax(0), x.softmax(-1), x.log_softmax(1), aten._safe_softmax(masked, -1), (1000 * x).softmax(1)]


def standardised() -> object:
    x, images = leaf(4, 6), leaf(2, 4, 3)
    layer = [functional.layer_norm(x, (6,)), functional.layer_norm(x, (4, 6), leaf(4, 6), leaf(4, 6), eps=0.1)]
    group = [functional.group_norm(images, 2), functional.group_norm(images, 2, leaf(4), leaf(4))]
    return [*layer, *group, functional.instance_norm(images), functional.rms_norm(x, (6,), leaf(6))]


def batch_norms() -> object:
    x, mean, var = leaf(5, 3), torch.randn(3).double(), torch.rand(3).double()
    trained = functional.batch_norm(x, mean.clone(), var.clone(), leaf(3), leaf(3), training=True)
    plain = functional.batch_norm(leaf(2, 3, 4), None, None, training=True)
    used = functional.batch_norm(x, mean, var, leaf(3), leaf(3))
    legit = aten._native_batch_norm_legit_no_training(x, leaf(3), None, mean, var, 0.1, 1e-5)[0]
    bare = aten._native_batch_norm_legit.no_stats(x, leaf(3), leaf(3), True, 0.1, 1e-5)[0]
    return [trained, plain, used, functional.batch_norm(x, mean, var), legit, bare]


def weight_norms() -> object:
    return [torch._weight_norm(leaf(3, 2, 2), leaf(3, 1, 1), 0), torch._weight_norm(leaf(3, 2), leaf(1, 2), 1)]


def attention() -> object:
    q, k, v = leaf(1, 2, 3, 4), leaf(1, 2, 5, 4), leaf(1, 2, 5, 4)
    mask = torch.rand(3, 5) < 0.7
    mask[:, 0] = True
    attend = functional.scaled_dot_product_attention
    return [
        attend(q, k, v),
        attend(q, k, v, mask, scale=0.3),
        attend(q, q, q, is_causal=True),
        attend(q, k, v, mask * 1.0),
    ]


def a_transformer_s_layer() -> object:
    return nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0).double()(leaf(3, 1, 4))


def losses_of_differences() -> object:
    x, y = leaf(3, 2), leaf(3, 2)
    found = []
    for reduction in REDUCTIONS:
        found += [loss(x, y, reduction=reduction) for loss in (functional.mse_loss, functional.l1_loss)]
        found += [functional.smooth_l1_loss(x, y, beta=0.5, reduction=reduction)]
        found += [functional.huber_loss(x, y, delta=0.7, reduction=reduction), functional.smooth_l1_loss(x, y)]
        found += [functional.soft_margin_loss(x, torch.sign(y.detach()), reduction=reduction)]
    return found


def cross_entropies() -> object:
    x, images, alone, weight = leaf(4, 3), leaf(2, 3, 2, 2), leaf(3), torch.rand(3).double()
    targets, pixels = torch.randint(0, 3, (4,)), torch.randint(0, 3, (2, 2, 2))
    soft = torch.rand(4, 3).double().softmax(1)
    found = []
    for reduction, chosen in product(REDUCTIONS, (None, weight)):
        found += [functional.cross_entropy(x, targets, chosen, ignore_index=1, reduction=reduction)]
        found += [functional.nll_loss(images, pixels, chosen, ignore_index=0, reduction=reduction)]
        found += [functional.nll_loss(alone, torch.tensor(2), chosen, reduction=reduction)]
        found += [functional.cross_entropy(x, soft, chosen, label_smoothing=0.1, reduction=reduction)]
    return found


def binary_cross_entropies() -> object:
    x, weight = leaf(3, 2), torch.rand(2).double()
    target = torch.rand(3, 2).double().requires_grad_()
    found = []
    for reduction, chosen in product(REDUCTIONS, (None, weight)):
        found += [functional.binary_cross_entropy(x.sigmoid(), target, chosen, reduction=reduction)]
        logits = functional.binary_cross_entropy_with_logits
        found += [logits(x, target, chosen, pos_weight=chosen, reduction=reduction), logits(x, target)]
    return [
        *found,
        functional.binary_cross_entropy(torch.tensor([0.0, 1.0]).requires_grad_(), torch.tensor([1.0, 1.0])),
    ]


def other_losses() -> object:
    x, y = leaf(3, 2), leaf(3, 2)
    sides = torch.tensor([1.0, -1.0, 1.0])
    return [
        functional.kl_div(x.log_softmax(1), y.softmax(1), reduction="batchmean"),
        functional.cosine_embedding_loss(x, y, sides),
        functional.triplet_margin_loss(x, y, leaf(3, 2)),
        functional.hinge_embedding_loss(x, torch.sign(y.detach())),
        functional.margin_ranking_loss(x[:, 0], y[:, 0], sides, margin=0.5),
        functional.cosine_similarity(x, y),
        functional.gaussian_nll_loss(x, y, torch.ones(3, 2).requires_grad_()),
    ]


PROGRAMS: dict[str, Callable[[], object]] = {
    "softmax": softmaxes,
    "layers that standardise": standardised,
    "batch norm": batch_norms,
    "weight norm": weight_norms,
    "attention": attention,
    "a transformer's layer": a_transformer_s_layer,
    "losses of differences": losses_of_differences,
    "cross-entropy": cross_entropies,
    "binary cross-entropy": binary_cross_entropies,
    "other losses": other_losses,
}
