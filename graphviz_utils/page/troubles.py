"""What went wrong with a visit, or what its program misses, in words that the page shows above its picture."""

from dataclasses import dataclass
from typing import Literal, cast

from graphviz_utils.advice import missed_backward, remedy
from graphviz_utils.model import Failure, Trace
from graphviz_utils.page.listings import excerpt, foreseen
from graphviz_utils.page.runs import Ran
from graphviz_utils.page.visits import Visit

__all__ = ["Trouble", "trouble_of"]

_NO_GRAPH = (
    "The program ran, but there is no graph: nothing was computed from a tensor with requires_grad=True. "
    "Write for example\n\nimport torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\ny.backward()"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Texts to be shown as they stand, a paragraph each.

    `headline` is Markdown of ours, `listing` the lines of the program around the one that failed; empty without.
    """

    kind: Literal["trouble", "notice"]
    texts: tuple[str, ...]
    headline: str = ""
    listing: str = ""


def trouble_of(visit: Visit) -> Trouble | None:
    """What is to be said now; `None` if all is well, or a run goes on that may make it so."""
    words, ran = visit.words or visit.layout_words, visit.ran
    if words:
        return Trouble("trouble", (words,))
    if ran is None or visit.attempt is not None:
        return None
    if ran.trace is not None and ran.trace.error is not None and ran.status == "error":
        return _failed(ran, ran.trace.error, ran.trace.source)
    if ran.status != "ok":
        return Trouble("notice" if ran.status in ("stopped", "busy") else "trouble", (ran.message,))
    if not ran.has_picture:
        return Trouble("notice", (_NO_GRAPH,))
    missed = missed_backward(cast(Trace, ran.trace))
    return Trouble("notice", (missed,)) if missed else None


def _failed(ran: Ran, error: Failure, source: str) -> Trouble:
    """The exception that ended a program, where, and what to do about it."""
    line = ran.line(error.line)
    drawn = " The picture shows what was computed up to there." if ran.has_picture else ""
    advice = remedy(error, source), foreseen(ran.program.source, ran.program.hidden_lines, error.line)
    return Trouble(
        "trouble",
        (f"{error.type}: {error.message}", *filter(None, advice)),
        f"**The program stopped{f' on line {line}' if line else ''}.**{drawn}",
        excerpt(ran.program.code, line) if line else "",
    )
