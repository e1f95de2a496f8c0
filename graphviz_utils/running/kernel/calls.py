"""The numbers of Linux system calls by name: one column for x86-64, one for 64-bit ARM."""

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ARCHITECTURES", "NUMBERS", "Architecture"]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A processor as seccomp names it; `column` is its place in a row of `NUMBERS`."""

    audit: int
    column: int
    foreign_from: int | None = None
    """From this number on calls belong to another table under the same name (x32, on x86-64)."""


ARCHITECTURES = MappingProxyType(
    {
        "x86_64": Architecture(0xC000003E, 0, foreign_from=0x40000000),
        "aarch64": Architecture(0xC00000B7, 1),
    }
)
"""By the name that `uname` gives."""

NUMBERS = MappingProxyType(
    {
        "add_key": (248, 217),
        "bpf": (321, 280),
        "brk": (12, 214),
        "chroot": (161, 51),
        "clock_getres": (229, 114),
        "clock_gettime": (228, 113),
        "clock_nanosleep": (230, 115),
        "clone": (56, 220),
        "clone3": (435, 435),
        "close": (3, 57),
        "delete_module": (176, 106),
        "exit": (60, 93),
        "exit_group": (231, 94),
        "finit_module": (313, 273),
        "fsconfig": (431, 431),
        "fsmount": (432, 432),
        "fsopen": (430, 430),
        "fspick": (433, 433),
        "fstat": (5, 80),
        "futex": (202, 98),
        "getegid": (108, 177),
        "geteuid": (107, 175),
        "getgid": (104, 176),
        "getpid": (39, 172),
        "getppid": (110, 173),
        "getrandom": (318, 278),
        "getrlimit": (97, 163),
        "getrusage": (98, 165),
        "gettid": (186, 178),
        "gettimeofday": (96, 169),
        "getuid": (102, 174),
        "init_module": (175, 105),
        "io_uring_enter": (426, 426),
        "io_uring_register": (427, 427),
        "io_uring_setup": (425, 425),
        "ioperm": (173, None),
        "iopl": (172, None),
        "kcmp": (312, 272),
        "kexec_file_load": (320, 294),
        "kexec_load": (246, 104),
        "keyctl": (250, 219),
        "kill": (62, 129),
        "madvise": (28, 233),
        "memfd_secret": (447, 447),
        "mmap": (9, 222),
        "modify_ldt": (154, None),
        "mount": (165, 40),
        "mount_setattr": (442, 442),
        "move_mount": (429, 429),
        "mprotect": (10, 226),
        "mremap": (25, 216),
        "munmap": (11, 215),
        "nanosleep": (35, 101),
        "open_by_handle_at": (304, 265),
        "open_tree": (428, 428),
        "perf_event_open": (298, 241),
        "pidfd_getfd": (438, 438),
        "pivot_root": (155, 41),
        "prlimit64": (302, 261),
        "process_madvise": (440, 440),
        "process_mrelease": (448, 448),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
        "ptrace": (101, 117),
        "read": (0, 63),
        "request_key": (249, 218),
        "restart_syscall": (219, 128),
        "rt_sigaction": (13, 134),
        "rt_sigprocmask": (14, 135),
        "rt_sigreturn": (15, 139),
        "sched_getaffinity": (204, 123),
        "sched_yield": (24, 124),
        "seccomp": (317, 277),
        "setns": (308, 268),
        "sigaltstack": (131, 132),
        "sysinfo": (99, 179),
        "tgkill": (234, 131),
        "time": (201, None),
        "times": (100, 153),
        "umount2": (166, 39),
        "uname": (63, 160),
        "unshare": (272, 97),
        "userfaultfd": (323, 282),
        "write": (1, 64),
    }
)
"""`None`: this processor does not have the call. Source: the kernel's own tables, in which no number ever changes."""
