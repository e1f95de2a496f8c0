"""Runs the same program again, quietly and from the same beginning: as it is written, or in double precision."""

import __future__

import ast
import builtins
import random
import sys
import time
import types
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any, Self

import numpy as np
import torch

from graphviz_utils.model import Failure
from graphviz_utils.running.child.differences.ending import Ended
from graphviz_utils.running.child.failures import NormalEnd, failure_of
from graphviz_utils.running.child.printed import Printed
from graphviz_utils.running.child.rewriting import rewritten
from graphviz_utils.running.job import Job

__all__ = ["Again", "Beginning"]

_SENTENCE = 200
_FUTURE_FLAGS = reduce(or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a program finds when it begins: the time, the default type, and what the random generators will give."""

    at: float
    dtype: torch.dtype
    torch_state: torch.Tensor
    numpy_state: Any
    python_state: Any

    @classmethod
    def now(cls) -> Self:
        """The state of this process, before a program runs in it."""
        states = torch.get_rng_state(), np.random.get_state(), random.getstate()
        return cls(time.monotonic(), torch.get_default_dtype(), *states)

    def restore(self, dtype: torch.dtype | None) -> None:
        """Put this process back into that state, with `dtype` as its default type, if that is to be another."""
        torch.set_default_dtype(dtype or self.dtype)
        torch.set_grad_enabled(True)
        torch.autograd.set_detect_anomaly(False)
        torch.set_rng_state(self.torch_state)
        np.random.set_state(self.numpy_state)
        random.setstate(self.python_state)


class Again:
    """The program of `job`, ready to be run as often as is wanted."""

    def __init__(self, job: Job, beginning: Beginning) -> None:
        self._job = job
        self._beginning = beginning

    def run(self, *modes: AbstractContextManager[object], is_wide: bool) -> Ended | Failure | NormalEnd | None:
        """Run it in a namespace of its own, under `modes`; what ended it before its end, if anything did.

        `is_wide`: in double precision.
        """
        codes = self._wide if is_wide else self._own
        home = types.ModuleType("__main__")
        home.__file__ = self._job.scenario.filename
        sys.modules["__main__"] = home
        sys.stdout = sys.stderr = Printed(0)
        vars(builtins)["display"] = lambda *_, **__: None
        dtype = torch.float64 if is_wide else None if self._job.dtype is None else getattr(torch, self._job.dtype)
        self._beginning.restore(dtype)
        try:
            with ExitStack() as stack:
                for mode in modes:
                    stack.enter_context(mode)
                for code in codes:
                    exec(code, vars(home))  # noqa: S102 - running the program is what this process is for
        except Ended as ended:
            return ended.with_traceback(None)  # whose frames hold all that the program computed
        except BaseException as error:  # noqa: BLE001 - a program may raise anything, and it must not end us
            return failure_of(error, self._job.scenario.filename, _SENTENCE)
        return None

    @cached_property
    def _own(self) -> tuple[types.CodeType, ...]:
        return tuple(_codes(self._job))

    @cached_property
    def _wide(self) -> tuple[types.CodeType, ...]:
        return tuple(_codes(replace(self._job, dtype="float64")))


def _codes(job: Job) -> Iterator[types.CodeType]:
    """The code of the cells, up to the first that cannot be read."""
    scenario, trees = job.scenario, []
    for cell in scenario.cells:
        if cell.runnable:
            try:
                trees.append(ast.parse("\n" * (cell.line - 1) + cell.source, scenario.filename))
            except (SyntaxError, ValueError, MemoryError, RecursionError):
                break
    rewritten(trees, job)
    flags = 0
    for tree in trees:
        try:
            code = compile(tree, scenario.filename, "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            break
        flags |= code.co_flags & _FUTURE_FLAGS
        yield code
