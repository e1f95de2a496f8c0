"""The living picture as one file that opens from disk: program, letters and numbers inside, nothing fetched."""

import base64
import hashlib
import html
from string import Template

from graphviz_utils.rendering import font_rules, formula_rule, letters
from graphviz_utils.viewer.assets import viewer_file, viewer_script
from graphviz_utils.viewer.cards import Scene

__all__ = ["standalone"]

_GROUNDS = {"light": "#ffffff", "dark": "#0e1117"}
_START = """
const said = (id) => document.getElementById(id).textContent;
const root = document.getElementById("viewer");
mount(root, JSON.parse(said("scene")), { fonts: said("fonts"), notes: true, present: $present });
root.querySelector(".stage").focus({ preventScroll: true });
"""


def standalone(scene: Scene, present: bool = False) -> str:
    """`scene` in its viewer as the text of one `.html` file, in present mode from the start where asked."""
    script = viewer_script() + Template(_START).substitute(present=str(present).lower())
    return Template(viewer_file("frame.html")).substitute(
        hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=html.escape(scene.title) or "A picture",
        theme=scene.theme,
        ground=_GROUNDS[scene.theme],
        css=viewer_file("viewer.css"),
        scene=_inert(scene.to_json()),
        fonts=font_rules(letters(f"<all>{''.join(scene.pictures)}</all>")) + formula_rule(),
        script=script,
    )


def _inert(json: str) -> str:
    """`json` in signs that cannot end the element it stands in, nor a line of JavaScript."""
    return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
