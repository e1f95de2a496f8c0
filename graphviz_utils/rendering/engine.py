"""Graphviz in a child process of its own, with a deadline."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

from graphviz_utils.model import RenderError

__all__ = ["LayoutTimeoutError", "engines", "laid_out"]

_EMBEDDED = "graphviz-pure"


class LayoutTimeoutError(RenderError):
    """The layout did not end by its deadline."""


def engines() -> tuple[Path, ...]:
    """The Graphviz programs that can be used, best first: `dot` on PATH, then the one installed with this package."""
    beside = os.pathsep.join((sysconfig.get_path("scripts"), str(Path(sys.executable).parent)))
    found = (shutil.which("dot"), shutil.which(_EMBEDDED, path=beside), shutil.which(_EMBEDDED))
    return tuple(dict.fromkeys(Path(name) for name in found if name))


def laid_out(dot: str, deadline: float, engine: Path | None = None) -> bytes:
    """The SVG that Graphviz writes for `dot`; `engine` is taken instead of the best one.

    Raises:
        LayoutTimeoutError: it took longer than `deadline` seconds; the child is dead.
        RenderError: there is no Graphviz, or it refused the text.
    """
    program = engine or next(iter(engines()), None)
    if program is None:
        raise RenderError(
            "Graphviz is missing: there is no `dot` on PATH and no graphviz-pure beside Python; "
            "install one, for example with `pip install graphviz-pure`"
        )
    try:
        with subprocess.Popen(
            [program, "-Tsvg"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as child:
            drawn, said = _conversation(child, dot, deadline)
    except OSError as error:
        raise RenderError(f"{program} could not be started: {error.strerror}; install Graphviz again") from None
    if child.returncode != 0 or b"<svg" not in drawn:
        raise RenderError(f"Graphviz refused the picture: {_complaint(said, child.returncode)}")
    return drawn


def _conversation(child: "subprocess.Popen[bytes]", dot: str, deadline: float) -> tuple[bytes, bytes]:
    try:
        return child.communicate(dot.encode(), timeout=deadline)
    except subprocess.TimeoutExpired:
        raise LayoutTimeoutError(
            f"the layout was not done after {deadline:g} s; "
            "draw fewer nodes (a smaller budget), or shared leaves once per use"
        ) from None
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
