"""The environment every worker process starts in: nothing of the visitor's or the server's own, and one thread."""

import os
import sys
from pathlib import Path

__all__ = ["WORKING_DIRECTORY", "clean_environment"]

WORKING_DIRECTORY = Path.cwd().anchor
"""Where a program runs: not where the page was started."""

_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])

_ONE_THREAD = (
    *("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
    "OMP_THREAD_LIMIT",  # holds also against a program that asks PyTorch for more
)
_NEEDED_BY_WINDOWS = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE")


def clean_environment() -> dict[str, str]:
    """Variables for a worker process. Hash order is fixed, so equal runs give equal bytes."""
    kept = {name: os.environ[name] for name in _NEEDED_BY_WINDOWS if sys.platform == "win32" and name in os.environ}
    return kept | {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": _PACKAGE_PARENT,
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        **dict.fromkeys(_ONE_THREAD, "1"),
    }
