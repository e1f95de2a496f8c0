"""Who may have made a gradient other than the slope: hooks, and backwards that the program wrote itself."""

from collections.abc import Collection

from graphviz_utils.model import BackwardPass, Trace

__all__ = ["suspects"]

_MODULE_HOOK = "BackwardHookFunctionBackward"


def suspects(trace: Trace, pass_: BackwardPass, leaf: str, custom: Collection[str]) -> str:
    """A sentence about all that changed what `leaf` received; empty if nothing is known of. `custom` are names."""
    way = _behind(trace, leaf) & {*pass_.order, leaf}
    changed = {row.node for row in pass_.node_grads if row.node in way and row.sum != row.tensor}
    hooked = [_called(trace, id_) for id_ in sorted(changed, key=lambda id_: int(id_[1:]))]
    own = sorted({trace.node(id_).name for id_ in way if trace.node(id_).name in custom})
    if any(trace.node(id_).name == _MODULE_HOOK for id_ in way):
        hooked.append("a module")
    words = [f"a hook changed the gradient of {name}" for name in hooked[:1]]
    words += [f"the program wrote the backward of {name.removesuffix('Backward')} itself" for name in own[:1]]
    return ", and ".join(words)


def _behind(trace: Trace, leaf: str) -> set[str]:
    """All that is computed from `leaf`, and itself."""
    targets: dict[str, list[str]] = {}
    for edge in trace.edges:
        targets.setdefault(edge.source, []).append(edge.target)
    found = {leaf: None}
    waiting = [leaf]
    while waiting:
        for target in targets.get(waiting.pop(), ()):
            if target not in found:
                found[target] = None
                waiting.append(target)
    return set(found)


def _called(trace: Trace, id_: str) -> str:
    node = trace.node(id_)
    return node.variable or node.label
