"""Where the reader's interest starts: the ends of the run that a picture leads to."""

from graphviz_utils.model import LAST, Moment, Trace

__all__ = ["roots_of"]


def roots_of(trace: Trace, moment: Moment = LAST) -> tuple[str, ...]:
    """The ids of the roots of the pass that `moment` chooses, in the order the pass was given them.

    Without any pass by then: what the last variable named that was computed with a gradient; failing that, the last
    tensor that was computed; empty only if nothing was computed.
    """
    at, backward = trace.moment(moment)
    if backward is not None:
        return tuple(dict.fromkeys(root.node for root in trace.passes[backward].roots))
    for wanted in (("op",), ("op", "detached"), ("op", "detached", "leaf", "constant")):
        found = _last_bound(trace, at, wanted) or _last_made(trace, at, wanted)
        if found is not None:
            return (found,)
    return ()


def _last_bound(trace: Trace, at: int, kinds: tuple[str, ...]) -> str | None:
    bound = (binding.node for binding in reversed(trace.bindings) if binding.at <= at)
    return next((id_ for id_ in bound if trace.node(id_).kind in kinds), None)


def _last_made(trace: Trace, at: int, kinds: tuple[str, ...]) -> str | None:
    return next((node.id for node in reversed(trace.nodes) if node.at <= at and node.kind in kinds), None)
