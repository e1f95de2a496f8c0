"""How page and child talk: frames of a four-byte big-endian length and JSON, checked against a type on arrival."""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec

from graphviz_utils.model import Limits
from graphviz_utils.model.signs import legible
from graphviz_utils.model.snapshot import NON_FINITE
from graphviz_utils.running.job import Job, Status

__all__ = [
    "GIVE_WAY",
    "HEADER",
    "NO_ROOM",
    "Answer",
    "Derivation",
    "Ending",
    "Request",
    "frame",
    "readable",
    "request_frame",
    "unpacked_request",
]

GIVE_WAY = b"give way"
"""What the page asks a zygote for when a run has become a long one."""

NO_ROOM = b"no room"
"""What a zygote reports in place of a child when the system lets it fork no more."""

HEADER = struct.Struct(">I")
"""The length of the JSON that follows, in bytes."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """A recorded run, in its own JSON, whose gradients in pass `backward` (`None`: in all) are to be derived."""

    trace: msgspec.Raw
    backward: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """What the page sends a child: a job to run, or a recorded run, of which nothing is run."""

    limits: Limits
    job: Job | None = None
    derivation: Derivation | None = None


class Answer(msgspec.Struct, frozen=True):
    """What a child sends back. `trace` stays the Trace's own JSON until the page reads it."""

    status: Status
    message: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    trace: msgspec.Raw = msgspec.Raw(b"null")
    torchviz: Annotated[str, msgspec.Meta(max_length=Limits().torchviz_characters)] | None = None
    cpu_seconds: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 0.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child's process ended: its exit code, or minus the signal that killed it, and the processor time it used.

    `None`: nobody could tell.
    """

    code: int | None
    cpu_seconds: float = 0.0


_REQUESTS = msgspec.json.Decoder(Request)


def frame(message: Answer | Ending | Request) -> bytes:
    """`message` as one frame; UnicodeEncodeError where a text is no valid Unicode."""
    body = msgspec.json.encode(message, enc_hook=_plain)
    return HEADER.pack(len(body)) + body


def request_frame(request: Request) -> bytes:
    """The frame that asks a child for something. Numbers that strict JSON has no word for travel as words."""
    return frame(_with_values(request, _spelled))


def unpacked_request(body: bytes) -> Request:
    """What `request_frame` packed."""
    return _with_values(_REQUESTS.decode(body), _restored)


def readable(text: str, limit: int) -> str:
    """`text` with hidden characters spelled out, cut after `limit` characters; the cut is said."""
    shown = legible(text[:limit])
    is_whole = len(text) <= limit and len(shown) <= limit
    return shown if is_whole else f"{shown[:limit]}\n… cut after {limit:,} characters"


def _with_values(request: Request, changed: Callable[[Any], Any]) -> Request:
    """`request` with every value that a job gives or expects `changed`."""
    job = request.job
    if job is None:
        return request
    expectations = tuple(replace(row, value=changed(row.value)) for row in job.scenario.expectations)
    leaves = {name: changed(value) for name, value in job.leaves.items()}
    return replace(request, job=replace(job, scenario=replace(job.scenario, expectations=expectations), leaves=leaves))


def _plain(mapping: object) -> dict[Any, Any]:
    if isinstance(mapping, Mapping):
        return dict(mapping)
    raise NotImplementedError(f"{type(mapping).__name__} is no plain data; give numbers, lists and text")


def _spelled(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_spelled(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restored(part) for part in value)
    return NON_FINITE.get(value, value) if isinstance(value, str) else value
