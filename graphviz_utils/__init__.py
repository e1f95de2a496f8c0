"""See, understand and teach automatic differentiation in PyTorch: record a run, draw its graph with every number.

    with graphviz_utils.record() as run:
        ...                                     # any PyTorch program
    graphviz_utils.draw(run.trace).svg

Importing this face imports no PyTorch; a name brings its room along when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from graphviz_utils import model
from graphviz_utils.model import (
    LAST,
    GraphvizUtilsError,
    Look,
    LookError,
    Moment,
    Reading,
    RecordingError,
    RenderError,
    RunError,
    Scenario,
    ScenarioError,
    Snapshot,
    Trace,
    TraceError,
)

if TYPE_CHECKING:
    from graphviz_utils.annotation import annotate as annotate
    from graphviz_utils.dot import to_dot as to_dot
    from graphviz_utils.drawing import Picture as Picture
    from graphviz_utils.drawing import Series as Series
    from graphviz_utils.drawing import draw as draw
    from graphviz_utils.drawing import draw_series as draw_series
    from graphviz_utils.explanation import explain as explain
    from graphviz_utils.explanation import paths as paths
    from graphviz_utils.exporting import to_graphml as to_graphml
    from graphviz_utils.exporting import to_json as to_json
    from graphviz_utils.graph import build_graph as build_graph
    from graphviz_utils.rendering import render as render
    from graphviz_utils.running import Job as Job
    from graphviz_utils.running import Outcome as Outcome
    from graphviz_utils.running import prove as prove
    from graphviz_utils.running import run as run
    from graphviz_utils.scenario import load_scenario as load_scenario
    from graphviz_utils.scenario import read_notebook as read_notebook
    from graphviz_utils.scenario import read_scenario as read_scenario
    from graphviz_utils.slides import animation as animation
    from graphviz_utils.slides import pdf_pages as pdf_pages
    from graphviz_utils.slides import png_sequence as png_sequence
    from graphviz_utils.tracing import Recording as Recording
    from graphviz_utils.tracing import record as record
    from graphviz_utils.tracing import trace_of as trace_of
    from graphviz_utils.viewer import Scene as Scene
    from graphviz_utils.viewer import scene as scene
    from graphviz_utils.viewer import standalone as standalone

__version__ = "0.1.0"

_ROOM = {
    "read_scenario": "scenario",
    "load_scenario": "scenario",
    "read_notebook": "scenario",
    "record": "tracing",
    "trace_of": "tracing",
    "Recording": "tracing",
    "run": "running",
    "prove": "running",
    "Job": "running",
    "Outcome": "running",
    "build_graph": "graph",
    "annotate": "annotation",
    "explain": "explanation",
    "paths": "explanation",
    "to_dot": "dot",
    "render": "rendering",
    "to_graphml": "exporting",
    "to_json": "exporting",
    "draw": "drawing",
    "Picture": "drawing",
    "draw_series": "drawing",
    "Series": "drawing",
    "pdf_pages": "slides",
    "png_sequence": "slides",
    "animation": "slides",
    "scene": "viewer",
    "Scene": "viewer",
    "standalone": "viewer",
}

__all__ = [
    "read_scenario",
    "load_scenario",
    "read_notebook",
    "record",
    "trace_of",
    "Recording",
    "run",
    "prove",
    "Job",
    "Outcome",
    "build_graph",
    "annotate",
    "explain",
    "paths",
    "to_dot",
    "render",
    "to_graphml",
    "to_json",
    "draw",
    "Picture",
    "draw_series",
    "Series",
    "pdf_pages",
    "png_sequence",
    "animation",
    "scene",
    "Scene",
    "standalone",
    "LAST",
    "GraphvizUtilsError",
    "Look",
    "LookError",
    "Moment",
    "Reading",
    "RecordingError",
    "RenderError",
    "RunError",
    "Scenario",
    "ScenarioError",
    "Snapshot",
    "Trace",
    "TraceError",
]


# The room is brought along when the cell of a notebook first ends in a run or a picture.
model.Shown.drawn_by(lambda subject: import_module("graphviz_utils.notebook").framed(subject))

if not TYPE_CHECKING:  # a checker sees the imports above, and a misspelt name is an error to it

    def __getattr__(name):
        """The public name, from its room."""
        if name not in _ROOM:
            raise AttributeError(f"module 'graphviz_utils' has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"graphviz_utils.{_ROOM[name]}"), name)
        return found

    def __dir__():
        """The public names, loaded or not."""
        return sorted({*globals(), *__all__})
