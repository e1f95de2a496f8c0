"""Makes system calls behind the filter, each in a process of its own, and prints as JSON what became of them.

`python -m tests.hostile.sweeping`, with rows of a call's number and its arguments as JSON on standard input.
"""

import errno
import json
import os
import signal
import sys

from graphviz_utils.running.kernel import gain_nothing_new
from graphviz_utils.running.kernel.bpf import encoded
from graphviz_utils.running.kernel.calls import ARCHITECTURES
from graphviz_utils.running.kernel.process import system_call
from graphviz_utils.running.kernel.rules import filter_program
from graphviz_utils.running.kernel.seccomp import install

__all__ = ["main"]

REFUSAL = 4000
"""An error number that no kernel gives: what fails with it has not passed the filter."""

_WORDS = {10: "refused", 11: "try again", 12: "no such call", 13: "reached"}


def main() -> None:
    """Print what became of every call, in turn."""
    rows = json.load(sys.stdin)
    sys.stdout.write(json.dumps([_became(number, arguments) for number, *arguments in rows]))


def _became(number: int, arguments: list[int]) -> str:
    child = os.fork()
    if child == 0:
        try:
            _try(number, arguments)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "killed" if code == -signal.SIGSYS else _WORDS.get(code, "reached")


def _try(number: int, arguments: list[int]) -> None:
    architecture = ARCHITECTURES[os.uname().machine]
    own = [os.getpid() if argument == -1 else argument for argument in arguments]
    signal.alarm(10)
    gain_nothing_new()
    install(encoded(filter_program(architecture, os.getpid(), REFUSAL)))
    code = 13
    try:
        system_call(number, *own, *[0] * (6 - len(own)))
    except OSError as error:
        code = {REFUSAL: 10, errno.EAGAIN: 11, errno.ENOSYS: 12}.get(error.errno or 0, 13)
    os._exit(code)


if __name__ == "__main__":
    main()
