"""What can go wrong that a person can mend: every error of ours shares one base, so that a page catches one name."""

__all__ = [
    "GraphvizUtilsError",
    "LookError",
    "RecordingError",
    "RenderError",
    "RunError",
    "ScenarioError",
    "TraceError",
]


class GraphvizUtilsError(Exception):
    """The base of all errors raised on purpose; its text says what came, what was needed and what to do now."""


class ScenarioError(GraphvizUtilsError):
    """A scenario's text, notebook or metadata cannot be read."""


class RecordingError(GraphvizUtilsError):
    """The program does something that cannot be recorded."""


class TraceError(GraphvizUtilsError):
    """A trace file is not what `Trace.to_json` writes, or a question about a run has no answer in it."""


class RunError(GraphvizUtilsError):
    """A program was not run to its end: no time, no memory, no worker."""


class LookError(GraphvizUtilsError):
    """A look asks for something that there is not."""


class RenderError(GraphvizUtilsError):
    """Graphviz is missing, ran out of time, or refused the picture."""
