"""What the Linux kernel is asked to refuse a process for good: files, networks (Landlock), system calls (seccomp)."""

from graphviz_utils.running.kernel.landlock import deny_files_and_networks, landlock_version
from graphviz_utils.running.kernel.process import become_opaque, gain_nothing_new
from graphviz_utils.running.kernel.seccomp import allow_only_listed_calls, prepare, seccomp_available

__all__ = [
    "allow_only_listed_calls",
    "become_opaque",
    "deny_files_and_networks",
    "gain_nothing_new",
    "landlock_version",
    "prepare",
    "seccomp_available",
]
