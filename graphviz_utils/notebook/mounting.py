"""The live widget: what the browser is told, and the viewer's own script to show it with."""

import json
from importlib.resources import files
from string import Template

from anywidget import AnyWidget
from traitlets import Unicode

from graphviz_utils.model import LAST, Look, Moment, Trace
from graphviz_utils.rendering import font_rules, formula_rule, letters
from graphviz_utils.viewer import scene
from graphviz_utils.viewer.assets import viewer_file, viewer_script

__all__ = ["LivePicture", "widget_script"]


def widget_script() -> str:
    """The viewer as a module that a notebook mounts."""
    mounting = Template(files("graphviz_utils.notebook").joinpath("widget.js").read_text(encoding="utf-8"))
    return viewer_script() + mounting.substitute(css=json.dumps(viewer_file("viewer.css")))


class LivePicture(AnyWidget):
    """A run that can be stepped through. `scene` is the viewer's document as JSON, `fonts` the letters it needs."""

    _esm = widget_script()
    scene = Unicode().tag(sync=True)
    fonts = Unicode().tag(sync=True)

    def show(self, trace: Trace, look: Look = Look(), moment: Moment = LAST) -> None:
        """Go on to another run; the reader keeps step, selection and zoom. It raises what `draw` raises."""
        shown = scene(trace, look, moment)
        with self.hold_sync():
            self.fonts = font_rules(letters(f"<all>{''.join(shown.pictures)}</all>")) + formula_rule()
            self.scene = shown.to_json()
