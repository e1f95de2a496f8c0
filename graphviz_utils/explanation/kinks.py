"""Elements at which an operator has no single slope, and the slope that autograd took there."""

import math
from typing import Any

import numpy as np

from graphviz_utils.model import Kink, Snapshot
from graphviz_utils.rules import ODD, Application, Bend, UnseenError, array

__all__ = ["kink"]

_MOST_ELEMENTS = 64
_MOST_NUMBERS = 100_000
"""Of a tensor that is looked through: a forged run may claim any shape, and a kept tensor has far fewer."""


def kink(application: Application, argument: str, sent: Snapshot | None, jacobian: Snapshot | None) -> Kink | None:
    """Where `argument` stands at a kink of the node, if it does."""
    bend, meta = application.bend(argument), application.meta(argument)
    if bend is None or meta is None:
        return None
    around = (meta.shape, *(output.shape for output in application.node.outputs))
    if max(map(math.prod, around)) > _MOST_NUMBERS:
        return None
    try:
        return _found(application, argument, bend, meta.shape, (sent, jacobian))
    except ODD:
        return None


def _found(
    application: Application,
    argument: str,
    bend: Bend,
    shape: tuple[int, ...],
    seen: tuple[Snapshot | None, Snapshot | None],
) -> Kink | None:
    where = np.asarray(_number(application, bend.where, argument), bool)
    whole = np.broadcast_shapes(where.shape, shape)
    places = np.flatnonzero(np.broadcast_to(where, whole))
    if not len(places):
        return None
    own = np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), whole).reshape(-1)
    first = places[0]
    below, above = (
        float(np.broadcast_to(_number(application, text, argument), whole).reshape(-1)[first])
        for text in (bend.below, bend.above)
    )
    if below == above:
        return None
    elements = tuple(int(each) for each in np.unique(own[places])[:_MOST_ELEMENTS])
    is_reduced = math.prod(application.node.outputs[0].shape) < len(own)
    chosen = _slope(*seen, application.received.get(0), (None if is_reduced else int(first), int(own[first])))
    return Kink(elements, below, above, chosen)


def _number(application: Application, text: str, argument: str) -> Any:
    expression = application.expression(text, argument)
    if expression is None:
        raise UnseenError(argument)
    return application.number(expression)


def _slope(
    sent: Snapshot | None, jacobian: Snapshot | None, received: Snapshot | None, places: tuple[int | None, int]
) -> float | None:
    """The slope at an element: `places` is where it is in the output (`None` if that has fewer) and in the input.

    From the local derivative where that was recorded, else from what went in and what came out.
    """
    above, below = places
    if jacobian is not None and (matrix := array(jacobian)) is not None and received is not None:
        column = matrix.reshape(received.numel, -1)[:, below]
        return float(column.sum() if above is None else column[above])
    if sent is None or received is None or received.numel not in (1, sent.numel):
        return None
    above = 0 if received.numel == 1 else above
    upstream, downstream = array(received), array(sent)
    if above is None or upstream is None or downstream is None or upstream.reshape(-1)[above] == 0:
        return None
    return float(downstream.reshape(-1)[below] / upstream.reshape(-1)[above])
