"""An LSTMCell unrolled with a running loss, drawn to SVG; the size is the number of its steps."""

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import graphviz_utils
from benchmarks.cases.answering import Step, answer
from benchmarks.models import unrolled_cell


def drawn(size: int) -> Step:
    """Ours: the recorded run with its values and gradients, repeats beyond the budget of nodes folded."""
    trace = _trace(size)
    return lambda: graphviz_utils.draw(trace), 3


def unfolded(size: int) -> Step:
    """Ours with every node drawn."""
    trace, look = _trace(size), graphviz_utils.Look(budget=100_000)
    return lambda: graphviz_utils.draw(trace, look), 3


def _trace(size: int) -> graphviz_utils.Trace:
    _, _, loss = unrolled_cell(size)
    with graphviz_utils.record() as run:
        loss().backward()
    return run.trace


def torchviz(size: int) -> Step:
    """torchviz: the graph alone."""
    from torchviz import make_dot

    model, _, loss = unrolled_cell(size)
    _put_dot_on_path()
    y = loss()
    return lambda: make_dot(y, dict(model.named_parameters())).pipe(format="svg"), 1


def torchlens(size: int) -> Step:
    """torchlens: its log of the same call, drawn unrolled."""
    import torchlens as tl

    model, rows, _ = unrolled_cell(size)
    _put_dot_on_path()
    log = tl.trace(model, rows)
    target = str(Path(tempfile.mkdtemp()) / "graph")
    return lambda: log.draw(vis_mode="unrolled", vis_outpath=target, vis_save_only=True, vis_fileformat="svg"), 1


def _put_dot_on_path() -> None:
    """Peers call `dot`; where there is none they get the embedded one."""
    if shutil.which("dot"):
        return
    folder = Path(tempfile.mkdtemp())
    (folder / "dot").symlink_to(Path(sysconfig.get_path("scripts"), "graphviz-pure"))
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)  # torchviz and torchlens recurse
    answer({"ours": drawn, "unfolded": unfolded, "torchviz": torchviz, "torchlens": torchlens})
