"""Imports ahead of time what a program may import, and seeds: the state that every run begins in."""

import importlib
import random

import numpy as np
import torch

__all__ = ["SEED", "preload", "seed"]

SEED = 0
"""Every run begins with `torch`, `numpy` and `random` seeded alike, so the same program gives the same numbers."""

_IMPORTED_BY_PROGRAMS = (
    "torch._dynamo",  # the first optimizer step imports it
    "torch.nn.functional",
    "torch.autograd.functional",
    "torch.autograd.gradcheck",
    "torch.distributions",
    "torch.func",
    "torch.testing",
    "torch.utils.checkpoint",
    "torch.utils.data",
    "torchviz",
    "graphviz_utils.tracing",
)


def preload() -> None:
    """Import, and compute once what PyTorch sets up at first use. Nothing backward: that would start threads."""
    torch.set_num_threads(1)
    for module in _IMPORTED_BY_PROGRAMS:
        importlib.import_module(module)
    with torch.no_grad():
        repr(torch.ones(8, 8) @ torch.ones(8, 8))


def seed() -> None:
    """Put every random generator into the state in which every run begins (`random` reseeds itself when forked)."""
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    random.seed(SEED)
