"""Every number that programs, files and pictures are held to, in one frozen place."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["MEGABYTE", "Limits", "Protection", "Unwalled"]

MEGABYTE = 1024 * 1024

Protection = Literal["kernel", "seccomp only", "landlock only", "limits only"]
Unwalled = Literal["run", "read first", "refuse"]


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
    brief_seconds: float = 0.5
    """A run that takes longer gives way: it gets the processor when nothing shorter wants it, and leaves its slot."""
    queue_seconds: float = 10.0
    """How long a run waits for a free slot before it is told `busy`; the start of the worker is not counted."""
    queue_length: int = 300
    """Runs that wait at the same time; a further one is told `busy` at once."""
    budget_seconds: float = 60.0
    """Processor time that the runs of one session may use in a row; then it is told `busy` until some has worn off."""
    budget_per_minute: float = 12.0
    """How much of the processor time used is forgotten each minute: what a session may use for good."""
    difference_seconds: float = 0.6
    """Processor time for running a program again, with leaves moved; what was not tried by then is said."""
    derivation_seconds: float = 1.0
    """How long one looks for closed forms of a run's gradients, at most; then there are none, and that is said."""
    protection: Protection = "kernel"
    """What a program is walled in with, as far as this system has it; `kernel` is everything."""
    unwalled: Unwalled = "run"
    """What becomes of a program where no system call filter holds it; a page reads it first, or refuses it."""
    code_characters: int = 20_000
    """A program on the page: typed, from a link, or from a file; a longer one is refused before it is read."""
    code_lines: int = 400
    """The same in lines."""
    code_upload_mb: int = 1
    """A program or notebook as a file, on the page and in the terminal; a larger one is refused unread."""
    trace_upload_mb: int = 32
    """A recorded run as a file on the page; a larger one is refused unread."""
    drawn_nodes: int = 2_000
    """Boxes in one picture on the page; of a graph with more nodes, some are boxes that say how many they hold."""
    name_characters: int = 1_000
    """A name, a title, a label, a type in a recorded run; longer ones are cut while recording."""
    trace_nodes: int = 50_000
    """Nodes of a recorded run on the page; a larger one is refused, and so are the following."""
    trace_edges: int = 200_000
    """Its edges, and the arguments of its operators."""
    trace_passes: int = 5_000
    """Its backward passes."""
    trace_cells: int = 1_000
    """Its cells, and its claims."""
    torchviz_characters: int = 1_000_000
    """torchviz's DOT text of a run; of a longer one there is no drawing."""
    trace_parts: int = 4_000_000
    """All the lists and tables in it: brackets take a byte each, and much more once they are read."""
