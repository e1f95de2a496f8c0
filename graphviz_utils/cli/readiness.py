"""Where the ready scenarios are: beside the package in a checkout, among the shared files of an installation."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from graphviz_utils.cli.saying import Refused

__all__ = ["ready_folder"]

_BESIDE = Path(__file__).parents[2] / "scenarios"
_SHIPPED = "share/graphviz_utils/scenarios"  # as pyproject.toml has it


def ready_folder() -> Path:
    """The folder of the ready scenarios.

    Raises:
        Refused: they did not come along.
    """
    if _BESIDE.is_dir():
        return _BESIDE
    try:
        shipped = [file for file in files("graphviz_utils") or () if file.parent.as_posix().endswith(_SHIPPED)]
    except PackageNotFoundError:
        shipped = []
    folders = [Path(str(file.locate())).resolve().parent for file in shipped]
    if not folders or not folders[0].is_dir():
        raise Refused("the ready scenarios did not come with this installation; name a folder of scenarios of yours")
    return folders[0]
