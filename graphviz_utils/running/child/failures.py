"""What an exception that ends a program means to the person who wrote it."""

import errno
import traceback
from dataclasses import dataclass
from typing import Any

from graphviz_utils.model import Failure
from graphviz_utils.model.signs import legible
from graphviz_utils.running.wire import readable

__all__ = ["NormalEnd", "failure_of", "type_name"]

_LONGEST_NAME = 200
_OUT_OF_REACH = "a program here computes and prints; files, networks and other processes are out of its reach"


@dataclass(frozen=True, slots=True)
class NormalEnd:
    """The program ended itself, and nothing is wrong; `note` says how."""

    note: str


def failure_of(error: BaseException, filename: str, limit: int) -> Failure | NormalEnd:
    """What to show for `error`: the line is the innermost one that stands in `filename`.

    The class of `error` may be the program's own and answer any question with another exception: nothing is asked of
    the object that can be asked of Python.
    """
    kind, line = type(error), _line(error, filename)
    if issubclass(kind, SystemExit):
        code = _asked(SystemExit, "code", error)
        if code is None or (type(code) in (int, bool) and code == 0):
            return NormalEnd("The program ended itself with sys.exit(); what stands after that was not run.")
        return Failure("SystemExit", f"the program ended itself with sys.exit({_text(error)})", line)
    message = readable(_text(error), limit)
    if issubclass(kind, EOFError) and "reading a line" in message:
        message = "input() waits for a person to type, and nobody can here; write the value into the code"
    if kind is PermissionError and error.errno == errno.EPERM:  # type: ignore[attr-defined]
        message = f"{message}: {_OUT_OF_REACH}"
    return Failure(type_name(error), message, line)


def type_name(value: object) -> str:
    """The name of the type of `value`, whatever its metaclass says, on one line that is not too long."""
    name: str = _asked(type, "__name__", type(value))
    return legible(name[:_LONGEST_NAME])


def _line(error: BaseException, filename: str) -> int | None:
    frames = traceback.walk_tb(_asked(BaseException, "__traceback__", error))
    lines = [number for frame, number in frames if frame.f_code.co_filename == filename and number is not None]
    if lines:
        return lines[-1]
    try:
        return error.lineno if isinstance(error, SyntaxError) and error.filename == filename else None
    except BaseException:  # noqa: BLE001 - so may its properties
        return None


def _text(error: BaseException) -> str:
    try:
        return str.__str__(str(error.msg) if isinstance(error, SyntaxError) else str(error))
    except BaseException:  # noqa: BLE001 - a program's own __str__ may raise anything
        return "(its message cannot be written down)"


def _asked(owner: type, name: str, value: object) -> Any:
    """The attribute `name` of `value` as Python's own class `owner` has it."""
    return vars(owner)[name].__get__(value)
