"""What happens inside a child process: take one request, run its program under `record()`, answer, end."""

from graphviz_utils.running.child.answering import answer_one
from graphviz_utils.running.child.preloading import preload

__all__ = ["answer_one", "preload"]
