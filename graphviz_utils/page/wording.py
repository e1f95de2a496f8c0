"""Numbers and runs in words, for tables, captions and those who cannot see the picture."""

from collections import Counter
from collections.abc import Iterator

from graphviz_utils.dot import cleaned, number_text
from graphviz_utils.graph import roots_of
from graphviz_utils.model import LAST, Moment, Snapshot, Trace, Verdict

__all__ = ["described", "pass_titles", "tensor_text", "verdict_sentence"]

_WHOLE = 24
_NAMED = 6
_NAME = 200
_TOLD: dict[Verdict, str] = {"close": "but for rounding", "kink": "at a kink", "open": "not checked"}


def tensor_text(tensor: Snapshot | None, digits: int = 4, unseen: str = "not seen") -> str:
    """A small tensor's elements in brackets, a large one's shape and statistics; `unseen` where there is none."""
    return unseen if tensor is None else tensor.text(lambda number: number_text(number, digits), _WHOLE)


def described(trace: Trace, moment: Moment = LAST) -> str:
    """What a picture of the run shows, in sentences."""
    operators = sum(node.kind == "op" for node in trace.nodes)
    leaves = [node for node in trace.nodes if node.kind == "leaf"]
    sentences = [f"Graph of {cleaned(trace.title, _NAME)}: {operators:,} operators, {len(leaves):,} leaves."]
    for id_ in roots_of(trace, moment)[:_NAMED]:
        name = cleaned(trace.node(id_).variable or trace.node(id_).label, _NAME)
        sentences.append(f"It ends in {name} = {tensor_text(trace.value(id_))}.")
    grads = {row.node: row.after for pass_ in trace.passes for row in pass_.leaves}
    for node in leaves[:_NAMED]:
        grad = grads.get(node.id)
        if grad is not None and node.variable:
            sentences.append(f"The gradient of {cleaned(node.variable, _NAME)} is {tensor_text(grad)}.")
    return " ".join(sentences)


def pass_titles(trace: Trace, hidden_lines: int = 0) -> tuple[str, ...]:
    """Each backward pass by its number, call and line; a pass inside another is marked as such."""
    titles = []
    for number, pass_ in enumerate(trace.passes, 1):
        line = 0 if pass_.line is None else pass_.line - hidden_lines
        inside = "" if pass_.parent is None else f", inside {pass_.parent + 1}"
        titles.append(f"{number} · {cleaned(pass_.call)}{f', line {line}' if line > 0 else ''}{inside}")
    return tuple(titles)


def verdict_sentence(trace: Trace) -> tuple[bool | None, str]:
    """How proof cells, claims and proofs of a run came out together; `None` and "" if nothing was checked."""
    counts = Counter(_verdicts(trace))
    wrong, held, checked = counts["differs"], counts["equal"], counts.total() - counts["open"]
    if not checked:
        return None, ""
    if wrong:
        return False, f"{wrong} of {counts.total()} checks failed"
    words = f"{held} of {counts.total()} checks hold"
    if held == counts.total():
        words = f"all {held} checks hold" if held > 1 else "proved"
    return True, words + "".join(f", {counts[verdict]} {told}" for verdict, told in _TOLD.items() if counts[verdict])


def _verdicts(trace: Trace) -> Iterator[Verdict]:
    for cell in trace.cells:
        if cell.verdict is not None or cell.note:
            yield "close" if cell.verdict is None else "equal" if cell.verdict else "differs"
    for claim in trace.claims:
        yield "open" if claim.verdict is None else "equal" if claim.verdict else "differs"
    for proof in trace.proofs:
        yield from (check.verdict for check in proof.checks)
