"""Scenario files: the one door for `.py` and `.ipynb`, whatever bytes they really hold."""

from pathlib import Path, PurePath

from graphviz_utils.model import Limits, Scenario
from graphviz_utils.scenario.notebook import read_notebook
from graphviz_utils.scenario.origin import Origin, shown
from graphviz_utils.scenario.reading import LIMIT, read_scenario

__all__ = ["decode_scenario", "load_scenario", "scenario_files"]

_READERS = {".py": read_scenario, ".ipynb": read_notebook}
_KNOWN_BYTES = {
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x80": "a Python pickle",
    b"PK\x03\x04": "a ZIP archive (or a PyTorch checkpoint)",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"%PDF": "a PDF document",
}


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Args:
        path: a `.py` file in percent cells, or an `.ipynb` notebook; UTF-8, up to 1 MB.

    Returns:
        The scenario as plain data. Nothing of it is run.

    Raises:
        ScenarioError: names the file, the line, what stands there and what was expected.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Origin(str(path)).error(None, f"cannot be read: {reason}") from None
    return decode_scenario(data, str(path))


def scenario_files(folder: str | Path) -> tuple[Path, ...]:
    """The `.py` and `.ipynb` files right in `folder`, by name; hidden ones are left out.

    Raises:
        ScenarioError: `folder` cannot be read.
    """
    try:
        files = [path for path in Path(folder).iterdir() if path.suffix in _READERS and path.is_file()]
    except OSError as error:
        raise Origin(str(folder)).error(None, f"cannot be read: {error.strerror}") from None
    return tuple(sorted(path for path in files if not path.name.startswith((".", "_"))))


def decode_scenario(data: bytes, filename: str, limits: Limits | None = None) -> Scenario:
    """Read a scenario from a file's bytes, for instance an uploaded file's. `filename` decides how, and opens nothing.

    `limits` are those of a page that takes it from strangers, as in `read_scenario`.

    Raises:
        ScenarioError: as `load_scenario` does.
    """
    origin = Origin(filename)
    suffix = PurePath(filename).suffix.lower()
    if suffix not in _READERS:
        stands = f"a {shown(suffix)[1:-1]} file" if suffix else "a file without suffix"
        raise origin.error(None, f"this is {stands}; a program (.py) or a notebook (.ipynb) was expected")
    if len(data) > LIMIT:
        hint = "; clear the notebook's outputs" if suffix == ".ipynb" else ""
        raise origin.error(None, f"it is larger than {LIMIT // 1_000_000} MB, the limit of a scenario{hint}")
    return _READERS[suffix](_text(data, origin), filename, limits)


def _text(data: bytes, origin: Origin) -> str:
    known = next((name for start, name in _KNOWN_BYTES.items() if data.startswith(start)), None)
    if known is None and 0 in data:
        known = "binary data"
    if known:
        raise origin.error(None, f"the file holds {known}; a program saved as UTF-8 text was expected")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise origin.error(
            line, f"the byte 0x{data[error.start]:02x} stands here, which is not UTF-8; save the file as UTF-8 text"
        ) from None
