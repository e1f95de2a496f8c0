"""Graphviz in a child process of its own, with a deadline."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import IO, cast, get_args

from graphviz_utils.fonts import Face, font_family
from graphviz_utils.model import RenderError
from graphviz_utils.rendering.places import Place, Places

__all__ = [
    "DEADLINE",
    "LayoutBusyError",
    "LayoutStoppedError",
    "LayoutTimeoutError",
    "Patience",
    "baseline_shifts",
    "engines",
    "laid_out",
    "laid_out_by_any",
]

DEADLINE = 20.0
"""Seconds a layout may take."""

_EMBEDDED = "graphviz-pure"
_HALF_CAPITAL = 0.3645  # of DejaVu Sans, in ems
_GLANCE = 0.05  # seconds between two looks at whether somebody said Stop
_QUEUE_GLANCE = 0.5  # the same, while others go first: there may be hundreds who look
_PLACES = Places(2 * (os.cpu_count() or 1))


class LayoutTimeoutError(RenderError):
    """The layout did not end by its deadline.

    `advice` is what a person can do about it, which depends on where the picture was asked for: `advising` gives the
    same error with another.
    """

    def __init__(self, seconds: float, advice: str = "draw a smaller graph") -> None:
        super().__init__(f"the layout was not done after {seconds:g} s; {advice}")
        self.seconds = seconds

    def advising(self, advice: str) -> "LayoutTimeoutError":
        """The same error, with `advice` for what to do."""
        return LayoutTimeoutError(self.seconds, advice)


class LayoutStoppedError(RenderError):
    """Somebody said Stop before the layout was done."""

    def __init__(self) -> None:
        super().__init__("the drawing was stopped; draw again to see it")


class LayoutBusyError(RenderError):
    """So many layouts go on that this one had no turn."""

    def __init__(self) -> None:
        super().__init__("many graphs are being drawn at this moment; try again in a few seconds")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a layout is waited for: `seconds`, or until another thread sets `stop`."""

    seconds: float = DEADLINE
    stop: Event | None = None

    @property
    def is_over(self) -> bool:
        """Whether somebody said Stop."""
        return self.stop is not None and self.stop.is_set()


def engines() -> tuple[Path, ...]:
    """The Graphviz programs that can be used, best first: `dot` on PATH, then the one installed with this package."""
    beside = os.pathsep.join((sysconfig.get_path("scripts"), str(Path(sys.executable).parent)))
    found = (shutil.which("dot"), shutil.which(_EMBEDDED, path=beside), shutil.which(_EMBEDDED))
    return tuple(dict.fromkeys(Path(name) for name in found if name))


def laid_out_by_any(dot: str, patience: Patience) -> tuple[bytes, Path]:
    """The SVG of the first engine that takes `dot`, and that engine.

    Raises:
        LayoutStoppedError: somebody said Stop.
        LayoutTimeoutError: the first that took it needed longer than there is patience for.
        RenderError: there is no Graphviz; or all refused the text, and this is what the first said.
    """
    refusals: list[RenderError] = []
    for program in engines():
        try:
            return laid_out(dot, patience, program), program
        except (LayoutStoppedError, LayoutTimeoutError, LayoutBusyError):
            raise
        except RenderError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    raise RenderError(
        "Graphviz is missing: there is no `dot` on PATH and no graphviz-pure beside Python; "
        "install one, for example with `pip install graphviz-pure`"
    )


def laid_out(dot: str, patience: Patience, program: Path) -> bytes:
    """The SVG that a Graphviz program writes for `dot`.

    Raises:
        LayoutBusyError: it had no turn in as long a time as there is patience for, because others went on.
        LayoutStoppedError: somebody said Stop; no child is left.
        LayoutTimeoutError: it took longer than there is patience for; no child is left.
        RenderError: it could not be started, or refused the text.
    """
    try:
        with (
            _PLACES.place(_queueing(patience)) as place,
            _as_file(dot) as text,
            subprocess.Popen(
                [program, "-Tsvg"],
                stdin=text,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            ) as child,
        ):
            drawn, said = _answer(child, patience, place)
    except OSError as error:
        raise RenderError(f"{program} could not be started: {error.strerror}; install Graphviz again") from None
    if child.returncode != 0 or b"<svg" not in drawn:
        raise RenderError(f"Graphviz refused the picture: {_complaint(said, child.returncode)}")
    return drawn


@cache
def baseline_shifts(program: Path) -> Mapping[Face, float]:
    """How far below its own baseline an engine should have put each face to centre its capitals in a cell, in ems.

    Engines disagree by up to a sixth of an em; it is found out once, from one letter in the middle of an empty cell.
    """
    faces = cast(tuple[Face, ...], get_args(Face))
    probe = "".join(f"{index} [label=<{_letter(face)}>] " for index, face in enumerate(faces))
    size = "shape=none margin=0 fixedsize=true width=1.38889 height=1.38889"
    drawn = laid_out(f'digraph {{ node [{size} fontname="DejaVu Sans"] {probe} }}', Patience(10), program).decode()
    baselines = [float(y) for y in re.findall(r'<text [^>]*\by="(-?[\d.]+)"', drawn)]
    if len(baselines) != len(faces):
        return dict.fromkeys(faces, 0.0)
    return {face: (-50 + _HALF_CAPITAL * 50 - y) / 50 for face, y in zip(faces, baselines, strict=True)}


def _letter(face: Face) -> str:
    """One letter of 50 points in the middle of a cell of 100 by 100."""
    letter = "<B>H</B>" if face == "bold" else "<I>H</I>" if face.endswith("oblique") else "H"
    font = f'<FONT POINT-SIZE="50" FACE="{font_family(face)}">{letter}</FONT>'
    cell = f'<TD FIXEDSIZE="TRUE" WIDTH="100" HEIGHT="100" ALIGN="LEFT" BALIGN="LEFT">{font}</TD>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>'


@contextmanager
def _as_file(dot: str) -> Iterator[IO[bytes]]:
    """`dot` to be read at the reader's pace: a pipe would have to be fed between glances."""
    with TemporaryFile() as file:
        file.write(dot.encode())
        file.seek(0)
        yield file


def _queueing(patience: Patience) -> Callable[[], float]:
    """How long to wait before looking again whether there is a place; raises when there is no more patience."""
    end = time.monotonic() + patience.seconds

    def glance() -> float:
        if patience.is_over:
            raise LayoutStoppedError
        if time.monotonic() > end:
            raise LayoutBusyError
        return _QUEUE_GLANCE

    return glance


def _answer(child: "subprocess.Popen[bytes]", patience: Patience, place: Place) -> tuple[bytes, bytes]:
    end = time.monotonic() + patience.seconds
    try:
        while (left := end - time.monotonic()) > 0:
            try:
                return child.communicate(timeout=min(left, _GLANCE))
            except subprocess.TimeoutExpired:
                if patience.is_over:
                    raise LayoutStoppedError from None
                place.look_after(child.pid)
        raise LayoutTimeoutError(patience.seconds)
    finally:
        if child.poll() is None:
            _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child with everything it started."""
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()


def _complaint(said: bytes, code: int) -> str:
    """What Graphviz said, on one line; its warnings only if there is nothing else."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error")] or lines
    return " ".join(errors)[:300] or f"it ended with code {code} and said nothing"
