"""Where autograd looks at what is computed from outside: Functions of the program's own, checkpoints made anew."""

import sys
from types import FrameType

import torch
from torch.utils import checkpoint

__all__ = ["is_in_custom_function", "is_recomputing"]

_FUNCTION_FILE = torch.autograd.function.__file__
_CHECKPOINT_FILE = checkpoint.__file__


def is_in_custom_function() -> bool:
    """Whether a Function of the program's own computes here, for autograd to go on with what comes of it."""
    inner: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "apply" and frame.f_code.co_filename == _FUNCTION_FILE:
            return _is_followed(inner)
        inner, frame = frame, frame.f_back
    return False


def is_recomputing() -> bool:
    """Whether a checkpoint computes again what it did not keep, for a pass that needs it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "unpack_hook" and frame.f_code.co_filename == _CHECKPOINT_FILE:
            return True
        frame = frame.f_back
    return False


def _is_followed(forward: FrameType | None) -> bool:
    """Whether a forward's context has nodes to send gradients to; without a context it may have some."""
    names = () if forward is None else forward.f_code.co_varnames[:1]
    context = None if forward is None or not names else forward.f_locals.get(names[0])
    if not isinstance(context, torch.autograd.function.BackwardCFunction):
        return True
    return bool(context.next_functions)
