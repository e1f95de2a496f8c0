"""Takes one request, runs it, writes one answer and ends the process, whatever happens."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import msgspec

from graphviz_utils.model import MEGABYTE, Failure, Limits, Trace, TraceError
from graphviz_utils.model.checking import bounded
from graphviz_utils.model.shortening import with_short_names
from graphviz_utils.running import endings
from graphviz_utils.running.child.confinement import Reserve, confine
from graphviz_utils.running.child.derivation import with_closed_forms
from graphviz_utils.running.child.preloading import seed_python
from graphviz_utils.running.child.program import Finished, run_program
from graphviz_utils.running.job import Job
from graphviz_utils.running.wire import HEADER, Answer, Derivation, Request, frame, readable, unpacked_request

__all__ = ["answer_one"]

_NO_MEMORY = ("can't allocate memory", "not enough memory", "cannot allocate memory", "bad allocation")
_SENTENCE = 500


def answer_one(incoming: int, outgoing: int, when_read: Callable[[], None] = lambda: None) -> NoReturn:
    """Answer the request that comes over descriptor `incoming`, then end this process without cleaning up.

    Python's own way out would take the graph apart node by node, which on a deep one overflows the C stack.
    """
    code = 1
    try:
        (length,) = HEADER.unpack(_exactly(incoming, HEADER.size))
        request = unpacked_request(_exactly(incoming, length))
        when_read()
        seed_python()
        reserve = _confined(request)
        _write(outgoing, _answer_frame(request, reserve))
        code = 0
    except endings.Over as over:
        _write(outgoing, frame(Answer(over.outcome.status, over.outcome.message)))
        code = 0
    except MemoryError:
        code = endings.OUT_OF_MEMORY_CODE
    except Exception as error:  # noqa: BLE001 - this process ends here, and the page should hear of what
        words = readable(f"{type(error).__name__}: {error}", _SENTENCE)
        _write(outgoing, frame(Answer("crashed", f"The recorder failed on this program ({words}).")))
    finally:
        os._exit(code)


def _confined(request: Request) -> Reserve:
    """Where there is no program to run, a system without walls is no reason to refuse."""
    if request.job is None:
        return confine(replace(request.limits, unwalled="run"), "")
    return confine(request.limits, request.job.scenario.source)


def _answer_frame(request: Request, reserve: Reserve) -> bytes:
    limits = request.limits
    try:
        if request.derivation is not None:
            return frame(_derived(request.derivation, limits))
        assert request.job is not None
        finished = run_program(request.job, limits)
        reserve.release()
        answered = frame(_answer(finished, request.job, limits))
    except MemoryError:
        reserve.release()
        return frame(Answer("out of memory", endings.out_of_memory(limits), cpu_seconds=time.process_time()))
    except TraceError as error:
        return frame(Answer("too large", f"T{str(error)[1:]}.", cpu_seconds=time.process_time()))
    except (UnicodeEncodeError, RecursionError, msgspec.MsgspecError, OverflowError) as error:
        reason = f"The record of this run cannot be written down: {readable(str(error), _SENTENCE)}."
        return frame(Answer("result refused", reason, cpu_seconds=time.process_time()))
    if len(answered) > limits.result_mb * MEGABYTE:
        over = endings.too_large(len(answered), limits).outcome
        return frame(Answer(over.status, over.message, cpu_seconds=time.process_time()))
    return answered


def _derived(derivation: Derivation, limits: Limits) -> Answer:
    """The recorded run that came, with closed forms among its proofs."""
    trace = Trace.from_json(bytes(derivation.trace), limits)
    derived = with_closed_forms(trace, derivation.backward, limits)
    return Answer("ok", trace=msgspec.Raw(derived.to_json().encode()), cpu_seconds=time.process_time())


def _answer(finished: Finished, job: Job, limits: Limits) -> Answer:
    trace, dot, failure, note = b"null", finished.torchviz, finished.failure, finished.torchviz_note
    if job.wants & {"trace", "differences"} and finished.trace is not None:
        trace = bounded(with_short_names(finished.trace, limits.name_characters), limits).to_json().encode()
    if dot is not None and len(dot) > limits.torchviz_characters:
        dot, note = None, "torchviz's graph is too large to be laid out."
    if failure is None:
        return Answer("ok", readable(note, _SENTENCE), msgspec.Raw(trace), dot, time.process_time())
    if _is_want_of_memory(failure):
        sentence = endings.out_of_memory(limits)
        return Answer("out of memory", sentence, msgspec.Raw(trace), dot, time.process_time())
    return Answer("error", _sentence(failure), msgspec.Raw(trace), dot, time.process_time())


def _is_want_of_memory(failure: Failure) -> bool:
    message = failure.message.lower()
    return failure.type == "MemoryError" or (
        failure.type == "RuntimeError" and any(words in message for words in _NO_MEMORY)
    )


def _sentence(failure: Failure) -> str:
    place = "" if failure.line is None else f" on line {failure.line}"
    return f"{failure.type}{place}: {readable(failure.message, _SENTENCE)}"


def _exactly(incoming: int, length: int) -> bytes:
    """The next `length` bytes. Nobody there to send them any more: this process ends."""
    received = bytearray()
    while len(received) < length:
        chunk = os.read(incoming, length - len(received))
        if not chunk:
            os._exit(0)
        received += chunk
    return bytes(received)


def _write(outgoing: int, answer: bytes) -> None:
    unsent = memoryview(answer)
    while unsent:
        unsent = unsent[os.write(outgoing, unsent) :]
