"""What a child says of itself, checked: the program in it may have forged every byte."""

import msgspec

from graphviz_utils.model import Limits, Trace, TraceError
from graphviz_utils.running.job import Outcome
from graphviz_utils.running.wire import Answer, readable

__all__ = ["outcome_of"]

_LONGEST_REASON = 500


def outcome_of(body: bytes, limits: Limits) -> Outcome:
    """How a run ended that answered with the JSON `body`; `result refused` where no honest child writes that."""
    try:
        answer = msgspec.json.decode(body, type=Answer)
        trace = None if bytes(answer.trace) == b"null" else Trace.from_json(bytes(answer.trace), limits)
    except (msgspec.DecodeError, TraceError, UnicodeError, RecursionError) as error:
        reason = readable(str(error), _LONGEST_REASON)
        words = f"The program sent back something that is no record of a run ({reason})."
        return Outcome("result refused", message=words)
    message = readable(answer.message, len(answer.message))
    return Outcome(answer.status, trace, answer.torchviz, message, cpu_seconds=answer.cpu_seconds)
