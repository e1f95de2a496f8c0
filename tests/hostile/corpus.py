"""The hostile programs, read from their files, and the words in which they say how they may end."""

import re
from dataclasses import dataclass
from pathlib import Path

from graphviz_utils.running import Outcome

__all__ = ["SNIPPETS", "Snippet", "ending", "printed"]

_FOLDER = Path(__file__).parent / "snippets"
_FIELD = re.compile(r"# (\w+): (.*)")
_WORDS = {
    "ok": "ok",
    "error": "error",
    "out of memory": "error",
    "time limit": "time-limit",
    "cpu limit": "cpu-limit",
    "crashed": "crash",
    "forbidden operation": "forbidden-syscall",
    "ended without a result": "no-result",
    "result refused": "bad-result",
    "too large": "result-too-large",
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """One hostile program. `expect` are the endings allowed where it is walled in, `bare` is the one without walls."""

    id: str
    category: str
    expect: frozenset[str]
    bare: str
    source: str

    def __str__(self) -> str:
        return f"{self.id}-{self.category}"


def ending(outcome: Outcome) -> frozenset[str]:
    """The corpus's words for how a run ended; an error has two, one with its type."""
    word = _WORDS[outcome.status]
    if word == "crash" and "SIGKILL" in outcome.message:
        return frozenset({"killed"})
    if word != "error":
        return frozenset({word})
    error = outcome.trace.error if outcome.trace else None
    return frozenset({word, f"error:{error.type if error else 'MemoryError'}"})


def printed(outcome: Outcome) -> str:
    """What the program printed."""
    return "".join(cell.stdout for cell in outcome.trace.cells) if outcome.trace else ""


def _snippet(path: Path) -> Snippet:
    header, _, source = path.read_text(encoding="utf-8").partition("# ---\n")
    fields = dict(_FIELD.findall(header))
    return Snippet(fields["id"], fields["category"], frozenset(fields["expect"].split("|")), fields["bare"], source)


SNIPPETS = tuple(_snippet(path) for path in sorted(_FOLDER.glob("*.py.txt")))
