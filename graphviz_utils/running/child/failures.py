"""What an exception that ends a program means to the person who wrote it."""

import traceback
from dataclasses import dataclass

from graphviz_utils.model import Failure
from graphviz_utils.running.wire import readable

__all__ = ["NormalEnd", "failure_of"]


@dataclass(frozen=True, slots=True)
class NormalEnd:
    """The program ended itself, and nothing is wrong; `note` says how."""

    note: str


def failure_of(error: BaseException, filename: str, limit: int) -> Failure | NormalEnd:
    """What to show for `error`: the line is the innermost one that stands in `filename`."""
    line = _line(error, filename)
    if isinstance(error, SystemExit):
        if error.code in (None, 0):
            return NormalEnd("The program ended itself with sys.exit(); what stands after that was not run.")
        return Failure("SystemExit", f"the program ended itself with sys.exit({_text(error)})", line)
    message = readable(_text(error), limit)
    if isinstance(error, EOFError) and "reading a line" in message:
        message = "input() waits for a person to type, and nobody can here; write the value into the code"
    return Failure(type(error).__name__, message, line)


def _line(error: BaseException, filename: str) -> int | None:
    frames = traceback.walk_tb(error.__traceback__)
    lines = [number for frame, number in frames if frame.f_code.co_filename == filename and number is not None]
    if lines:
        return lines[-1]
    return error.lineno if isinstance(error, SyntaxError) and error.filename == filename else None


def _text(error: BaseException) -> str:
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:  # noqa: BLE001 - a program's own __str__ may raise anything
        return "(its message cannot be written down)"
