"""Of all the system calls there are, only the listed ones can be reached, with the listed arguments."""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from graphviz_utils.running.kernel import seccomp_available
from graphviz_utils.running.kernel.bpf import Code, Instruction
from graphviz_utils.running.kernel.calls import ARCHITECTURES, NUMBERS, Architecture
from graphviz_utils.running.kernel.rules import ALLOW, KILL, filter_program, refuse

ROOT = Path(__file__).parents[2]
PROCESS = 4242
ALL = range(1024)

COMPUTING = (
    *("brk", "mprotect", "mremap", "munmap", "getrandom", "read", "close", "fstat", "exit", "exit_group"),
    *("clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "times", "sched_yield"),
    *("getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo"),
    *("getrlimit", "getrusage", "sched_getaffinity", "restart_syscall"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
)
"""What computing, printing and asking the time takes."""

HARMLESS_WITH_ZEROS = ("madvise", "prlimit64", "write", "clone3")
"""Of the calls whose arguments count: those that zeros alone reach. clone3 is told not to exist."""

PASSED_BY_THE_KERNEL = {335, 336} if os.uname().machine == "x86_64" else set()
"""uretprobe and uprobe: since Linux 6.14 no filter is asked. Who is no probe of the kernel's is ended with SIGILL."""

WORST = ("ptrace", "process_vm_readv", "process_vm_writev", "bpf", "io_uring_setup", "keyctl", "userfaultfd")

needs_kernel = pytest.mark.skipif(not seccomp_available(), reason="this system takes no filters")


def judged(architecture: Architecture, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the filter says of a call: a machine for classic BPF, as its manual describes it."""
    program = filter_program(architecture, PROCESS)
    given = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, architecture.audit if audit is None else audit, 0, *given)
    word, at = 0, 0
    while True:
        step: Instruction = program[at]
        at += 1
        match step.code:
            case Code.RETURN:
                return step.word
            case Code.LOAD:
                (word,) = struct.unpack_from("=I", data, step.word)
            case Code.JUMP_IF_EQUAL:
                at += step.if_true if word == step.word else step.if_false
            case Code.JUMP_IF_GREATER:
                at += step.if_true if word > step.word else step.if_false
            case Code.JUMP_IF_AT_LEAST:
                at += step.if_true if word >= step.word else step.if_false
            case Code.JUMP_IF_ANY_BIT:
                at += step.if_true if word & step.word else step.if_false


def became(*rows: tuple[int, ...]) -> list[str]:
    """What the kernel itself made of calls behind the filter; an argument -1 stands for the own process."""
    command = [sys.executable, "-m", "tests.hostile.sweeping"]
    done = subprocess.run(command, input=json.dumps(rows), capture_output=True, text=True, check=True, cwd=ROOT)
    answers: list[str] = json.loads(done.stdout)
    return answers


def here(call: str) -> int:
    number = NUMBERS[call][ARCHITECTURES[os.uname().machine].column]
    assert number is not None
    return number


@pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
def test_calls_that_need_no_look_at_arguments_are_the_listed_ones(machine: str) -> None:
    architecture = ARCHITECTURES[machine]
    everything = (1 << 64) - 1
    free = {n for n in ALL if judged(architecture, n) == judged(architecture, n, *[everything] * 6) == ALLOW}

    assert free == {n for call in COMPUTING if (n := NUMBERS[call][architecture.column]) is not None}


@pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
@pytest.mark.parametrize(
    ("call", "arguments", "is_allowed"),
    [
        ("write", (3,), True),
        ("write", (4,), False),
        ("mmap", (0, 4096, 3, 0x22), True),
        ("mmap", (0, 4096, 3, 0x02), False),
        ("madvise", (0, 4096, 4), True),
        ("madvise", (0, 4096, 100), False),
        ("futex", (0, 128), True),
        ("futex", (0, 134), False),
        ("kill", (PROCESS, 9), True),
        ("kill", (PROCESS + 1, 9), False),
        ("kill", (0, 9), False),
        ("kill", ((1 << 64) - 1, 9), False),
        ("tgkill", (PROCESS, PROCESS, 6), True),
        ("tgkill", (1, 1, 6), False),
        ("prlimit64", (0, 9, 0, 0x7FFF00000000), True),
        ("prlimit64", (0, 9, 0x7FFF00000000, 0), False),
        ("prlimit64", (1, 9, 0, 0x7FFF00000000), False),
    ],
)
def test_arguments_are_looked_at(machine: str, call: str, arguments: tuple[int, ...], is_allowed: bool) -> None:
    architecture = ARCHITECTURES[machine]
    number = NUMBERS[call][architecture.column]
    assert number is not None

    assert judged(architecture, number, *arguments) == (ALLOW if is_allowed else refuse(1))


@pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
def test_another_architecture_s_calls_end_the_process(machine: str) -> None:
    i386, getpid = 0x40000003, 20

    assert judged(ARCHITECTURES[machine], getpid, audit=i386) == KILL


def test_x32_calls_end_the_process() -> None:
    assert {judged(ARCHITECTURES["x86_64"], 0x40000000 + number) for number in ALL} == {KILL}


@pytest.mark.parametrize("header", sorted(Path("/usr/include").glob("**/asm/unistd_64.h")), ids=str)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the header is another processor's")
def test_numbers_are_the_kernel_s_own(header: Path) -> None:
    defined = dict(re.findall(r"#define __NR_(\w+) (\d+)", header.read_text()))

    assert {call: int(defined[call]) for call in NUMBERS} == {call: row[0] for call, row in NUMBERS.items()}


@needs_kernel
def test_a_sweep_of_all_calls_reaches_the_listed_ones_only() -> None:
    answers = became(*((number,) for number in ALL))

    reached = {number for number, answer in zip(ALL, answers, strict=True) if answer not in ("refused", "killed")}
    reached -= PASSED_BY_THE_KERNEL
    listed = (NUMBERS[call][column()] for call in (*COMPUTING, *HARMLESS_WITH_ZEROS))
    assert reached == {number for number in listed if number is not None}


@needs_kernel
def test_the_worst_calls_end_the_process() -> None:
    assert became(*((here(call),) for call in WORST)) == ["killed"] * len(WORST)


@needs_kernel
def test_threads_and_processes_are_refused_as_the_c_library_understands() -> None:
    thread, child = 0x3D0F00, 0x1200011

    assert became((here("clone"), thread), (here("clone"), child), (here("clone3"),)) == [
        "try again",
        "refused",
        "no such call",
    ]


@needs_kernel
def test_a_process_may_signal_itself_only() -> None:
    assert became((here("kill"), -1, 0), (here("kill"), 1, 0), (here("kill"), os.getpid(), 0)) == [
        "reached",
        "refused",
        "refused",
    ]


@needs_kernel
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 knows x32")
def test_a_sweep_of_x32_ends_the_process_each_time() -> None:
    assert set(became(*((0x40000000 + number,) for number in range(0, 600, 25)))) == {"killed"}


def column() -> int:
    return ARCHITECTURES[os.uname().machine].column
