"""Imports ahead of time what a program may import, rehearses a run, and seeds: the state that every run begins in."""

import importlib
import random
from contextlib import suppress

import numpy as np
import torch

from graphviz_utils.model import Cell, Limits, Scenario
from graphviz_utils.running import kernel
from graphviz_utils.running.child.derivation.rehearsal import rehearse
from graphviz_utils.running.job import Job
from graphviz_utils.running.wire import Request, request_frame, unpacked_request
from graphviz_utils.tracing import record

__all__ = ["SEED", "preload", "seed_python"]

SEED = 0
"""Every run begins with `torch`, `numpy` and `random` seeded alike, so the same program gives the same numbers."""

_IMPORTED_BY_PROGRAMS = (
    *("abc", "array", "base64", "bisect", "calendar", "cmath", "collections", "colorsys", "contextlib", "copy", "csv"),
    *(
        "dataclasses",
        "datetime",
        "_strptime",
        "decimal",
        "difflib",
        "doctest",
        "enum",
        "fractions",
        "functools",
        "glob",
        "graphlib",
    ),
    *("hashlib", "heapq", "html", "inspect", "io", "itertools", "json", "locale", "logging", "math", "numbers"),
    *("operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re", "resource", "secrets"),
    *(
        "sched",
        "statistics",
        "string",
        "struct",
        "symtable",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "timeit",
        "traceback",
        "typing",
    ),
    *("unittest", "unittest.mock", "uuid", "warnings", "weakref", "zlib", "encodings.idna", "encodings.unicode_escape"),
    *("encodings.latin_1", "encodings.ascii", "encodings.utf_16", "encodings.utf_32"),
    *("numpy.testing", "numpy.typing", "numpy.ma"),
    "torch._decomp.decompositions_for_jvp",  # the first forward-mode derivative imports it
    "torch._dynamo",  # the first optimizer step imports it
    *("torch._inductor.compiler_bisector", "torch._inductor.fx_passes.dedupe_symint_uses"),  # torch.func.linearize
    *("torch.masked.maskedtensor._ops_refs", "torch.nested._internal.ops"),  # their tensors import it when first used
    "torch.nn.functional",
    "torch.nn.attention.flex_attention",
    "torch.nn.utils.prune",
    "torch.profiler._cupti_monitor",  # so does the first optimizer step
    "torch.autograd.functional",
    "torch.autograd.gradcheck",
    "torch.distributions",
    "torch.func",
    "torch.testing",
    "torch.utils.checkpoint",
    "torch.utils.data",
    "torch.utils.flop_counter",
    "torch.utils.serialization",  # torch.save imports it
    "torchviz",
    "sympy.assumptions.wrapper",  # some derivatives import it
)


def preload() -> None:
    """Import, rehearse and seed. Nothing runs backward here: that would start threads, and this may be forked."""
    torch.set_num_threads(1)
    for module in _IMPORTED_BY_PROGRAMS:
        with suppress(ImportError):  # some systems and releases have no such module, and no program that needs it
            importlib.import_module(module)
    _rehearse()
    rehearse()
    kernel.prepare()
    torch.manual_seed(SEED)
    np.random.seed(SEED)
    seed_python()


def seed_python() -> None:
    """Seed `random` again: it takes a seed of its own in every forked process."""
    random.seed(SEED)


def _rehearse() -> None:
    """Do once what a run does, up to its backward pass, so that what is set up at first use is set up already."""
    with record(source="", filename="<rehearsal>") as run:
        x = torch.ones(3, 3, requires_grad=True)
        repr((2 * x**2 + x @ x).mean() - torch.exp(x).sum() / 5)
        run.tick()
        run.bind({"x": x})
    run.trace.to_json()
    cell = Cell("", "pass", 1)
    unpacked_request(request_frame(Request(Limits(), Job(Scenario("pass", (cell,)))))[4:])
