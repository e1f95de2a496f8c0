"""Numbers and runs in words, for tables, captions and those who cannot see the picture."""

from graphviz_utils.dot import cleaned, number_text
from graphviz_utils.graph import roots_of
from graphviz_utils.model import LAST, Moment, Snapshot, Trace

__all__ = ["described", "pass_titles", "tensor_text", "verdict_sentence"]

_WHOLE = 24
_NAMED = 6
_NAME = 200


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
    """How the proofs, closed forms and expectations of a run came out together; `None` and "" if it proves nothing."""
    verdicts = [cell.verdict for cell in trace.cells if cell.verdict is not None or cell.note]
    verdicts += [claim.verdict for claim in trace.claims]
    unchecked = sum(claim.verdict is None for claim in trace.claims)
    if len(verdicts) == unchecked:
        return None, ""
    wrong, held = verdicts.count(False), verdicts.count(True)
    near = len(verdicts) - wrong - held - unchecked
    if wrong:
        return False, f"{wrong} of {len(verdicts)} checks failed"
    some = f"{held} of {len(verdicts)} checks hold"
    words = some if near or unchecked else f"all {held} checks hold" if held > 1 else "proved"
    words += f", {near} but for rounding" if near else ""
    return True, words + (f", {unchecked} not checked" if unchecked else "")
