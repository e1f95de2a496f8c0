"""Every number that programs, files and pictures are held to, in one frozen place."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["MEGABYTE", "Limits", "Protection"]

MEGABYTE = 1024 * 1024

Protection = Literal["kernel", "seccomp only", "landlock only", "limits only"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in, how much one run may take, and how much is shown. `docs/limits.md` is the table of them."""

    wall_seconds: float = 10.0
    """From handing the program over to having its answer; waiting for a free slot is not counted."""
    cpu_seconds: int = 15
    """Processor time of all threads together: catches the program that computes on many at once."""
    memory_mb: int = 2048
    """What a program may map on top of what PyTorch itself has mapped."""
    stdout_characters: int = 20_000
    """Printed text and warnings of the whole run; the rest is cut, and that is said."""
    text_characters: int = 20_000
    """A displayed value, or the message of an error; the rest is cut, and that is said."""
    result_mb: int = 32
    """The answer as JSON; a larger one is refused."""
    queue_seconds: float = 5.0
    """How long a run waits for a free slot before it is told `busy`."""
    protection: Protection = "kernel"
    """What a program is walled in with, as far as this system has it; `kernel` is everything."""
    code_characters: int = 20_000
    """A program on the page: typed, from a link, or from a file; a longer one is refused before it is read."""
    code_lines: int = 400
    """The same in lines."""
    code_upload_mb: int = 1
    """A program or notebook as a file, on the page and in the terminal; a larger one is refused unread."""
    trace_upload_mb: int = 32
    """A recorded run as a file on the page; a larger one is refused unread."""
    drawn_nodes: int = 2_000
    """Nodes in one picture on the page; more are folded into boxes that say how many they hold."""
