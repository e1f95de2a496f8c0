"""Assembles the small programs by which the kernel judges a system call (classic BPF, as seccomp runs it).

A program reads `struct seccomp_data`: the call's number, the architecture, and six arguments of 64 bits each.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "ARCHITECTURE",
    "NUMBER",
    "Code",
    "Condition",
    "Instruction",
    "encoded",
    "equals",
    "has_bit",
    "is_at_most",
    "is_null",
    "lacks_bits",
    "load",
    "result",
    "when",
    "when_all",
]

NUMBER = 0
"""Where the call's number stands in `struct seccomp_data`."""
ARCHITECTURE = 4
"""Where the architecture stands: one processor may know several tables of calls."""

_ARGUMENTS = 16
_WORD = 4
_ALL_BITS = 0xFFFFFFFF


class Code(IntEnum):
    """Instructions of classic BPF. Jumps compare the word that was loaded with the instruction's own."""

    LOAD = 0x20
    JUMP_IF_EQUAL = 0x15
    JUMP_IF_GREATER = 0x25
    JUMP_IF_AT_LEAST = 0x35
    JUMP_IF_ANY_BIT = 0x45
    RETURN = 0x06


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step. A jump skips `if_true` or `if_false` instructions."""

    code: Code
    word: int
    if_true: int = 0
    if_false: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds if `test` on the word at `place` comes out as `wanted`."""

    place: int
    test: Code
    word: int
    wanted: bool = True


def load(place: int) -> Instruction:
    """Read the word at `place` of `struct seccomp_data`."""
    return Instruction(Code.LOAD, place)


def result(verdict: int) -> Instruction:
    """End with `verdict`."""
    return Instruction(Code.RETURN, verdict)


def when(test: Code, word: int, body: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
    """Do `body` if the word that was loaded passes the test. `body` ends with a result on every way through it."""
    return (Instruction(test, word, 0, len(body)), *body)


def when_all(conditions: tuple[Condition, ...], verdict: int) -> tuple[Instruction, ...]:
    """End with `verdict` if all conditions hold, else go on with what follows."""
    steps: list[Instruction] = []
    for number, condition in enumerate(conditions, start=1):
        away = 2 * (len(conditions) - number) + 1
        jumps = (0, away) if condition.wanted else (away, 0)
        steps += (load(condition.place), Instruction(condition.test, condition.word, *jumps))
    return (*steps, result(verdict))


def equals(argument: int, value: int) -> tuple[Condition, ...]:
    """Argument number `argument`, of which the kernel reads the lower 32 bits, is `value`."""
    return (Condition(_low(argument), Code.JUMP_IF_EQUAL, value & _ALL_BITS),)


def is_null(argument: int) -> tuple[Condition, ...]:
    """The pointer is null in all of its 64 bits."""
    return tuple(Condition(place, Code.JUMP_IF_EQUAL, 0) for place in (_low(argument), _low(argument) + _WORD))


def is_at_most(argument: int, value: int) -> tuple[Condition, ...]:
    """The lower 32 bits, without a sign, are no more than `value`."""
    return (Condition(_low(argument), Code.JUMP_IF_GREATER, value, wanted=False),)


def has_bit(argument: int, bit: int) -> tuple[Condition, ...]:
    """The one bit `bit` is set."""
    return (Condition(_low(argument), Code.JUMP_IF_ANY_BIT, bit),)


def lacks_bits(argument: int, bits: int) -> tuple[Condition, ...]:
    """None of `bits` is set."""
    return (Condition(_low(argument), Code.JUMP_IF_ANY_BIT, bits, wanted=False),)


def encoded(program: tuple[Instruction, ...]) -> bytes:
    """`program` as the kernel's `struct sock_filter[]`."""
    return b"".join(struct.pack("=HBBI", step.code, step.if_true, step.if_false, step.word) for step in program)


def _low(argument: int) -> int:
    """Where the lower half of an argument stands on a little-endian processor."""
    return _ARGUMENTS + 2 * _WORD * argument
