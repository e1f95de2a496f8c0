"""From the words of a command to its exit code.

0: done. 1: a program failed, or what it claims does not hold. 2: the command is wrong, or a file cannot be used.
"""

import os
import sys
from collections.abc import Sequence

from graphviz_utils.cli.arguments import parser
from graphviz_utils.cli.saying import Refused, say_wrong
from graphviz_utils.model import GraphvizUtilsError, RenderError, RunError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments` (else the command line's own) ask for; whatever is wrong is said in one line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know fewer signs than a title has
    try:
        options = parser().parse_args(arguments)
        code: int = options.command(options)
        sys.stdout.flush()
    except (RunError, RenderError) as error:
        return _refused(str(error), 1)
    except (Refused, GraphvizUtilsError) as error:
        return _refused(str(error), 2)
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _refused("stopped", 130)
    return code


def _refused(message: str, code: int) -> int:
    say_wrong(message)
    return code
