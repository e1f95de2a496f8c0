"""The viewer's own files, as a page needs them: one script, one style sheet."""

import re
from functools import cache
from importlib.resources import files

__all__ = ["viewer_file", "viewer_script"]

_SCRIPTS = (
    *("numbers", "elements", "choices", "chooser", "math", "scene", "picture", "minimap", "stage", "bar", "rules"),
    *("story", "tensors", "inspector", "listing", "finder", "inputs", "pinned", "meeting", "jacobian", "explain"),
    *("paths", "prove", "tabs", "fonts", "keys", "viewer"),
)
"""In the order in which they build on each other."""


@cache
def viewer_script() -> str:
    """The modules of `script` as one without imports, which exports `mount`."""
    texts = (viewer_file(f"script/{name}.js") for name in _SCRIPTS)
    return "\n".join(re.sub(r"(?m)^import [^;]*;\n", "", text) for text in texts)


@cache
def viewer_file(name: str) -> str:
    """A text file that is shipped beside this one."""
    return files("graphviz_utils.viewer").joinpath(*name.split("/")).read_text(encoding="utf-8")
