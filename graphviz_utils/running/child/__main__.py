"""A fresh process that answers one request: `python -m graphviz_utils.running.child`, over its own stdin and stdout."""

import os
import threading

from graphviz_utils.running.child import answer_one, preload
from graphviz_utils.running.child.confinement import keep_only

__all__ = ["main"]

_OUTGOING, _INCOMING = 3, 4


def main() -> None:
    """Answer the request that comes over stdin; end early if the page goes away."""
    keep_only(1, 0)
    preload()
    answer_one(_INCOMING, _OUTGOING, when_read=lambda: _end_with_page(_INCOMING))


def _end_with_page(incoming: int) -> None:
    threading.Thread(target=lambda: (os.read(incoming, 1), os._exit(1)), daemon=True).start()


if __name__ == "__main__":
    main()
