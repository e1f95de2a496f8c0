"""Seccomp: from here on the kernel asks a filter before it does any system call of this process (Linux)."""

import ctypes
import errno
import os
import struct
import sys
from functools import cache

from graphviz_utils.running.kernel.bpf import encoded
from graphviz_utils.running.kernel.calls import ARCHITECTURES
from graphviz_utils.running.kernel.process import system_call
from graphviz_utils.running.kernel.rules import KILL, filter_program

__all__ = ["allow_only_listed_calls", "install", "prepare", "seccomp_available"]

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _GET_ACTION_AVAIL = 1, 2
_ALL_THREADS = 1
_INSTRUCTION = 8
_SOMEBODY = 0xC0FFEE99
"""No process has this id, and nothing else in a filter looks like it."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def seccomp_available() -> bool:
    """Whether this system takes filters, and this processor's calls are known here."""
    if sys.platform != "linux" or (number := _SECCOMP.get(os.uname().machine)) is None:
        return False
    try:
        system_call(number, _GET_ACTION_AVAIL, 0, ctypes.byref(ctypes.c_uint32(KILL)))
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
            return False
        raise
    return True


def allow_only_listed_calls() -> None:
    """Hold all threads of this process to the rules, for good; `gain_nothing_new` goes before.

    Raises:
        OSError: the kernel did not take the filter.
    """
    install(_prepared().replace(_word(_SOMEBODY), _word(os.getpid())))


def prepare() -> None:
    """Write the filter ahead of time, so that processes forked from this one need not."""
    if seccomp_available():
        _prepared()


def install(code: bytes) -> None:
    """Let the kernel judge every call of this process by the filter `code`."""
    described = ctypes.byref(_Program(len(code) // _INSTRUCTION, code))
    blocked_by = system_call(_SECCOMP[os.uname().machine], _SET_MODE_FILTER, _ALL_THREADS, described)
    if blocked_by:
        raise OSError(errno.EBUSY, f"thread {blocked_by} could not be held to the filter")


@cache
def _prepared() -> bytes:
    """The filter for the process `_SOMEBODY`."""
    return encoded(filter_program(ARCHITECTURES[os.uname().machine], _SOMEBODY))


def _word(number: int) -> bytes:
    return struct.pack("=I", number)
