"""A fresh process that answers one request: `python -m graphviz_utils.running.child`, over its own stdin and stdout."""

import os
import threading

from graphviz_utils.running.child import answer_one, preload
from graphviz_utils.running.child.confinement import keep_only

__all__ = ["main"]


def main() -> None:
    """Answer the request that comes over stdin; end early if the page goes away."""
    incoming, outgoing = os.dup(0), os.dup(1)
    keep_only(incoming, outgoing)
    preload()
    answer_one(incoming, outgoing, when_read=lambda: _end_with_page(incoming))


def _end_with_page(incoming: int) -> None:
    threading.Thread(target=lambda: (os.read(incoming, 1), os._exit(1)), daemon=True).start()


if __name__ == "__main__":
    main()
