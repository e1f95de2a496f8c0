"""Warnings as the program's author should read them: with a line of the program, and without this machine's paths."""

import linecache
import sys
import warnings
from pathlib import PurePath
from typing import TextIO

from graphviz_utils.tracing.frames import main_frames

__all__ = ["show_warnings_of"]


def show_warnings_of(filename: str) -> None:
    """From now on a warning that comes from below names the line of the program at `filename` that led to it."""

    def show(  # noqa: PLR0913 - Python calls it with these
        message: Warning | str,
        category: type[Warning],
        origin: str,
        number: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        frame = None if origin == filename else next(main_frames(filename), None)
        if frame is not None:
            origin, number, line = filename, frame.f_lineno, None
        line = linecache.getline(origin, number) if line is None else line
        text = warnings.formatwarning(message, category, PurePath(origin).name, number, line)
        (sys.stderr if file is None else file).write(text)

    warnings.showwarning = show  # type: ignore[assignment]
