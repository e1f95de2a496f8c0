"""The proofs of the run that a visitor looks at: begun when somebody asks, joined to its picture, and over with it."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace

from graphviz_utils.model import Limits, Moment, Proof, RunError, Trace
from graphviz_utils.page.attempts import Attempt, ended, unhurried
from graphviz_utils.page.images import Drawn, told_anew
from graphviz_utils.page.runs import Ran, key_of, may_run
from graphviz_utils.running import Outcome, prove
from graphviz_utils.running.proving import derive

__all__ = ["Proving", "proved"]

_OTHER_NUMBERS = (
    "Not proved: the program computes something else each time it runs. Seed what is random:  torch.manual_seed(0)"
)


def proved(
    ran: Ran, moment: Moment, limits: Limits, stop: threading.Event | None = None, session: str = ""
) -> tuple[Proof, ...]:
    """What is proved of the gradients that the pass of `moment` sent in the run `ran`, which is made again for that.

    Of a run that was brought along no program is run: closed forms are derived from what was recorded.

    Raises:
        RunError: nothing came of it, or another run than `ran`; it says so in words.
    """
    trace = ran.trace
    index = None if trace is None else trace.moment(moment)[1]
    if trace is None or index is None:
        return ()
    outcome = _outcome(ran, trace, index, limits, stop, session)
    if outcome.trace is None or not outcome.trace.proofs:
        raise RunError(f"Not proved: {outcome.message}" if outcome.message else "There is no gradient to prove.")
    if key_of(replace(outcome.trace, proofs=trace.proofs)) != ran.key:
        raise RunError(_OTHER_NUMBERS)
    return outcome.trace.proofs


def _outcome(  # noqa: PLR0913 - what is proved, and how much that may take
    ran: Ran, trace: Trace, index: int, limits: Limits, stop: threading.Event | None, session: str
) -> Outcome:
    if ran.scenario is None:
        return derive(trace, backward=index, limits=limits, stop=stop, session=session)
    limits = may_run(ran.program, limits)
    return prove(ran.scenario, backward=index, limits=limits, stop=stop, session=session)


class Proving:
    """The proofs that one visitor has asked for last.

    `is_asked` says that the visitor wants to see them. `attempt` goes on in the background, `None` if nothing does.
    `words` say why there are none.
    """

    def __init__(self, patience: float) -> None:
        self.is_asked = False
        self.attempt: Attempt[tuple[Proof, ...]] | None = None
        self.words = ""
        self._patience = patience
        self._key: Hashable = None
        self._proofs: tuple[Proof, ...] = ()
        self._joined: tuple[Drawn, Drawn] | None = None

    def begin(self, key: Hashable, prove: Callable[[threading.Event], tuple[Proof, ...]]) -> None:
        """Prove what is called `key`, and wait a little; whatever else goes on is ended."""
        self.is_asked = False
        if self.attempt is not None and self._key == key:
            return
        self.forget()
        self._key = key
        self.attempt = Attempt(prove)
        self.attempt.wait(unhurried(self._patience))

    def forget(self) -> None:
        """End what goes on, and keep nothing of what was proved."""
        if self.attempt is not None:
            self.attempt.stop()
        self.attempt, self._key, self._proofs, self._joined, self.words = None, None, (), None, ""

    def settle(self) -> Exception | None:
        """Take over what is over; an error of ours, if that is how it ended."""
        attempt = self.attempt
        if attempt is None or not (attempt.is_stopped or attempt.is_over):
            return None
        self.attempt = None
        if attempt.is_stopped:
            self.words = "The proof was stopped."
            return None
        outcome = ended(attempt)
        self._proofs, self.words = outcome.result or (), outcome.words
        return outcome.bug

    def joined(self, key: Hashable, ran: Ran, shown: Drawn) -> tuple[Ran, Drawn]:
        """The run called `key` and its pictures, with what was proved of it; as they are if nothing was."""
        if ran.trace is None or self._key != key or not self._proofs:
            return ran, shown
        trace = replace(ran.trace, proofs=self._proofs)
        if self._joined is None or self._joined[0] is not shown:
            self._joined = shown, told_anew(shown, trace, ran.program.hidden_lines)
        return replace(ran, trace=trace), self._joined[1]
