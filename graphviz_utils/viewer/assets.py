"""The viewer's own files, as a page needs them: one script, one style sheet, and the letters of a scene."""

import re
from functools import cache
from importlib.resources import files

from graphviz_utils.rendering.lettering import lettered
from graphviz_utils.viewer.cards import Scene

__all__ = ["font_rules", "viewer_file", "viewer_script"]

_SCRIPTS = (
    *("numbers", "elements", "scene", "picture", "stage", "bar", "story", "tensors", "inspector", "listing", "finder"),
    *("inputs", "pinned", "viewer"),
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


def font_rules(scene: Scene) -> str:
    """The `@font-face` rules for the letters of all pictures of a scene."""
    styled = lettered(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(scene.pictures)}</svg>')
    return styled[styled.index("<style>") + len("<style>") : styled.index("</style>")]
