"""Which system calls a program may make, with which arguments, and what becomes of all others."""

import errno
from dataclasses import dataclass

from graphviz_utils.running.kernel import bpf
from graphviz_utils.running.kernel.bpf import Condition, Instruction
from graphviz_utils.running.kernel.calls import NUMBERS, Architecture

__all__ = ["ALLOW", "DEADLY", "FREE", "KILL", "Rule", "filter_program", "refuse", "ruled"]

ALLOW = 0x7FFF0000
KILL = 0x80000000
"""End the process, with the signal SIGSYS."""

FREE = (
    *("getrandom", "clock_gettime", "brk", "munmap", "mremap", "sched_yield"),
    *("read", "close", "fstat"),  # the null device and the answer are all that is open
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("nanosleep", "clock_nanosleep", "clock_getres", "gettimeofday", "time", "times", "getrusage"),
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid"),
    *("uname", "sysinfo", "sched_getaffinity", "getrlimit", "exit", "exit_group"),
)
"""Calls that are allowed whatever their arguments."""

DEADLY = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_getfd"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd", "seccomp"),
    *("add_key", "request_key", "keyctl", "open_by_handle_at", "memfd_secret"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"),
    *("mount", "umount2", "move_mount", "mount_setattr", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("pivot_root", "chroot", "setns", "unshare", "ioperm", "iopl", "modify_ldt"),
)
"""Calls that nobody makes by mistake: they look into other processes or reach deep into the kernel."""

_LAST_DESCRIPTOR = 3
_MAP_ANONYMOUS = 0x20
_LAST_ADVICE = 25  # what lies above needs a privileged user, and poisons memory
_CLONE_THREAD = 0x10000
_WAITS_AND_WAKES = (128, 129, 137, 138, 393)  # within one process; never the rest of futex, of which much was broken


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a call: `verdict` if all conditions of one of `ways` hold, else `otherwise`."""

    call: str
    ways: tuple[tuple[Condition, ...], ...]
    verdict: int
    otherwise: int


def refuse(code: int) -> int:
    """Do nothing, and give the program the error number `code`."""
    return 0x00050000 | code


def ruled(process: int, refusal: int = errno.EPERM) -> tuple[Rule, ...]:
    """What the process with the id `process` may do, the calls that are made often first."""
    denied = refuse(refusal)

    def only(call: str, *ways: tuple[Condition, ...]) -> Rule:
        return Rule(call, ways, ALLOW, denied)

    return (
        only("mmap", bpf.has_bit(3, _MAP_ANONYMOUS)),
        only("futex", *(bpf.equals(1, operation) for operation in _WAITS_AND_WAKES)),
        only("madvise", bpf.is_at_most(2, _LAST_ADVICE)),
        only("mprotect", ()),  # convolutions need it: oneDNN writes machine code, of which each call is judged alike
        *(only(call, ()) for call in FREE),
        only("write", bpf.is_at_most(0, _LAST_DESCRIPTOR)),
        only("kill", bpf.equals(0, process)),
        only("tgkill", bpf.equals(0, process)),
        only("prlimit64", bpf.equals(0, 0) + bpf.is_null(2)),
        Rule("clone", (bpf.has_bit(0, _CLONE_THREAD),), refuse(errno.EAGAIN), denied),
        Rule("clone3", ((),), refuse(errno.ENOSYS), denied),  # then the C library takes clone, whose flags can be seen
        *(Rule(call, ((),), KILL, KILL) for call in DEADLY),
    )


def filter_program(architecture: Architecture, process: int, refusal: int = errno.EPERM) -> tuple[Instruction, ...]:
    """The filter for the process with the id `process`: a call without a rule fails with `refusal`."""
    column = architecture.column
    steps = [
        bpf.load(bpf.ARCHITECTURE),
        Instruction(bpf.Code.JUMP_IF_EQUAL, architecture.audit, 1, 0),
        bpf.result(KILL),
        bpf.load(bpf.NUMBER),
    ]
    if architecture.foreign_from is not None:
        steps += bpf.when(bpf.Code.JUMP_IF_AT_LEAST, architecture.foreign_from, (bpf.result(KILL),))
    for rule in ruled(process, refusal):
        number = NUMBERS[rule.call][column]
        if number is not None:
            steps += bpf.when(bpf.Code.JUMP_IF_EQUAL, number, _body(rule))
    return (*steps, bpf.result(refuse(refusal)))


def _body(rule: Rule) -> tuple[Instruction, ...]:
    ways = tuple(step for way in rule.ways for step in bpf.when_all(way, rule.verdict))
    return ways if () in rule.ways else (*ways, bpf.result(rule.otherwise))
