"""System calls that Python has no function for, made through the C library (Linux)."""

import ctypes
import os
from functools import cache
from typing import Any

__all__ = ["become_opaque", "gain_nothing_new", "system_call"]

_PRCTL = {"x86_64": 157, "aarch64": 167}
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def system_call(number: int, *arguments: Any) -> int:
    """What the kernel answers to call `number`; OSError where it refuses.

    `arguments` are whole numbers, or pointers made by ctypes.
    """
    library = _library()
    ctypes.set_errno(0)
    answer = int(library.syscall(ctypes.c_long(number), *map(_register, arguments)))
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


def gain_nothing_new() -> None:
    """Never again get more rights by starting a program. The kernel asks for this before it takes a filter."""
    system_call(_PRCTL[os.uname().machine], _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def become_opaque() -> None:
    """Leave no core file, and let no other process of this user read this one's memory."""
    system_call(_PRCTL[os.uname().machine], _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _register(argument: Any) -> Any:
    return ctypes.c_ulong(argument) if isinstance(argument, int) else argument


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library
