"""Landlock, the kernel's own wall around files and networks: a rule set that allows nothing (Linux 5.13 and later)."""

import ctypes
import errno
import os
import struct
import sys

from graphviz_utils.running.kernel.process import system_call

__all__ = ["deny_files_and_networks", "landlock_version"]

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same on every architecture
_ASK_FOR_VERSION = 1

_ATTRIBUTES = {1: 8, 4: 16, 6: 24}
"""From which version on so many bytes of attributes are understood: files; networks; scopes."""

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""From which version on so many kinds of access to files are known: the lowest bits of a word."""

_NETWORK_RIGHTS = 0b11
"""Bind and connect over TCP."""

_SCOPES = 0b11
"""Abstract unix sockets of others, signals to others."""


def landlock_version() -> int:
    """Which Landlock this system has; 0 where it has none or has it switched off."""
    if sys.platform != "linux":
        return 0
    try:
        return system_call(_CREATE_RULESET, None, 0, _ASK_FOR_VERSION)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):
            return 0
        raise


def deny_files_and_networks(version: int) -> None:
    """Deny this thread, and what it starts, every kind of access that Landlock `version` knows. OSError if it fails."""
    attributes = _everything(version)
    ruleset = system_call(_CREATE_RULESET, ctypes.c_char_p(attributes), len(attributes), 0)
    try:
        system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _everything(version: int) -> bytes:
    """`struct landlock_ruleset_attr` that handles all there is, and so denies what no rule allows."""
    files = (1 << _since(_FILE_RIGHTS, version)) - 1
    return struct.pack("=QQQ", files, _NETWORK_RIGHTS, _SCOPES)[: _since(_ATTRIBUTES, version)]


def _since(table: dict[int, int], version: int) -> int:
    return max(value for first, value in table.items() if first <= version)
