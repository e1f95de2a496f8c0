"""What one visitor has on the page: the program in the editor, how it ran, and the picture of it."""

import secrets
from collections.abc import Callable, Hashable
from threading import Event

from graphviz_utils.model import Limits
from graphviz_utils.page.attempts import Attempt, ended, unhurried
from graphviz_utils.page.images import Drawn
from graphviz_utils.page.programs import Program
from graphviz_utils.page.proving import Proving
from graphviz_utils.page.runs import Ran, ran

__all__ = ["Visit"]


class Visit:
    """A visitor's state. Nothing here waits longer than `patience` seconds, as `unhurried` has them.

    `program` stands in the editor, `own` is the visitor's last own one. `ran` is the last run, `good` the last one of
    which there is something to draw; `drawn` is the picture of the run called `drawn_key`; where only numbers were
    changed since the picture `before`, nothing is to move. `attempt` and `drawing` go on in the background, `None` if
    nothing does; `proving` has what is proved of the picture. `words` and `layout_words` say what went wrong with a run
    or with a drawing. `bug` is an error of ours, to be raised when the page is complete. Programs of the visitor run
    within `limits`, and those of one `session` take turns.
    """

    def __init__(self, program: Program, patience: float, limits: Limits = Limits()) -> None:
        self.program = program
        self.own: Program | None = None if program.origin == "ready" else program
        self.ran: Ran | None = None
        self.good: Ran | None = None
        self.drawn: Drawn | None = None
        self.drawn_key = ""
        self.before: Drawn | None = None
        self.attempt: Attempt[Ran] | None = None
        self.drawing: Attempt[Drawn] | None = None
        self.proving = Proving(patience)
        self.words = self.layout_words = ""
        self.bug: Exception | None = None
        self.limits = limits
        self._patience = patience
        self.session = secrets.token_hex(16)
        self._request: Hashable = None

    @property
    def work(self) -> Attempt[Ran] | Attempt[Drawn] | None:
        """What goes on."""
        return self.attempt or self.drawing

    @property
    def is_behind(self) -> bool:
        """Whether the picture is one of an earlier run, or a newer run goes on."""
        good = self.good
        return self.attempt is not None or good is None or good is not self.ran or good.key != self.drawn_key

    def hold(self, program: Program) -> None:
        """Put `program` into the editor."""
        self.program = program
        self.words = ""
        if program.origin != "ready":
            self.own = program

    def edit(self, code: str) -> bool:
        """Keep what was typed, also for when it is not run; whether it is anything new."""
        program = self.program.edited(code)
        if program is self.program:
            return False
        self.program = self.own = program
        return True

    def run(self, compared: bool, program: Program | None = None) -> None:
        """Run `program`, or what is in the editor; a run that goes on is ended first."""
        asked, limits, session = program or self.program, self.limits, self.session
        if self.attempt is not None:
            self.attempt.stop()
        self.proving.forget()
        self.words, self.before = "", None
        # Nothing here holds the visit: when its visitor has left, the attempt ends with it.
        self.attempt = Attempt(lambda stop: ran(asked, compared=compared, limits=limits, stop=stop, session=session))

    def run_anew(self, compared: bool) -> None:
        """Run what is in the editor, also where its run was brought along."""
        if self.program.trace is not None:
            self.program = self.own = self.program.without_trace()
        self.run(compared)

    def compare(self) -> None:
        """See to it that torchviz has drawn, too: it does so in a run, and one without it is made again."""
        good = self.good
        if self.attempt is not None or good is None or good is not self.ran:
            return
        if not good.compared and good.program.trace is None:
            self.run(True, good.program)
            self.settle_run()

    def settle_run(self) -> None:
        """Take over the result of a run that is over, or soon will be."""
        if self.attempt is None or not self.attempt.wait(unhurried(self._patience)):
            return
        attempt, self.attempt = self.attempt, None
        outcome = ended(attempt)
        self.words, self.bug = outcome.words or self.words, outcome.bug or self.bug
        if outcome.result is not None:
            self.ran = outcome.result
            self.good = self.ran if self.ran.has_picture else self.good

    def settle_drawing(self, request: Hashable, key: str, draw: Callable[[Event], Drawn]) -> None:
        """Begin the drawing of the run called `key`, unless it is the `request` before; take over one that is done.

        A drawing of another request that goes on is ended.
        """
        if self._request != request:
            if self.drawing is not None:
                self.drawing.stop()
            self._request, self.layout_words = request, ""
            self.drawing = Attempt(draw)
        attempt = self.drawing
        if attempt is None or not (attempt.is_stopped or attempt.wait(unhurried(self._patience))):
            return
        self.drawing = None
        if attempt.is_stopped:
            self.layout_words = "The drawing was stopped; choose another look, or Run again."
            return
        outcome = ended(attempt)
        self.layout_words, self.bug = outcome.words, outcome.bug or self.bug
        if outcome.result is not None:
            self.drawn, self.drawn_key = outcome.result, key

    def settle_proofs(self) -> None:
        """Take over proofs that are made."""
        self.bug = self.proving.settle() or self.bug
