"""Where in the program we are, read from Python's frames."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import torch

__all__ = ["Location", "is_in_compiled_call", "located", "main_frames"]

_FUNCTION_FILE = torch.autograd.function.__file__
_COMPILED_FILE = str(Path(torch.__file__).parent / "_dynamo" / "eval_frame.py")


class Location:
    """The innermost frame of the program, and what stands between it and the operator."""

    __slots__ = ("frame", "in_custom_function")

    def __init__(self, frame: FrameType | None, in_custom_function: bool) -> None:
        self.frame = frame
        self.in_custom_function = in_custom_function

    @property
    def line(self) -> int | None:
        """The line that runs; None outside of the program."""
        return None if self.frame is None else self.frame.f_lineno


def located(filename: str, look_for_custom_function: bool) -> Location:
    """Where `filename` is running now.

    With `look_for_custom_function` the whole stack is searched for the `apply` of an autograd.Function, and the
    location is where it was called from, not the inside of its `forward`.
    """
    frame: FrameType | None = sys._getframe(1)
    here: FrameType | None = None
    in_custom_function = False
    while frame is not None:
        code = frame.f_code
        if code.co_filename == filename:
            here = here or frame
            if not look_for_custom_function:
                break
        elif look_for_custom_function and code.co_filename == _FUNCTION_FILE and code.co_name == "apply":
            in_custom_function, here = True, None
        frame = frame.f_back
    return Location(here, in_custom_function)


def main_frames(filename: str) -> Iterator[FrameType]:
    """The frames of `filename` on the stack, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == filename:
            yield frame
        frame = frame.f_back


def is_in_compiled_call() -> bool:
    """Whether a function made by torch.compile is on the stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == _COMPILED_FILE and frame.f_code.co_name == "compile_wrapper":
            return True
        frame = frame.f_back
    return False
